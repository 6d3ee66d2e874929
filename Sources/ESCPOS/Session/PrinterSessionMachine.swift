public import Conditions

/// The conversation with one receipt printer: probe, clear, send, confirm, withdraw, recover.
///
/// A pure value without clock or transport. ``handle(_:)`` is the only way to change it;
/// what it wants done it returns as ``Effect``s, in order. It has at most one job at a time.
///
/// Laws, proven by walking every reachable state: no byte of a job leaves before it was begun;
/// every job is settled exactly once; after any result but *unknown* nothing of the job comes out any more,
/// and after *unknown* nothing is sent to the printer before it was told to forget.
public struct PrinterSessionMachine: Hashable, Sendable {
    enum State: Hashable, Sendable {
        /// No connection. Ends with ``Event/connected``.
        case down(PendingJob?)
        /// Connected; what an earlier connection or job left behind is removed. Ends in ``idle(_:)``.
        case clearing(Clearing, PendingJob?)
        /// Connected and clean. A job waits here only for paper, a closed cover or the ledger.
        case idle(PendingJob?)
        /// Bytes are on their way, or their proof is awaited. Ends with the proof, a cancellation or the connection.
        case printing(RunningJob)
        /// Cancelled after its first byte. Ends with the proof of either, with patience, or with the connection.
        case withdrawing(RunningJob)
    }

    enum Clearing: Hashable, Sendable {
        /// Told in real time to forget; its response is awaited. Until then nothing may follow.
        case forgetting(repeated: Bool)
        /// Has forgotten as far as it can; its status is awaited.
        case resetting
        /// Ready; told to start from scratch, and asked something behind that.
        case restarting(Awaited)
    }

    /// What proves that nothing of what was sent before is still to come.
    enum Awaited: Hashable, Sendable {
        /// A process ID that no other connection has used.
        case token([UInt8])
        /// So many answers to `GS r`, ours the last of them; for so many polls the printer was ready and none came.
        case answers(Int, quietPolls: Int)
    }

    public enum Event: Hashable, Sendable {
        /// Once, before everything else.
        case started
        case connected
        /// The connection ended, or an attempt to connect failed.
        case disconnected
        case answered(PrinterAnswer)
        /// The answer to ``Effect/askSignals``: what is wrong, as far as the line's own wires tell.
        case signalled(PrinterFlags)
        /// Everything sent before ``Effect/reportWritten(_:)`` of this number was taken by the transport.
        case written(Int)
        case timedOut(Timer)
        /// Only while ``isFree``.
        case print(PrintJob)
        /// The ledger lets the job begin; from now on it counts as begun, whatever happens.
        case begun(Int)
        /// The ledger does not let it begin; whoever asked it knows the result.
        case refused(Int)
        case cancel(Int)
    }

    public enum Effect: Hashable, Sendable {
        case connect(after: Duration)
        /// Closes the connection without ``Event/disconnected`` for it.
        case disconnect
        case send([UInt8])
        /// Asks the line's own wires; answered by ``Event/signalled(_:)``, always or never on one connection.
        case askSignals
        case reportWritten(Int)
        /// Replaces a timer of the same kind that still runs.
        case startTimer(Timer, Duration)
        case stopTimer(Timer)
        /// Asks the ledger; answered by ``Event/begun(_:)`` or ``Event/refused(_:)``.
        case begin(Int)
        case settle(Int, PrintResult)
        /// The status changed.
        case report(PrinterStatus)
        /// The printer said who it is, for the first time or otherwise than before.
        case identified(PrinterIdentity)
        /// Whether it holds the picture that it could keep: said once, and when that changes.
        case holdsLogo(Bool)
    }

    /// A timer that was replaced or stopped must not fire.
    public enum Timer: Hashable, Sendable, CaseIterable { case poll, withdrawal, progress }

    var state: State = .down(nil)
    let model: PrinterModel
    let patience: SessionPatience
    var talk = StatusTalk()
    /// Half a sheet may hang in the printer: it must be cut off before the next.
    var isTorn: Bool
    /// Answers to `GS r` that an earlier connection did not wait for, and that may reach this one before ours.
    var owed = 0
    /// Orders to forget on this connection without a response so far.
    var ordersToForget = 0
    /// Answers, but not to `DLE DC4 8`, whatever its profile says. Found out anew with every connection.
    var ignoresClearing = false
    /// Polls since it was last told to try again.
    var pollsOfJam = 0
    /// What the printer said who it is, on this connection.
    var introduction: [[UInt8]] = []
    /// Who the printer says it is; nil while it has not said so.
    public internal(set) var identity: PrinterIdentity?
    /// The picture that it may keep; nil: nobody asks for what it keeps.
    public let logo: StoredLogo?
    /// The names of pictures that it told since it was last asked.
    var logoNames: Set<LogoKey> = []
    /// It never came past the question for its pictures, on this connection.
    var chokesOnLogos = false
    /// It says of itself, as it is connected now, that it holds ``logo``.
    public internal(set) var holdsLogo = false
    var toldOfLogo: Bool?
    /// The last ``Awaited/token(_:)``.
    var lastToken: UInt32
    /// Attempts to connect since the last answer, as far as back-off counts.
    var attempts = 0
    private var reported: PrinterStatus?

    /// - Parameters:
    ///   - interrupted: an earlier run of the program may have left half a sheet in the printer, and answers of the printer unheard.
    ///   - logo: a picture that the printer may keep in its memory: jobs that carry it are sent without it while the printer says that
    ///     it holds it.
    ///   - token: drawn afresh by every run of the program, so that no answer to an earlier one is taken for ours.
    public init(
        model: PrinterModel, patience: SessionPatience = SessionPatience(), interrupted: Bool, logo: StoredLogo? = nil, token: UInt32 = 0
    ) {
        self.model = model
        self.logo = logo
        self.patience = patience
        isTorn = interrupted
        lastToken = token
        if countsAnswers { owed = interrupted ? max(Self.mostUnderWay, patience.answersOfEarlierRuns) : patience.answersOfEarlierRuns }
    }

    /// Questions that are under way at a time, where answers are counted: the next run may not know of them.
    static let mostUnderWay = 4

    /// Has no job.
    public var isFree: Bool {
        switch state {
        case .down(let pending), .clearing(_, let pending), .idle(let pending): pending == nil
        case .printing, .withdrawing: false
        }
    }

    /// Advances by one event; returns what must be done now, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        var effects =
            switch state {
            case .down(let pending): handleWhileDown(event, pending)
            case .clearing(let clearing, let pending): handleWhileClearing(event, clearing, pending)
            case .idle(let pending): handleWhileIdle(event, pending)
            case .printing(let running): handleWhilePrinting(event, running)
            case .withdrawing(let running): handleWhileWithdrawing(event, running)
            }
        let status = status
        if status != reported {
            reported = status
            effects.append(.report(status))
        }
        return effects
    }

    /// What the printer can do now.
    public var status: PrinterStatus {
        switch state {
        case .down: PrinterStatus(isReady: false, conditions: [talk.isSilent ? .printerSilent : .printerOffline])
        case .clearing:
            PrinterStatus(isReady: false, conditions: talk.hasStatus || talk.isSilent ? talk.conditions : [.printerOffline])
        case .idle, .printing, .withdrawing:
            PrinterStatus(isReady: !talk.isBlocked, conditions: isMisnamed ? talk.conditions.union([.printerMismatch]) : talk.conditions)
        }
    }

    /// The printer is another than the profile describes. It prints all the same, as well as the profile fits.
    var isMisnamed: Bool { identity.map { !$0.fits(model) } ?? false }
}
