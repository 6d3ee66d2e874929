import ArgumentParser
import CentralServer
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
        discussion: "Prints “central http://HOST:PORT/” once it listens: the page with the day. GET /v1/report is the same as JSON.")

    @Option(help: "Where to listen; on this machine only. Port 0 takes any free one.")
    var listen = ListenAddress(port: 7072)

    @Option(
        help: ArgumentHelp(
            "The centre above, of the city or the ministry, which gets every entry, too.",
            discussion: "By the protocol of the kiosks, also over a slow line. Loopback only, like http://127.0.0.1:7082/.",
            valueName: "url"))
    var upstream: String?

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

    func run() async throws {
        // A connection that closes while we write is an error value, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        do {
            try await serve()
        } catch let error as CentralServer.Refused {
            try refuse(error)
        } catch let error as StoreError {
            try refuse(error)
        }
    }

    private func serve() async throws {
        var logger = Logger(label: "central") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let loaded = try sites.load()
        let store = try await CentralStore.open(directory: place.directory)
        let server = try CentralServer(
            store: store,
            configuration: CentralServer.Configuration(
                address: listen, pageDirectory: try page ?? "\(KioskFolder.find())/central", framedBy: framedBy,
                timeZone: sites.zone(of: loaded), names: SiteNames(loaded), alarms: alarms.limits),
            logger: logger
        ) { address in
            FileHandle.standardOutput.write(Data("central http://\(address)/\n".utf8))
        }
        let above = try upstream.map { url throws in
            try refuseBeyondThisMachine(url)
            return CentreClient(url: url, isSlow: true)
        }
        let forwarding = above.map { ServiceGroupConfiguration.ServiceConfiguration(service: Upstream(store, to: $0, logger: logger)) }
        let group = ServiceGroup(
            configuration: .init(
                services: [forwarding, .init(service: server)].compactMap(\.self), gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        do {
            try await group.run()
        } catch is CancellationError {
            // A request that was stopped in the middle of a wait says so; stopping was asked for.
        }
        try await above?.close()
        try await store.close()
    }

    private func refuseBeyondThisMachine(_ url: String) throws {
        let host = URL(string: url).flatMap(\.host)
        guard url.hasPrefix("http://"), let host, ListenAddress("\(host):80")?.isLoopback == true else {
            try refuse(
                "--upstream takes a centre on this machine, like http://127.0.0.1:7082/, because there is no TLS yet; it got “\(url)”.")
        }
    }
}
