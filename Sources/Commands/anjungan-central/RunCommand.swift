import ArgumentParser
import CMalloc
import CentralServer
import Enrolment
import Foundation
import KioskCore
import Logging
import LoopbackWeb
import ServiceLifecycle
import SyncTransport
import UnixSignals

/// `anjungan-central run`: the centre.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Take in what the kiosks send, and show the day.",
        discussion: """
            Prints “central http://HOST:PORT/” once it listens: the page with the day. GET /v1/report is the same as JSON. \
            With --tls also “kiosks https://HOST:PORT/”: where kiosks come in that “anjungan-central enroll” gave a code.
            """)

    @Option(help: "Where to listen; on this machine only. Port 0 takes any free one.")
    var listen = ListenAddress(port: 7072)

    @Option(
        help: ArgumentHelp(
            "Where kiosks of other machines come in, with mutual TLS; then entries are taken there only.", valueName: "host:port"))
    var tls: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "A DNS name or an IP address by which kiosks reach --tls; may be repeated. Without it the host of --tls and this machine's name.",
            valueName: "name"))
    var name: [String] = []

    @Option(
        help: ArgumentHelp(
            "The centre above, of the city or the ministry, which gets every entry, too.",
            discussion:
                "By the protocol of the kiosks, also over a slow line: https://HOST:PORT/ once “anjungan-central join” has made keys "
                + "for it, or http:// on this machine.",
            valueName: "url"))
    var upstream: String?

    @OptionGroup var proxy: ProxyOptions
    @OptionGroup var place: StorePlace
    @OptionGroup var sites: SiteOptions
    @OptionGroup var alarms: AlarmOptions

    @Option(help: "The origin of a page that may show this one in a frame, like http://127.0.0.1:7073.")
    var framedBy: String?

    @Option(help: "The folder with the page; without it Kiosk/central.")
    var page: String?

    @Option(
        help: "How much to log on standard error: trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("--log-level takes trace, debug, info, notice, warning, error or critical; it got “\(text)”.")
            }
            return level
        })
    var logLevel = Logger.Level.notice

    func validate() throws {
        guard proxy.proxy == nil || upstream?.hasPrefix("https://") == true else {
            throw ValidationError("--proxy is for --upstream https://HOST:PORT/; a centre on this machine is reached without one.")
        }
    }

    func run() async throws {
        // A connection that closes while we write is an error value, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        allowConnections()
        // Each connection has buffers of which it uses little. Their pages come fresh from the system and are given back, instead of
        // used ones from the heap: with a thousand kiosks that is a third of all memory.
        mallopt(M_MMAP_THRESHOLD, 16 << 10)
        do {
            try await serve()
        } catch let error as CentralServer.Refused {
            try refuse(error)
        } catch let error as StoreError {
            try refuse(error)
        }
    }

    /// Each kiosk that is connected is an open file, and a system gives 1,024 to a program that does not ask for what it may have.
    private func allowConnections() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private func door() async throws -> KioskDoor? {
        guard let tls else { return nil }
        let anywhere = ["0.0.0.0", "::"].contains(tls.host)
        let names = name.isEmpty ? (anywhere ? [] : [tls.host]) + [ProcessInfo.processInfo.hostName] : name
        return KioskDoor(address: tls, names: names, register: try await DeviceRegister.open(directory: place.directory, now: .now))
    }

    private func serve() async throws {
        var logger = Logger(label: "central") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let loaded = try sites.load()
        let store = try await CentralStore.open(directory: place.directory)
        if let day = try await store.restored(in: sites.zone(of: loaded), at: .now) {
            logger.warning("this store was restored or put back on \(day): kiosks use their reserve series until the next day")
        }
        if upstream == nil, try NoticeBook.forgetAbove(directory: place.directory) {
            logger.warning("without --upstream nothing that the centre above said holds any more")
        }
        let server = try CentralServer(
            store: store,
            configuration: CentralServer.Configuration(
                address: listen, pageDirectory: try page ?? "\(KioskFolder.find())/central", framedBy: framedBy,
                timeZone: sites.zone(of: loaded), names: SiteNames(loaded), alarms: alarms.limits, kiosks: try await door()),
            logger: logger,
            onKiosksListening: { FileHandle.standardOutput.write(Data("kiosks https://\($0)/\n".utf8)) },
            onListening: { FileHandle.standardOutput.write(Data("central http://\($0)/\n".utf8)) })
        let above = try above(store, server, logger)
        let group = ServiceGroup(
            services: (above?.services ?? []) + [HeapTrimming(), server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        let failure: (any Error)?
        do {
            try await group.run()
            failure = nil
        } catch {
            failure = error
        }
        // However it ended: a client that is let go of unclosed ends the program with other words.
        for client in above?.clients ?? [] { try await client.close() }
        try await store.close()
        // A request that was stopped in the middle of a wait says so; stopping was asked for.
        if let failure, !(failure is CancellationError) { throw failure }
    }

    /// What is done with the centre above, and by what; nil: there is none.
    private func above(
        _ store: CentralStore, _ server: CentralServer, _ logger: Logger
    ) throws -> (services: [any ServiceLifecycle.Service], clients: [CentreClient])? {
        guard let upstream else { return nil }
        try refuseInClear(upstream)
        let credentials = upstream.hasPrefix("https:") ? Credentials(folder: place.upstreamKeys) : nil
        let proxy: WebProxy?
        do throws(EnrolmentError) { proxy = try self.proxy.withLogin() } catch { try refuse(error) }
        let entries = CentreClient(url: upstream, credentials: credentials, proxy: proxy, isSlow: true)
        let news = CentreClient(url: upstream, credentials: credentials, proxy: proxy, waits: true)
        let renewal = entries.renewal(logger: logger).map { [$0 as any ServiceLifecycle.Service] } ?? []
        return (
            renewal + [
                Upstream(store, to: entries, logger: logger),
                UpstreamNotices(server, from: news, credentials: credentials, logger: logger),
            ], [entries, news]
        )
    }

    /// Nothing leaves this machine without TLS.
    private func refuseInClear(_ url: String) throws {
        let host = URL(string: url).flatMap(\.host)
        guard let host, url.hasPrefix("https://") || url.hasPrefix("http://") && ListenAddress("\(host):80")?.isLoopback == true else {
            try refuse("--upstream takes https://HOST:PORT/, or http:// for a centre on this machine; without TLS it refuses “\(url)”.")
        }
    }
}

/// Gives back to the system what closed connections have left of the heap: between what is in use the allocator keeps it for ever.
private struct HeapTrimming: ServiceLifecycle.Service {
    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                while true {
                    try await ContinuousClock().sleep(for: .seconds(10))
                    malloc_trim(0)
                }
            } catch is CancellationError {
                // The regular end.
            }
        }
    }
}
