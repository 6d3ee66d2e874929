import Broadcasting
import Enrolment
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import KioskCore
public import Logging
public import LoopbackWeb
import NIOCore
import NIOSSL
public import ServiceLifecycle
import SyncProtocol

/// The centre on the network: takes in batches, tells the day, shows it live.
public struct CentralServer: ServiceLifecycle.Service {
    /// What a centre is started with.
    public struct Configuration: Sendable {
        public var address: ListenAddress
        /// The folder with the page.
        public var pageDirectory: String
        /// The origin of another page that may show this one in a frame.
        public var framedBy: String?
        /// Decides which day is today.
        public var timeZone: TimeZoneOfIndonesia
        public var names: SiteNames
        /// When a kiosk's silence or lag is an alarm.
        public var alarms: AlarmLimits
        /// How many batches it has in its hands at once.
        public var batchesAtWork: Int
        /// Where kiosks of other machines come in; nil: kiosks of this machine send to `address`, without keys.
        public var kiosks: KioskDoor?
        public var clock: @Sendable () -> WallTime

        public init(
            address: ListenAddress, pageDirectory: String, framedBy: String? = nil, timeZone: TimeZoneOfIndonesia = .jakarta,
            names: SiteNames = SiteNames(), alarms: AlarmLimits = AlarmLimits(), batchesAtWork: Int = 32, kiosks: KioskDoor? = nil,
            clock: @escaping @Sendable () -> WallTime = { WallTime.now }
        ) {
            self.address = address
            self.pageDirectory = pageDirectory
            self.framedBy = framedBy
            self.timeZone = timeZone
            self.names = names
            self.alarms = alarms
            self.batchesAtWork = batchesAtWork
            self.kiosks = kiosks
            self.clock = clock
        }
    }

    /// Why a centre cannot be served.
    public struct Refused: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    let store: CentralStore
    let configuration: Configuration
    let admission: AdmissionGate
    let notices: NoticeBoard
    let cards: CardDesk
    let logger: Logger
    private let page: PageFiles
    private let onListening: @Sendable (ListenAddress) -> Void
    private let onKiosksListening: @Sendable (ListenAddress) -> Void

    /// - Parameters:
    ///   - onListening: told where it listens, once it does.
    ///   - onKiosksListening: told where the kiosks' door is, once it is open.
    public init(
        store: CentralStore, configuration: Configuration, logger: Logger,
        onKiosksListening: @escaping @Sendable (ListenAddress) -> Void = { _ in },
        onListening: @escaping @Sendable (ListenAddress) -> Void
    ) throws(Refused) {
        let address = configuration.address
        guard address.isLoopback else {
            throw Refused(
                description: "The page and its reports are served without TLS and for this machine only: use --listen "
                    + "127.0.0.1:\(address.port), not \(address). Kiosks of other machines come in by --tls HOST:PORT.")
        }
        do {
            page = try PageFiles(directory: configuration.pageDirectory, framedBy: configuration.framedBy)
        } catch {
            throw Refused(description: "\(error) Or name the page's own folder with --page DIRECTORY.")
        }
        do {
            notices = try NoticeBoard(directory: store.directory, logger: logger)
        } catch {
            throw Refused(description: error.detail)
        }
        self.store = store
        cards = CardDesk(StoreFolder(path: store.directory))
        self.configuration = configuration
        admission = AdmissionGate(limit: configuration.batchesAtWork)
        self.logger = logger
        self.onListening = onListening
        self.onKiosksListening = onKiosksListening
    }

    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { watching in
            watching.addTask { await notices.watch(configuration.kiosks?.register) }
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { try await servePage() }
                group.addTask { try await serveDesk() }
                if let door = configuration.kiosks { group.addTask { try await serveKiosks(door) } }
            }
            watching.cancelAll()
        }
    }

    private func servePage() async throws {
        let router = Router()
        router.add(middleware: LocalOnly("centre"))
        page.add(to: router)
        let (register, clock) = (configuration.kiosks?.register, configuration.clock)
        // Where kiosks have keys, what comes by this machine itself, as from a stick, must bear their signature.
        addIngest(to: router) { _, batch, signature in try await register?.admit(batch, signature: signature, at: clock()) }
        if register == nil {
            addNumbers(to: router)
            addNotices(to: router)
            addCards(to: router)
        }
        addHealth(to: router)
        addReports(to: router)
        try await serve(router, .page, at: configuration.address, option: "--listen", onListening)
    }

    private func serveKiosks(_ door: KioskDoor) async throws {
        let tls: TLSConfiguration
        do throws(EnrolmentError) {
            tls = try door.register.authority.serverTLS(names: door.names)
        } catch {
            throw Refused(description: error.detail)
        }
        // TLS asks for a certificate and proves that its key is there; KioskGate judges it at each request.
        let takingAny = TLSChannelConfiguration(tlsConfiguration: tls) { _, verdict in verdict.succeed(.certificateVerified) }
        let gate = KioskGate(register: door.register, clock: configuration.clock, logger: logger) { [store] in store.onlookers.tell(()) }
        let router = Router(context: KioskContext.self)
        addEnrolment(to: router, gate)
        let enrolled = router.group().add(middleware: gate)
        addRenewal(to: enrolled, gate)
        addHealth(to: enrolled)
        addIngest(to: enrolled) { context, batch, signature in try context.device?.admit(batch, signature: signature) }
        addNumbers(to: enrolled) { $0.device }
        addCards(to: enrolled) { $0.device }
        addNotices(to: enrolled, gate) { $0.device }
        try await serve(router, try .tls(.kiosks, configuration: takingAny), at: door.address, option: "--tls", onKiosksListening)
    }

    private func serve(
        _ router: Router<some RequestContext & InitializableFromSource<ApplicationRequestContextSource>>, _ server: HTTPServerBuilder,
        at address: ListenAddress, option: String, _ onListening: @escaping @Sendable (ListenAddress) -> Void
    ) async throws {
        let application = Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in
                onListening(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: quietLogger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw Refused(
                description:
                    "The centre cannot listen on \(address): \(String(cString: strerror(error.errnoCode))). Is another one running? "
                    + "Choose another address with \(option).")
        }
    }

    /// The web server's own chatter is of no use to whoever runs a centre.
    var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    /// The day that it is in the mall.
    var today: ServiceDay { ServiceDay(configuration.clock(), in: configuration.timeZone) }

    func report(_ day: ServiceDay) async throws(StoreError) -> [UInt8] {
        var report = try await store.report(
            day, made: configuration.clock(), names: configuration.names, alarms: configuration.alarms, notices: notices.book)
        if let door = configuration.kiosks { report.refusals = try await door.register.refusals(at: configuration.clock()) }
        return json(report)
    }
}
