public import Glibc
public import KioskCore
import KioskRuntime
public import Logging
import LoopbackWeb
public import ServiceLifecycle

/// The stage: touch screen, paper and centre side by side, buttons for everything that can go wrong, and a ledger that must stay true.
///
/// A tool to show and to try things with, served on loopback. It takes no part in what it shows: it asks kiosk, paper and centre
/// from outside, and only while somebody looks.
public struct Stage: ServiceLifecycle.Service {
    public struct Configuration: Hashable, Sendable {
        /// Where the stage is served; 0 takes any free port.
        public var port: Int
        public var screenPort: Int
        public var paperPort: Int
        /// Where the centre really is, not the relay before it.
        public var centrePort: Int
        /// The unix socket of `anjungan run`.
        public var technicianSocket: String
        /// The folder with the stage's `index.html`.
        public var pageDirectory: String
        /// Where the paper of the stock lane is; nil without that lane.
        public var stockPaperPort: Int?
        /// What the visits ask for, in turn; empty: what the kiosk offers without identification.
        public var services: [ServiceKey]
        /// The service of the booking that the scanner is shown; nil: there is none.
        public var booking: ServiceKey?
        /// How many visits one press of the button makes.
        public var visits: Int

        public init(
            port: Int, screenPort: Int, paperPort: Int, centrePort: Int, technicianSocket: String,
            pageDirectory: String, stockPaperPort: Int? = nil,
            services: [ServiceKey] = [], booking: ServiceKey? = nil, visits: Int = 20
        ) {
            self.port = port
            self.screenPort = screenPort
            self.paperPort = paperPort
            self.centrePort = centrePort
            self.technicianSocket = technicianSocket
            self.pageDirectory = pageDirectory
            self.stockPaperPort = stockPaperPort
            self.services = services
            self.booking = booking
            self.visits = visits
        }
    }

    /// Why there can be no stage.
    public struct Unusable: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    private let server: StageServer

    /// - Parameters:
    ///   - relay: the network between kiosk and centre, which runs beside the stage.
    ///   - stock: the stock lane, whose tap runs beside the stage.
    ///   - pid: the process of a program of the demo: `cupsd`, `run` or `central`. Throws a sentence while there is none.
    ///   - onListening: told the port.
    public init(
        configuration: Configuration, relay: NetworkRelay, stock: StockLane? = nil,
        pid: @escaping @Sendable (String) throws -> pid_t, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        try self.init(
            configuration: configuration, kiosk: TechnicianClient(socket: configuration.technicianSocket),
            relay: relay, stock: stock, pid: pid, logger: logger, onListening: onListening)
    }

    init(
        configuration: Configuration, kiosk: any KioskVoice, relay: NetworkRelay, stock: (any StockVoice)? = nil,
        pid: @escaping @Sendable (String) throws -> pid_t,
        logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) throws {
        let screen = LoopbackDesk(port: configuration.screenPort)
        let paper = PaperDesk(desk: LoopbackDesk(port: configuration.paperPort))
        let centre = CentreDesk(desk: LoopbackDesk(port: configuration.centrePort))
        let stockPaper = configuration.stockPaperPort.map { PaperDesk(desk: LoopbackDesk(port: $0)) }
        let urls = StageBoard.URLs(screen: screen.url, paper: paper.desk.url, centre: centre.desk.url, stock: stockPaper?.desk.url)
        let board = StageBoard(urls) { relay.isCut }
        let rounds = VisitRound(
            screen: ScreenClient(port: configuration.screenPort), count: configuration.visits,
            services: configuration.services)
        server = StageServer(
            port: configuration.port,
            files: try PageFiles(
                directory: configuration.pageDirectory,
                frames: urls.all.map { String($0.dropLast()) }), board: board,
            eyes: StageEyes(
                board: board, kiosk: kiosk, screen: screen, paper: paper, centre: centre, stock: stock, stockPaper: stockPaper,
                logger: logger),
            hands: StageHands(
                board: board, relay: relay, paper: paper, stockPaper: stockPaper, rounds: rounds, booking: configuration.booking, pid: pid,
                logger: logger),
            logger: logger,
            onListening: onListening)
    }

    /// Serves until cancelled or gracefully shut down.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.eyes.run() }
            group.addTask { await server.hands.run() }
            group.addTask { try await server.run() }
            // The first error cancels the others; `waitForAll` would wait for them.
            while try await group.next() != nil {}
        }
    }
}
