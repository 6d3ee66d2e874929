import Conditions

/// Asks for the status, puts the answers together, and notices when none come.
///
/// A `DLE EOT` is answered by a bare byte, so the questions are remembered in the order they were asked.
struct StatusTalk: Hashable, Sendable {
    enum Question: Hashable, Sendable {
        case status(RealTimeQuery)
        /// Asked right behind a command to forget: its answer proves that the command arrived.
        case afterClearing
    }

    enum Heard: Hashable, Sendable {
        case nothingNew
        /// The flags are fresh.
        case status
        case clearingArrived
    }

    private(set) var asked: [Question] = []
    private var gathered: PrinterFlags = []
    private(set) var flags: PrinterFlags = []
    /// A whole status has arrived on this connection.
    private(set) var hasStatus = false
    /// Anything has arrived on this connection.
    private(set) var hasHeard = false
    private(set) var missedPolls = 0
    /// Outlives the connection: a printer that went silent stays so until it answers.
    private(set) var isSilent = false

    /// What each condition follows from.
    private static let causes: [(PrinterFlags, ConditionCode)] = [
        ([.paperEnd, .stoppedByPaperEnd], .mediaEmpty),
        ([.coverOpen], .coverOpen),
        ([.cutterError], .cutterError),
        ([.unrecoverableError, .autoRecoverableError], .printerError),
    ]
    private static let blocking: PrinterFlags = [
        .offline, .coverOpen, .waitingForRecovery, .stoppedByPaperEnd, .error, .recoverableError, .cutterError, .unrecoverableError,
        .autoRecoverableError, .paperEnd,
    ]

    var isBlocked: Bool { isSilent || !flags.isDisjoint(with: Self.blocking) }

    /// What is wrong, or soon will be.
    var conditions: Set<ConditionCode> {
        if isSilent { return [.printerSilent] }
        var codes = Set(Self.causes.filter { !flags.isDisjoint(with: $0.0) }.map(\.1))
        if codes.isEmpty, !flags.isDisjoint(with: [.error, .recoverableError, .waitingForRecovery]) { codes = [.printerError] }
        if codes.isEmpty, flags.contains(.offline) { codes = [.printerOffline] }
        if flags.contains(.paperNearEnd), !codes.contains(.mediaEmpty) { codes.insert(.mediaLow) }
        return codes
    }

    mutating func connected() {
        asked = []
        gathered = []
        flags = []
        (hasStatus, hasHeard, missedPolls) = (false, false, 0)
    }

    /// Nothing answers at the address: not the same as a printer that takes bytes and is silent.
    mutating func unreachable() { isSilent = false }

    /// The bytes that ask for the whole status; none while an answer is still due.
    mutating func poll() -> [UInt8] {
        guard asked.isEmpty else { return [] }
        gathered = []
        asked = RealTimeQuery.allCases.map { .status($0) }
        return RealTimeQuery.allCases.flatMap { Command.realTimeStatus($0.rawValue).bytes }
    }

    mutating func askAfterClearing() -> [UInt8] {
        asked.append(.afterClearing)
        return Command.realTimeStatus(RealTimeQuery.printer.rawValue).bytes
    }

    /// The time for an answer is over. Returns the polls missed in a row.
    mutating func pollTimedOut(silentAfter limit: Int) -> Int {
        missedPolls = asked.isEmpty ? 0 : missedPolls + 1
        if missedPolls >= limit { isSilent = true }
        return missedPolls
    }

    mutating func hear(_ answer: PrinterAnswer) -> Heard {
        (missedPolls, isSilent, hasHeard) = (0, false, true)
        switch answer {
        case .realTimeStatus(let byte): return hearRealTime(byte)
        case .automaticStatus(let status):
            flags = Self.relevant(status.flags)
            hasStatus = true
            return .status
        case .queuedStatus, .processID, .printerInfo, .unknown: return .nothingNew
        }
    }

    private mutating func hearRealTime(_ byte: UInt8) -> Heard {
        guard !asked.isEmpty else { return .nothingNew }
        switch asked.removeFirst() {
        case .afterClearing: return .clearingArrived
        case .status(let query):
            gathered.formUnion(RealTimeStatus(query, byte: byte)?.flags ?? [])
            // Judged only when whole: *offline* comes first and its cause after it.
            guard query == RealTimeQuery.allCases.last else { return .nothingNew }
            flags = Self.relevant(gathered)
            hasStatus = true
            return .status
        }
    }

    private static func relevant(_ flags: PrinterFlags) -> PrinterFlags { flags.intersection(blocking.union(.paperNearEnd)) }
}
