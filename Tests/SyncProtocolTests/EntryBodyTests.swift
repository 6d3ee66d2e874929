import Foundation
import SyncProtocol
import Testing

/// Bodies are written by hand; their octets are those of Foundation's encoder, which wrote them before and reads them at the centre.
@Suite struct EntryBodyTests {
    /// All that JSON escapes, and what it need not.
    static let texts = [
        "", "KKA-007", "a/b", "Rp 5.000 — “ya”", "🖨\u{2028}\u{7F}", #"say "\n" \"#, String((0..<0x20).map { Character(UnicodeScalar($0)) }),
    ]

    func expectSame<Body: EntryBody>(_ body: Body, _ location: SourceLocation = #_sourceLocation) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let theirs = try encoder.encode(body)
        #expect(String(decoding: body.octets, as: UTF8.self) == String(decoding: theirs, as: UTF8.self), sourceLocation: location)
        #expect(try JSONDecoder().decode(Body.self, from: Data(body.octets)) == body, sourceLocation: location)
    }

    @Test(arguments: texts) func everyBodyIsWhatTheEncoderWrites(_ text: String) throws {
        for sealed in [[], ["nik"], [text, "nik"]] {
            try expectSame(
                TicketIssued(
                    ticket: text, number: "1" + text, series: "2" + text, ordinal: .max, agency: "3" + text, service: "4" + text,
                    channel: "5" + text, claim: "6" + text, sealed: sealed, handed: sealed.isEmpty ? nil : .min))
        }
        try expectSame(TicketDelivered(ticket: text, number: "1" + text, by: "2" + text))
        try expectSame(TicketVoid(ticket: text, number: "1" + text, reason: "2" + text))
        try expectSame(PrintRequested(print: text, ticket: "1" + text, copy: -2))
        for (ticket, copy, reason) in [(nil, nil, nil), ("1" + text, 3, "2" + text)] as [(String?, Int?, String?)] {
            try expectSame(PrintSettled(print: text, ticket: ticket, copy: copy, outcome: "3" + text, reason: reason, detail: text))
        }
        let head = ChainPosition(sequence: .max, hash: EntryHash(octets: [UInt8](0..<32)) ?? .none)
        try expectSame(EpochBegun(previous: #require(Epoch(octets: [UInt8](0..<16))), head: head, reason: text))
        try expectSame(EpochBegun(afterDamageTo: (#require(Epoch(octets: [UInt8](0..<16))), head), reason: text))
        try expectSame(EpochBegun(afterDamageTo: nil, reason: text))
        for words in [nil, text] {
            try expectSame(EmergencyBegun(since: .min, indonesian: words, english: words))
            try expectSame(EmergencyEnded(since: 5, by: text, reason: words))
        }
        for (event, left, tickets) in [(nil, nil, nil), ("1" + text, 0, 7)] as [(String?, Int?, Int?)] {
            for certainty in [.unknown, .atMost, .about] as [PrinterRoll.Certainty] {
                try expectSame(
                    PrinterRoll(
                        printer: text, event: event, used: 12, left: left, tickets: tickets, certainty: certainty, isLow: event == nil))
            }
        }
    }
}
