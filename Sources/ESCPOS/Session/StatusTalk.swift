import Conditions

/// Asks for the status, puts the answers together, and notices when none come or when they make no sense.
///
/// A `DLE EOT` is answered by a bare byte, so the questions are remembered in the order they were asked.
struct StatusTalk: Hashable, Sendable {
    enum Heard: Hashable, Sendable {
        case nothingNew
        /// The flags are fresh.
        case status
        /// The response to `DLE DC4 8`.
        case cleared
        /// Nothing that a printer says: its other answers are not to be trusted either.
        case noise
    }

    /// Questions whose answers are awaited.
    private(set) var asked: [RealTimeQuery] = []
    private var gathered: PrinterFlags = []
    private(set) var flags: PrinterFlags = []
    /// A whole status has arrived on this connection.
    private(set) var hasStatus = false
    /// Anything that makes sense has arrived on this connection.
    private(set) var hasHeard = false
    private(set) var missedPolls = 0
    /// Noise was heard since the last poll.
    private(set) var isNoisy = false
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
    /// Ends when somebody helps, and only after the printer was told to try again.
    var wantsRetry: Bool {
        !isSilent && !flags.isDisjoint(with: [.recoverableError, .cutterError, .waitingForRecovery]) && !flags.contains(.coverOpen)
    }
    var isBroken: Bool { !isSilent && flags.contains(.unrecoverableError) }

    /// What is wrong, or soon will be.
    var conditions: Set<ConditionCode> {
        if isSilent { return [.printerSilent] }
        if flags.isEmpty { return [] }
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
        (hasStatus, hasHeard, missedPolls, isNoisy) = (false, false, 0, false)
    }

    /// Nothing answers at the address: not the same as a printer that takes bytes and is silent.
    mutating func unreachable() { isSilent = false }

    /// The bytes that ask for the whole status; none while an answer is still due.
    mutating func poll() -> [UInt8] { asked.isEmpty ? pollAfresh() : [] }

    /// The same whatever is due: what still comes of earlier questions comes unasked.
    mutating func pollAfresh() -> [UInt8] {
        gathered = []
        isNoisy = false
        asked = RealTimeQuery.allCases
        return RealTimeQuery.allCases.flatMap { Command.realTimeStatus($0.rawValue).bytes }
    }

    /// The time for an answer is over. Returns the polls missed in a row.
    /// - Parameter waiting: another answer than that to a poll is awaited.
    mutating func pollTimedOut(waiting: Bool, silentAfter limit: Int) -> Int {
        missedPolls = asked.isEmpty && !isNoisy && !waiting ? 0 : missedPolls + 1
        if missedPolls >= limit { isSilent = true }
        return missedPolls
    }

    mutating func hear(_ answer: PrinterAnswer) -> Heard {
        if case .unknown(let bytes) = answer {
            guard bytes == Self.clearResponse else { return hearNoise() }
            return makesSense(.cleared)
        }
        switch answer {
        case .realTimeStatus(let byte): return makesSense(hearRealTime(byte))
        case .automaticStatus(let status):
            if isNoisy { return .nothingNew }
            flags = Self.relevant(status.flags)
            hasStatus = true
            return makesSense(.status)
        case .queuedStatus, .processID, .printerInfo, .logoNames, .unknown: return makesSense(.nothingNew)
        }
    }

    /// All that a printer tells which answers no question of ours: it replaces what was known.
    mutating func hear(signals: PrinterFlags) {
        flags = Self.relevant(signals)
        hasStatus = true
    }

    /// `37 25 00`, the response to `DLE DC4 8`.
    private static let clearResponse: [UInt8] = [0x37, 0x25, 0x00]

    /// What was asked is not waited for: the next poll asks again.
    private mutating func hearNoise() -> Heard {
        isNoisy = true
        asked = []
        return .noise
    }

    /// Amid noise even what looks like an answer is none.
    private mutating func makesSense(_ heard: Heard) -> Heard {
        if !isNoisy { (missedPolls, isSilent, hasHeard) = (0, false, true) }
        return heard
    }

    private mutating func hearRealTime(_ byte: UInt8) -> Heard {
        guard !asked.isEmpty else { return .nothingNew }
        let query = asked.removeFirst()
        gathered.formUnion(RealTimeStatus(query, byte: byte)?.flags ?? [])
        // Judged only when whole: *offline* comes first and its cause after it.
        guard query == RealTimeQuery.allCases.last else { return .nothingNew }
        flags = Self.relevant(gathered)
        hasStatus = true
        return .status
    }

    private static func relevant(_ flags: PrinterFlags) -> PrinterFlags { flags.intersection(blocking.union(.paperNearEnd)) }
}
