public import ESCPOS
public import ReceiptMarkup

/// A thermal printer without its clock and its plug: bytes, faults and time go in, answers and paper come out.
///
/// Time is a `Duration` since any fixed moment and never runs backwards. Whoever owns the value
/// calls ``advance(to:)`` at ``nextDeadline``; every other call first brings the paper up to date by itself.
/// Data waits in a buffer and is carried out at the speed of the paper; real-time commands act when they are received.
public struct PrinterMechanism: Sendable {
    public let model: PrinterModel
    public let settings: MechanismSettings
    public internal(set) var faults: Set<PrinterFault> = []
    /// The time up to which everything has been worked out.
    public internal(set) var now: Duration = .zero
    /// Grows with everything that anybody could see from outside.
    public internal(set) var revision = 0
    /// What happened last, oldest first; at most ``keptEvents``.
    public internal(set) var events: [PrinterEvent] = []
    /// How often the power was cut; a connection of an earlier count is dead.
    public internal(set) var powerLosses = 0
    /// Bytes that came over the line, questions among them.
    public internal(set) var bytesReceived = 0
    var tape: PaperTape
    /// Rows left on the roll.
    var rowsLeft: Int
    var motion = Motion.resting
    var queue = CommandQueue()
    var actions: [Action] = []
    var decoder = CommandDecoder()
    var interpreter: Interpreter
    /// Bytes that arrived while the firmware hung.
    var unheard: [UInt8] = []
    var cutterIsStuck = false
    /// Lines of text on the running sheet at which the motors stand still; nil: they do not.
    var heldAtLines: Int?
    /// Answers on their way, each with the time at which it leaves; in order.
    var outbox: [(due: Duration, answer: PrinterAnswer)] = []
    /// Until then it starts up and hears nothing.
    public internal(set) var startsUpUntil = Duration.zero
    /// State of the generator of ``PrinterFault/garbage``: the same noise in every run.
    var noise: UInt32 = 1
    var automaticMask: AutomaticStatusMask = []
    var automaticSent: PrinterFlags?
    private var eventsSoFar = 0

    static let keptEvents = 2000

    /// What the motors are doing.
    enum Motion: Hashable, Sendable {
        case resting
        /// `row` is the next to be moved.
        case moving(Band, row: Int)
        case cutting(Cut.Kind, remaining: Int64)
    }

    public init(model: PrinterModel, settings: MechanismSettings, renderer: any DotRenderer) {
        precondition(settings.speed > 0, "paper must move")
        self.model = model
        self.settings = settings
        interpreter = Interpreter(model: model, renderer: renderer)
        tape = PaperTape(
            width: model.dots, dotsPerMillimetre: model.dotsPerMillimetre,
            knifeRows: model.cutter == .none ? 0 : model.feedBeforeCut * Interpreter.defaultLineSpacing,
            keptPictures: settings.keptPictures, keptSheets: settings.keptSheets)
        rowsLeft = Int(settings.rollMetres * 1000) * model.dotsPerMillimetre
    }
}

// MARK: - What can be seen

extension PrinterMechanism {
    public var isPowered: Bool { !faults.contains(.powerOff) }
    public var isHung: Bool { faults.contains(.hang) }
    public var metresLeft: Double { Double(rowsLeft) / Double(model.dotsPerMillimetre) / 1000 }
    /// Bytes received and not yet carried out.
    public var bufferedBytes: Int { queue.bytes + decoder.pending.count }
    /// Sheets that were cut or torn off, oldest first; the oldest of very many are dropped.
    public var finishedSheets: [Sheet] { tape.finished }
    /// What has come out since the last cut.
    public var runningSheet: Sheet? { tape.running }
    /// Number of the sheet that is, or will be, at the knife.
    public var runningSheetNumber: Int { tape.runningNumber }

    /// Rows between head and knife.
    public var knifeRows: Int { tape.knifeRows }

    /// The dots of a sheet from row `first` on; nil when there is no such sheet or its picture is no longer kept.
    public func dots(ofSheet number: Int, from first: Int = 0) -> DotImage? { tape.dots(ofSheet: number, from: first) }

    /// True when nothing waits and nothing moves.
    public var isIdle: Bool { queue.isEmpty && actions.isEmpty && motion == .resting }

    /// True when the motors stand still because of ``hold(atLines:at:)``.
    public var isHeld: Bool {
        guard let heldAtLines else { return false }
        return (runningSheet?.lines.count ?? 0) >= heldAtLines
    }

    var isPaperOut: Bool { faults.contains(.paperOut) || rowsLeft <= 0 }
    /// Stands still.
    var isOffline: Bool {
        isPaperOut || cutterIsStuck || !faults.isDisjoint(with: [.coverOpen, .headHot, .unrecoverable])
    }
    /// Confirms what nobody will be able to read.
    var isIllegible: Bool { !faults.isDisjoint(with: [.reversedRoll, .fadedRoll]) }

    /// What every kind of status answer is made from.
    public var flags: PrinterFlags {
        var flags: PrinterFlags = []
        if isOffline { flags.insert(.offline) }
        if faults.contains(.coverOpen) { flags.insert(.coverOpen) }
        if isPaperOut { flags.formUnion([.paperEnd, .stoppedByPaperEnd, .paperNearEnd]) }
        if faults.contains(.nearEnd) || metresLeft < settings.nearEndMetres { flags.insert(.paperNearEnd) }
        if faults.contains(.headHot) { flags.formUnion([.error, .autoRecoverableError]) }
        if faults.contains(.unrecoverable) { flags.formUnion([.error, .unrecoverableError]) }
        if cutterIsStuck { flags.formUnion([.error, .cutterError, .recoverableError, .waitingForRecovery]) }
        return flags
    }

    /// Whether the next bytes of the connection may be handed to ``receive(_:at:)``.
    ///
    /// A command longer than the buffer is taken in while nothing else waits, as a printer does that prints it while it arrives.
    public var acceptsInput: Bool {
        guard isPowered, !isHung else { return false }
        return bufferedBytes < (settings.bufferBytes ?? model.bufferBytes) + settings.reserveBytes || isIdle
    }

    /// When ``advance(to:)`` has something to do next; nil while everything stands still.
    public var nextDeadline: Duration? {
        guard isPowered, !isHung else { return nil }
        guard let answer = outbox.first?.due else { return nextMotion }
        return min(answer, nextMotion ?? answer)
    }

    private var nextMotion: Duration? {
        guard !isOffline, !isHeld else { return nil }
        switch motion {
        case .resting: return queue.isEmpty && actions.isEmpty ? nil : now
        // At most two millimetres at a time, so that an onlooker sees the paper grow.
        case .moving(let band, let row): return now + .nanoseconds(rowTime * Int64(min(16, band.rows - row)))
        case .cutting(_, let remaining): return now + .nanoseconds(remaining)
        }
    }

    /// Nanoseconds for one row.
    var rowTime: Int64 { max(1, Int64(1_000_000_000 / (settings.speed * Double(model.dotsPerMillimetre)))) }

    mutating func record(_ kind: PrinterEvent.Kind) {
        eventsSoFar += 1
        revision += 1
        events.append(PrinterEvent(number: eventsSoFar, at: now, kind: kind))
        // In one go now and then, not one by one.
        if events.count > Self.keptEvents + 500 { events.removeFirst(500) }
    }
}
