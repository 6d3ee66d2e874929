import Glibc
import HTTPTypes
import Hummingbird
public import KioskCore
public import Logging
public import LoopbackWeb
import NIOCore
public import ServiceLifecycle

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
        public var clock: @Sendable () -> WallTime

        public init(
            address: ListenAddress, pageDirectory: String, framedBy: String? = nil, timeZone: TimeZoneOfIndonesia = .jakarta,
            names: SiteNames = SiteNames(), alarms: AlarmLimits = AlarmLimits(), batchesAtWork: Int = 32,
            clock: @escaping @Sendable () -> WallTime = { WallTime.now }
        ) {
            self.address = address
            self.pageDirectory = pageDirectory
            self.framedBy = framedBy
            self.timeZone = timeZone
            self.names = names
            self.alarms = alarms
            self.batchesAtWork = batchesAtWork
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
    let logger: Logger
    private let page: PageFiles
    private let onListening: @Sendable (ListenAddress) -> Void

    /// - Parameter onListening: told where it listens, once it does.
    public init(
        store: CentralStore, configuration: Configuration, logger: Logger, onListening: @escaping @Sendable (ListenAddress) -> Void
    ) throws(Refused) {
        let address = configuration.address
        guard address.isLoopback else {
            throw Refused(
                description: "The centre speaks HTTP without TLS and is for this machine only: use --listen 127.0.0.1:\(address.port), "
                    + "not \(address).")
        }
        do {
            page = try PageFiles(directory: configuration.pageDirectory, framedBy: configuration.framedBy)
        } catch {
            throw Refused(description: "\(error) Or name the page's own folder with --page DIRECTORY.")
        }
        self.store = store
        self.configuration = configuration
        admission = AdmissionGate(limit: configuration.batchesAtWork)
        self.logger = logger
        self.onListening = onListening
    }

    public func run() async throws {
        let router = Router()
        router.add(middleware: LocalOnly("centre"))
        page.add(to: router)
        addIngest(to: router)
        addNumbers(to: router)
        addReports(to: router)
        let address = configuration.address
        let application = Application(
            router: router, server: .page,
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
                    + "Choose another address with --listen.")
        }
    }

    /// The web server's own chatter is of no use to whoever runs a centre.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    /// The day that it is in the mall.
    var today: ServiceDay { ServiceDay(configuration.clock(), in: configuration.timeZone) }

    func report(_ day: ServiceDay) async throws(StoreError) -> [UInt8] {
        let report = try await store.report(day, made: configuration.clock(), names: configuration.names, alarms: configuration.alarms)
        return json(report)
    }
}
