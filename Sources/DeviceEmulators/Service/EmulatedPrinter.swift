import Broadcasting
public import ESCPOS
public import Logging
public import LoopbackWeb
public import ReceiptMarkup
public import ServiceLifecycle
import Synchronization
public import TicketRaster

/// An emulated thermal printer: a TCP port that takes ESC/POS, and a page that shows the paper.
///
/// The shell around ``PrinterMechanism``: it owns the clock and the connections and decides nothing.
/// It serves one connection at a time, as network printers do; a second one waits.
public final class EmulatedPrinter: Service {
    public struct Configuration: Hashable, Sendable {
        public var printer: ListenAddress
        /// Where the paper page is served; nil: not at all.
        public var paper: ListenAddress?
        /// The directory with the files of the paper page; nil: only its data is served.
        public var pageDirectory: String?
        /// The origin of a page that may show the paper page in a frame, e.g. `http://127.0.0.1:7073`.
        public var framedBy: String?
        public var settings: MechanismSettings

        public init(
            printer: ListenAddress = ListenAddress(port: 0), paper: ListenAddress? = ListenAddress(port: 0), pageDirectory: String? = nil,
            framedBy: String? = nil, settings: MechanismSettings = MechanismSettings()
        ) {
            self.printer = printer
            self.paper = paper
            self.pageDirectory = pageDirectory
            self.framedBy = framedBy
            self.settings = settings
        }
    }

    /// Where it really listens.
    public struct Addresses: Hashable, Sendable {
        public var printer: ListenAddress
        public var paper: ListenAddress?
    }

    private struct Core {
        var mechanism: PrinterMechanism
        /// Whoever is connected hears the answers.
        var answers: AsyncStream<[UInt8]>.Continuation?
    }

    let configuration: Configuration
    let logger: Logger
    /// What else the page has buttons for; nil: nothing.
    let desk: EmulatedDesk?
    let binding = AddressPromise()
    /// What the wall clock showed when the mechanism's time was zero.
    let wallStart = WallClock.now
    private let core: Mutex<Core>
    private let onlookers = Onlookers<Int>()
    private let start = ContinuousClock.now
    private let (alarms, alarm) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameter desk: a card reader and a scanner beside the printer, for which the page has buttons, too; it runs by itself.
    public init(
        model: PrinterModel, configuration: Configuration = Configuration(), renderer: any DotRenderer = TicketRaster(),
        desk: EmulatedDesk? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.desk = desk
        self.logger = logger
        core = Mutex(Core(mechanism: PrinterMechanism(model: model, settings: configuration.settings, renderer: renderer)))
    }

    /// Listens and prints until cancelled or gracefully shut down.
    public func run() async throws {
        do {
            try await serve()
        } catch is CancellationError {
            // The regular end.
        } catch {
            binding.fail(error)
            throw error
        }
        binding.fail(EmulatorError(.stopped, "The emulated printer was stopped before it listened."))
    }

    private func serve() async throws {
        let port = try PrinterPort(configuration.printer)
        let page = try configuration.paper.map {
            try PaperPage(printer: self, address: $0, directory: configuration.pageDirectory, framedBy: configuration.framedBy)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.untilShutdown { try await self.keepTime() } }
            group.addTask { try await Self.untilShutdown { try await port.serve(self) } }
            // The server of the page knows how to shut down gracefully by itself.
            if let page { group.addTask { try await page.run() } }
            // The first error cancels the others; `waitForAll` would wait for them.
            while try await group.next() != nil {}
        }
    }

    private static func untilShutdown(_ body: @escaping @Sendable () async throws -> Void) async throws {
        do {
            try await cancelWhenGracefulShutdown(body)
        } catch is CancellationError {
            // Told to end, by shutdown or by a failure beside it.
        }
    }

    /// Sleeps until the mechanism has something to do. Only the paper waits for this; nobody synchronises on it.
    private func keepTime() async throws {
        for await _ in alarms {
            while let deadline = look({ $0.nextDeadline }) {
                try await Task.sleep(until: start + deadline, clock: .continuous)
                change { $0.advance(to: $1) }
            }
        }
    }
}

// MARK: - Hands and eyes

extension EmulatedPrinter {
    /// Waits until it listens. Throws when it cannot.
    public func addresses() async throws -> Addresses { try await binding.value() }

    /// Switches a fault on or off.
    public func set(_ fault: PrinterFault, _ on: Bool) {
        change { $0.set(fault, on, at: $1) }
    }

    /// Puts in a new roll; nil: of the usual length.
    public func loadRoll(metres: Double? = nil) {
        change { $0.loadRoll(metres: metres ?? $0.settings.rollMetres, at: $1) }
    }

    /// Stops the motors once the running sheet has this many lines of text; nil lets them go on.
    public func hold(atLines lines: Int?) {
        change { $0.hold(atLines: lines, at: $1) }
    }

    /// Every piece of paper, oldest first; the last one may still hang in the printer (not cut, not finished).
    public var sheets: [Sheet] { look { $0.finishedSheets + ($0.runningSheet.map { [$0] } ?? []) } }

    /// Reads the state of the mechanism as it is now. `question` must be quick, the printer stands still meanwhile.
    public func look<Answer: Sendable>(_ question: (PrinterMechanism) -> Answer) -> Answer {
        core.withLock { question($0.mechanism) }
    }

    /// A value after every change; levels, so a slow reader misses values but never the latest. One stream for each caller.
    public func changes() -> AsyncStream<Int> { onlook().stream }

    /// Finishing the continuation ends the stream.
    func onlook() -> (stream: AsyncStream<Int>, continuation: AsyncStream<Int>.Continuation) {
        core.withLock { onlookers.add(first: $0.mechanism.revision) }
    }

    /// Returns as soon as `condition` holds; earlier only when the task is cancelled.
    public func wait(until condition: @Sendable (PrinterMechanism) -> Bool) async {
        for await _ in changes() where look(condition) { return }
    }
}

// MARK: - For the port

extension EmulatedPrinter {
    /// Brings the mechanism up to date, changes it, and delivers what it says.
    func change(_ body: (inout PrinterMechanism, Duration) -> [PrinterAnswer]) {
        core.withLock { core in
            let before = core.mechanism.revision
            for answer in body(&core.mechanism, ContinuousClock.now - start) { core.answers?.yield(answer.bytes) }
            guard core.mechanism.revision != before else { return }
            onlookers.tell(core.mechanism.revision)
        }
        alarm.yield()
    }

    /// From now on answers go to this connection. The newest are kept when it does not read them.
    func connect() -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(1024))
        core.withLock { $0.answers = continuation }
        change { $0.connectionChanged(isOpen: true, at: $1) }
        return stream
    }

    func disconnect() {
        core.withLock { core in
            core.answers?.finish()
            core.answers = nil
        }
        change { $0.connectionChanged(isOpen: false, at: $1) }
    }
}
