/// Something a printer sent to us.
public enum PrinterAnswer: Hashable, Sendable {
    /// The answer to `DLE EOT`, shape `0xx1xx10`; ``RealTimeStatus`` reads it together with the question.
    case realTimeStatus(UInt8)
    /// The answer to `GS r` (1: ``PaperSensor``; 2: drawer) or to `GS I 1…3`, shape `0xx0xxxx`.
    case queuedStatus(UInt8)
    case automaticStatus(AutomaticStatus)
    /// The four characters of ``Command/processID(_:)``, now that everything before them is printed.
    case processID([UInt8])
    /// The text answer to `GS I 65…`, without its header and NUL.
    case printerInfo([UInt8])
    /// A byte that begins no answer we know, or an answer that broke off.
    case unknown([UInt8])

    /// The answer as the printer sends it.
    public var bytes: [UInt8] {
        switch self {
        case .realTimeStatus(let byte), .queuedStatus(let byte): [byte]
        case .automaticStatus(let status): status.bytes
        case .processID(let id): [0x37, 0x22] + id + [0]
        case .printerInfo(let text): [0x5F] + text + [0]
        case .unknown(let bytes): bytes
        }
    }
}

/// The answer byte of `GS r 1`.
public enum PaperSensor {
    static let table = [StatusBit(mask: 0x03, flag: .paperNearEnd), StatusBit(mask: 0x0C, flag: .paperEnd)]

    /// ``PrinterFlags/paperNearEnd`` and ``PrinterFlags/paperEnd``.
    public static func flags(_ byte: UInt8) -> PrinterFlags { PrinterFlags(byte, table) }
    public static func byte(_ flags: PrinterFlags) -> UInt8 { flags.byte(fixed: 0, table) }
}

/// Cuts what a printer sends into answers, whatever the borders of the chunks it comes in.
public struct AnswerDecoder: Sendable {
    /// The beginning of an answer whose end has not arrived.
    public private(set) var pending: [UInt8] = []
    /// No text answer of a printer is longer; a header without an end would swallow everything after it.
    static let longestInfo = 80

    public init() {}

    /// Takes the next bytes and returns the answers they complete, in order.
    public mutating func feed(_ chunk: some Sequence<UInt8>) -> [PrinterAnswer] {
        pending.append(contentsOf: chunk)
        var answers: [PrinterAnswer] = []
        while let answer = next() { answers.append(answer) }
        return answers
    }

    private mutating func next() -> PrinterAnswer? {
        guard let first = pending.first else { return nil }
        if first & 0x93 == 0x12 { return take(1).map { .realTimeStatus($0[0]) } }
        if first & 0x90 == 0 { return take(1).map { .queuedStatus($0[0]) } }
        if AutomaticStatus.begins(with: first) { return automaticStatus() }
        switch first {
        case 0x37: return processID()
        case 0x5F: return info()
        default: return take(1).map { .unknown($0) }
        }
    }

    private mutating func automaticStatus() -> PrinterAnswer? {
        let tail = pending.dropFirst().prefix { AutomaticStatus.continues(with: $0) }
        if tail.count >= 3 { return take(4).flatMap { AutomaticStatus(bytes: $0) }.map { .automaticStatus($0) } }
        // Another answer begins where this one should go on: it was cut off, by a reset for instance.
        return tail.count + 1 < pending.count ? take(tail.count + 1).map { .unknown($0) } : nil
    }

    private mutating func processID() -> PrinterAnswer? {
        guard pending.count >= 2 else { return nil }
        // `37 25 00`, the answer to DLE DC4 8: whole, lest its tail be taken for the answer to GS r.
        if pending[1] == 0x25 { return take(3).map { .unknown($0) } }
        guard pending[1] == 0x22 else { return take(1).map { .unknown($0) } }
        guard pending.count >= 7 else { return nil }
        guard pending[6] == 0, pending[2..<6].allSatisfy({ (0x20...0x7E).contains($0) }) else { return take(1).map { .unknown($0) } }
        return take(7).map { .processID(Array($0[2..<6])) }
    }

    private mutating func info() -> PrinterAnswer? {
        guard let end = pending.firstIndex(of: 0) else {
            return pending.count > Self.longestInfo ? take(1).map { .unknown($0) } : nil
        }
        return take(end + 1).map { .printerInfo(Array($0[1..<end])) }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        guard pending.count >= count else { return nil }
        defer { pending.removeFirst(count) }
        return Array(pending.prefix(count))
    }
}
