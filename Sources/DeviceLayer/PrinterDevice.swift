import Broadcasting
public import Conditions
import DeviceLines
public import DeviceSocket
public import ESCPOS
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// One receipt printer: owns its connection, prints one print after another in the order they were asked for,
/// and knows how each ended.
///
/// The shell around ``PrinterSessionMachine``, which decides; this runs its effects.
/// Before it runs, the owner of the ledger calls ``PrintLedger/settleUnfinished()`` once.
public actor PrinterDevice: Service {
    public nonisolated let name: String
    let model: PrinterModel
    let address: PrinterAddress
    let ledger: any PrintLedger
    let logger: Logger
    let eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()

    var machine: PrinterSessionMachine
    var prints = PrintQueue()
    private nonisolated let line: any DeviceLine
    private var answers = AnswerDecoder()
    private var connection: (any OpenLine)?
    private var link = 0
    private var timers: [PrinterSessionMachine.Timer: Int] = [:]
    private var timerGeneration = 0
    var isShuttingDown = false
    /// ``run()`` is over: nobody takes work any more.
    var hasEnded = false

    private nonisolated let inbox: AsyncStream<PrinterInput>
    nonisolated let report: @Sendable (PrinterInput) -> Void
    private nonisolated let status: Mutex<PrinterStatus>
    private nonisolated let statusOnlookers = Onlookers<PrinterStatus>()
    nonisolated let resultOnlookers = Onlookers<(PrintID, PrintResult)>(keeping: .every)

    /// - Parameters:
    ///   - name: as in the queue's URI `escpos:NAME`.
    ///   - interrupted: the last run of the program may have left half a sheet in the printer (``PrintLedger/settleUnfinished()``
    ///     returned an *unknown*): it is cut off before the first print.
    ///   - logo: a picture that prints are sent without while the printer says that it holds it.
    public init(
        name: String, model: PrinterModel, address: PrinterAddress, ledger: any PrintLedger, interrupted: Bool = false,
        logo: StoredLogo? = nil, patience: SessionPatience = SessionPatience(), logger: Logger
    ) {
        self.name = name
        self.model = model
        self.address = address
        line = address.line()
        self.ledger = ledger
        var logger = logger
        logger[metadataKey: "device"] = "\(name)"
        self.logger = logger
        machine = PrinterSessionMachine(
            model: model, patience: patience, interrupted: interrupted, logo: logo, token: UInt32.random(in: 0...UInt32.max))
        let (inbox, continuation) = AsyncStream.makeStream(of: PrinterInput.self)
        self.inbox = inbox
        report = { continuation.yield($0) }
        status = Mutex(machine.status)
    }

    /// What the printer can do: the current value first, then the newest of each change. One stream for each caller.
    public nonisolated func statuses() -> AsyncStream<PrinterStatus> {
        status.withLock { statusOnlookers.add(first: $0).stream }
    }

    /// Who the printer said it is when it was last prepared; nil while it has not said so, or cannot.
    public var identity: PrinterIdentity? { machine.identity }

    /// Whether it holds the picture that prints are then sent without; nil where none is to be kept.
    var holdsLogo: Bool? { machine.logo == nil ? nil : machine.holdsLogo }

    /// What the other end of the open connection says of itself; empty where it says nothing.
    var connectionIntroduction: String { connection?.introduction ?? "" }

    /// Every print that this device settles from now on. One stream for each caller.
    public nonisolated func results() -> AsyncStream<(PrintID, PrintResult)> { resultOnlookers.add().stream }

    /// Keeps the connection and prints until shut down; a graceful shutdown ends what waits or runs, as ``cancel(_:)`` does.
    public func run() async throws {
        feed(.started)
        await withGracefulShutdownHandler {
            for await input in inbox {
                await take(input)
                if isShuttingDown, prints.isEmpty { break }
            }
        } onGracefulShutdown: { [report] in
            report(.shutDown)
        }
        hasEnded = true
        link += 1
        line.end()
        connection = nil
        // Only a cancelled task leaves prints behind; the next start settles them the same way.
        for print in prints.removeAll() {
            print.resolve(PrintResult(.unknown, reason: .printInterrupted, detail: "the program was stopped while it printed"))
        }
        statusOnlookers.finish()
        resultOnlookers.finish()
    }

    private func take(_ input: PrinterInput) async {
        switch input {
        case .line(let news, link): take(news)
        case .line(.connected(let connection), _): connection.close()
        case .written(let job, link): feed(.written(job))
        case .line, .written: break
        case .timedOut(let timer, let generation):
            guard timers[timer] == generation else { break }
            timers[timer] = nil
            feed(.timedOut(timer))
        case .begin(let job): await begin(job)
        case .settle(let job): await recordResult(of: job)
        case .shutDown: shutDown()
        }
    }

    /// News of the connection that counts.
    private func take(_ news: LineNews) {
        switch news {
        case .connected(let connection):
            logger.info("printer connected", metadata: ["address": "\(address)", "is": "\(connection.introduction)"])
            self.connection = connection
            answers = AnswerDecoder()
            feed(.connected)
        case .disconnected(let why):
            logger.info("no connection to the printer", metadata: ["address": "\(address)", "why": "\(why)"])
            connection = nil
            feed(.disconnected)
        case .signals(let signals): feed(.signalled(PrinterFlags(signals)))
        case .received(let bytes): for answer in answers.feed(bytes) { feed(.answered(answer)) }
        }
    }

    /// Advances the machine and does what it wants.
    func feed(_ event: PrinterSessionMachine.Event) {
        for effect in machine.handle(event) { perform(effect) }
        guard machine.isFree, let next = prints.startNext() else { return }
        for effect in machine.handle(.print(next)) { perform(effect) }
    }

    private func perform(_ effect: PrinterSessionMachine.Effect) {
        switch effect {
        case .connect(let delay):
            link += 1
            line.connect(after: delay) { [report, link] in report(.line($0, link: link)) }
        case .disconnect:
            link += 1
            connection?.close()
            connection = nil
        case .send(let bytes): connection?.send(bytes)
        case .askSignals: connection?.askSignals()
        case .reportWritten(let job): connection?.whenWritten { [report, link] in report(.written(job: job, link: link)) }
        case .startTimer(let timer, let duration):
            timerGeneration += 1
            timers[timer] = timerGeneration
            eventLoop.scheduleTask(in: TimeAmount(duration)) { [report, timerGeneration] in
                report(.timedOut(timer, generation: timerGeneration))
            }
        case .stopTimer(let timer): timers[timer] = nil
        case .begin(let job): report(.begin(job: job))
        case .settle(let job, let result):
            prints.settle(job, result)
            report(.settle(job: job))
        case .report(let status):
            logger.info(
                "printer status", metadata: ["ready": "\(status.isReady)", "conditions": "\(status.conditions.map(\.rawValue).sorted())"])
            self.status.withLock { current in
                current = status
                statusOnlookers.tell(status)
            }
        case .holdsLogo(true): logger.info("the printer holds the logo; prints are sent without it")
        case .holdsLogo(false):
            logger.notice(
                "the printer does not hold the logo, so prints carry it; put it there: anjungan printer logo \(name)")
        case .identified(let identity):
            logger.info(
                "printer identified",
                metadata: [
                    "maker": "\(identity.maker)", "model": "\(identity.model)", "profile": "\(model.id)", "fits": "\(identity.fits(model))",
                ])
        }
    }
}
