import Conditions
import DeviceSocket

/// What a file ledger says, as a value: which prints were begun, and how they ended.
struct LedgerBook: Sendable {
    enum Line: Hashable, Sendable {
        case begun(PrintID)
        case settled(PrintID, PrintResult)
    }

    /// A line in the middle that is none.
    struct Damage: Error {
        /// From 1.
        var line: Int
    }

    /// Begun and not settled.
    private(set) var begun: Set<PrintID> = []
    private(set) var settled: [PrintID: PrintResult] = [:]
    /// The settled ones, the oldest first.
    private var order: [PrintID] = []
    /// Octets of the whole lines that were read.
    private(set) var length = 0

    /// Reads lines. What stands behind the last good one is dropped if it holds no good one: a power cut leaves such.
    init(_ octets: [UInt8]) throws(Damage) {
        var start = 0
        var bad: Int?
        var number = 0
        for (end, octet) in octets.enumerated() where octet == 0x0A {
            number += 1
            defer { start = end + 1 }
            guard let line = Line(octets[start..<end]) else {
                bad = bad ?? number
                continue
            }
            if let bad { throw Damage(line: bad) }
            take(line)
            length = end + 1
        }
    }

    mutating func take(_ line: Line) {
        switch line {
        case .begun(let id): if settled[id] == nil { begun.insert(id) }
        case .settled(let id, let result):
            begun.remove(id)
            guard settled[id] == nil else { return }
            settled[id] = result
            order.append(id)
        }
    }

    /// Whether a file of its own is shorter by half.
    func isLong(keeping ends: Int) -> Bool { order.count > 2 * ends }

    /// Forgets the oldest ends.
    mutating func shorten(keeping ends: Int) {
        for id in order.dropLast(ends) { settled[id] = nil }
        order = order.suffix(ends)
    }

    /// A file that says the same.
    var octets: [UInt8] {
        let ends = order.compactMap { id in settled[id].map { Line.settled(id, $0).octets } }
        let open = begun.sorted { $0.rawValue < $1.rawValue }.map { Line.begun($0).octets }
        return Array((ends + open).joined())
    }
}

extension LedgerBook.Line {
    /// The line with its checksum and its end.
    var octets: [UInt8] {
        let text = Array(text.utf8)
        return Array("\(Self.sum(text[...])) ".utf8) + text + [0x0A]
    }

    private var text: String {
        switch self {
        case .begun(let id): "begun \(id)"
        case .settled(let id, let result):
            "settled \(id) \(result.outcome.rawValue) \(result.reason?.rawValue ?? "-") \(Self.oneLine(result.detail))"
        }
    }

    /// A line without its end; nil where it is not what was written.
    init?(_ line: ArraySlice<UInt8>) {
        guard line.count > 17, line[line.startIndex + 16] == 0x20 else { return nil }
        let body = line.dropFirst(17)
        guard line.prefix(16).elementsEqual(Self.sum(body).utf8) else { return nil }
        let words = String(decoding: body, as: UTF8.self).split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard words.count >= 2, let id = PrintID(String(words[1])) else { return nil }
        switch (words[0], words.count) {
        case ("begun", 2): self = .begun(id)
        case ("settled", 5):
            guard let outcome = PrintOutcome(rawValue: String(words[2])) else { return nil }
            // A reason that only a later build knows changes nothing about the outcome.
            self = .settled(id, PrintResult(outcome, reason: ConditionCode(rawValue: String(words[3])), detail: String(words[4])))
        case _: return nil
        }
    }

    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }

    /// FNV-1a over 64 bits, in 16 digits: against torn and foreign octets, not against people.
    private static func sum(_ octets: ArraySlice<UInt8>) -> String {
        let sum = octets.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
