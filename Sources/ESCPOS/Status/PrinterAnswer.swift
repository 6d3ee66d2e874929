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
    /// The answer to ``Command/logoNames``: the first forty; `more`: there are others.
    case logoNames([LogoKey], more: Bool)
    /// A byte that begins no answer we know, or an answer that broke off.
    case unknown([UInt8])

    /// The answer as the printer sends it.
    public var bytes: [UInt8] {
        switch self {
        case .realTimeStatus(let byte), .queuedStatus(let byte): [byte]
        case .automaticStatus(let status): status.bytes
        case .processID(let id): [0x37, 0x22] + id + [0]
        case .printerInfo(let text): [0x5F] + text + [0]
        case .logoNames(let names, let more): [0x37, 0x72, more ? 0x41 : 0x40] + names.flatMap { [$0.first, $0.second] } + [0]
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
///
/// Each answer is decided by a bounded number of bytes, so the time is linear and what waits stays short, whatever arrives.
public struct AnswerDecoder: Sendable {
    /// The beginning of an answer whose end has not arrived; at most ``longestInfo`` bytes and a header of three.
    public private(set) var pending: [UInt8] = []
    /// No text answer of a printer is longer; a header without an end would swallow everything after it.
    static let longestInfo = 80

    public init() {}

    /// Takes the next bytes and returns the answers they complete, in order.
    public mutating func feed(_ chunk: some Sequence<UInt8>) -> [PrinterAnswer] {
        pending.append(contentsOf: chunk)
        var answers: [PrinterAnswer] = []
        var rest = pending[...]
        while let answer = Self.first(of: rest) {
            rest = rest.dropFirst(answer.bytes.count)
            answers.append(answer)
        }
        pending = Array(rest)
        return answers
    }

    /// The answer that `bytes` begin with; nil when that cannot be told yet.
    private static func first(of bytes: ArraySlice<UInt8>) -> PrinterAnswer? {
        guard let first = bytes.first else { return nil }
        if first & 0x93 == 0x12 { return .realTimeStatus(first) }
        if first & 0x90 == 0 { return .queuedStatus(first) }
        if AutomaticStatus.begins(with: first) { return automaticStatus(bytes) }
        switch first {
        case 0x37: return marked(bytes)
        case 0x5F: return info(bytes)
        default: return .unknown([first])
        }
    }

    private static func automaticStatus(_ bytes: ArraySlice<UInt8>) -> PrinterAnswer? {
        let whole = bytes.prefix(4)
        let tail = whole.dropFirst().prefix { AutomaticStatus.continues(with: $0) }
        if tail.count == 3 { return AutomaticStatus(bytes: Array(whole)).map { .automaticStatus($0) } }
        // Another answer begins where this one should go on: it was cut off, by a reset for instance.
        return tail.count + 1 < whole.count ? .unknown(Array(whole.prefix(tail.count + 1))) : nil
    }

    private static func marked(_ bytes: ArraySlice<UInt8>) -> PrinterAnswer? {
        let whole = Array(bytes.prefix(7))
        guard whole.count >= 2 else { return nil }
        // `37 25 00`, the answer to DLE DC4 8: whole, lest its tail be taken for the answer to GS r.
        if whole[1] == 0x25 { return whole.count >= 3 ? .unknown(Array(whole.prefix(3))) : nil }
        if whole[1] == 0x72 { return logoNames(bytes) }
        guard whole[1] == 0x22 else { return .unknown([0x37]) }
        guard whole.count == 7 else { return nil }
        guard whole[6] == 0, whole[2..<6].allSatisfy({ (0x20...0x7E).contains($0) }) else { return .unknown([0x37]) }
        return .processID(Array(whole[2..<6]))
    }

    /// At most forty names of two characters.
    private static func logoNames(_ bytes: ArraySlice<UInt8>) -> PrinterAnswer? {
        guard let status = bytes.dropFirst(2).first else { return nil }
        let text = Array(bytes.dropFirst(3).prefix(longestInfo + 1).prefix { (0x20...0x7E).contains($0) })
        guard status & 0xFE == 0x40, text.count <= longestInfo else { return .unknown([0x37]) }
        guard let end = bytes.dropFirst(3 + text.count).first else { return nil }
        guard end == 0, text.count.isMultiple(of: 2) else { return .unknown([0x37]) }
        return .logoNames(stride(from: 0, to: text.count, by: 2).compactMap { LogoKey(text[$0], text[$0 + 1]) }, more: status == 0x41)
    }

    /// Text has no control characters: a stray header is known by the first byte behind it that is none of a text.
    private static func info(_ bytes: ArraySlice<UInt8>) -> PrinterAnswer? {
        let text = bytes.dropFirst().prefix(longestInfo).prefix { $0 >= 0x20 }
        guard text.count < longestInfo else { return .unknown([0x5F]) }
        let end = bytes.startIndex + 1 + text.count
        guard end < bytes.endIndex else { return nil }
        return bytes[end] == 0 ? .printerInfo(Array(text)) : .unknown([0x5F])
    }
}
