import Foundation
import KioskRuntime

/// The journal in lines for people.
enum JournalWords {
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func table(_ figures: JournalFigures, at now: Date) -> [String] {
        var lines = [
            "\(figures.site)/\(figures.kiosk), run \(figures.run), epoch \(figures.epoch)",
            "\(size(figures.size)) of \(size(figures.capacity)) used; \(size(figures.freeSpace)) free on the disk, "
                + (figures.ballast > 0 ? "\(size(figures.ballast)) more set aside" : "nothing set aside"),
            "\(figures.tickets) tickets kept, \(figures.openPrints) prints open",
        ]
        for chain in figures.chains {
            let kept = chain.first > chain.last ? "nothing kept, last entry \(chain.last)" : "entries \(chain.first) to \(chain.last)"
            var line = "\(chain.lane): \(kept); the centre has \(chain.acknowledged), in a backup \(chain.safe); \(chain.waiting) waiting"
            if let oldest = chain.oldestWaiting { line += ", the oldest for \(age(oldest, now))" }
            if chain.unrecorded > 0 { line += "; \(chain.unrecorded) left out for want of room" }
            if chain.epoch != figures.epoch { line += "; earlier epoch \(chain.epoch)" }
            if !chain.reason.isEmpty { line += " (\(chain.reason))" }
            lines.append(line)
        }
        if let refusal = figures.refusal { lines.append("accepts nothing new: \(refusal)") }
        if let clock = figures.clock { lines.append("\(clock): anjungan journal clock says what to do") }
        return lines
    }

    /// `transactions 12  2026-11-22 10:12:44  ticket.issued  number=KKA-007 …  [personal part sealed]`
    static func line(_ entry: EntryFacts) -> String {
        var parts = ["\(entry.lane) \(entry.sequence)", entry.time, entry.day, entry.kind, body(entry.body)]
        switch entry.personal {
        case .none: break
        case .sealed: parts.append("[personal part sealed]")
        case .erased: parts.append("[personal part erased: its key was destroyed]")
        case .pruned: parts.append("[personal part no longer here: the centre has it]")
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// As ``line(_:)`` for programs: the body is an object.
    static func object(_ entry: EntryFacts) throws -> String {
        var object = try JSONSerialization.jsonObject(with: Data(try json(entry).utf8)) as? [String: Any] ?? [:]
        if let fields = fields(entry.body) { object["body"] = fields }
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private static func body(_ text: String) -> String {
        guard let fields = fields(text) else { return text }
        return fields.sorted { $0.key < $1.key }.compactMap { key, value in
            // Whoever has the claim code has the ticket.
            if key == "claim" { return nil }
            if let list = value as? [Any] { return list.isEmpty ? nil : "\(key)=\(list.map { "\($0)" }.joined(separator: ","))" }
            let text = "\(value)"
            return text.isEmpty ? nil : text.contains(" ") ? "\(key)=“\(text)”" : "\(key)=\(text)"
        }.joined(separator: " ")
    }

    private static func fields(_ text: String) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    }

    private static func size(_ octets: Int64) -> String {
        octets < 10 << 20 ? "\(octets >> 10) kB" : octets < 10 << 30 ? "\(octets >> 20) MB" : "\(octets >> 30) GB"
    }

    private static func age(_ time: String, _ now: Date) -> String {
        guard let then = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(time) else { return time }
        let seconds = Int(max(0, now.timeIntervalSince(then)))
        return seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }
}
