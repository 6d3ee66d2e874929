import Foundation
import SyncProtocol
import Testing

/// What the quick reader of bodies takes, it takes as the full decoder does; what it does not know, it leaves to that.
@Suite struct PlainObjectTests {
    private static func both<Body: EntryBody>(_ json: String, _: Body.Type) -> (plain: Body?, full: Body?) {
        let octets = Array(json.utf8)
        return (PlainObject(octets).flatMap(Body.init(plain:)), try? JSONDecoder().decode(Body.self, from: Data(octets)))
    }

    private static func written(_ body: some EntryBody) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(body), as: UTF8.self)
    }

    static let issued = TicketIssued(
        ticket: "01K4Z9QW3E7RTY", number: "KKA-007", series: "KKA", ordinal: 7, agency: "disdukcapil", service: "kartu-keluarga",
        channel: "touch", claim: "CLAIM", sealed: ["nik", "name"])

    @Test func whatKiosksWriteIsReadAtOnce() throws {
        let delivered = TicketDelivered(ticket: "T", number: "KKA-007", by: "paper")
        let settled = PrintSettled(print: "T.1", ticket: "T", copy: 1, outcome: "printed", reason: nil, detail: "")
        let foreign = PrintSettled(print: "foreign:1", ticket: nil, copy: nil, outcome: "failed", reason: "media-empty", detail: "no paper")
        #expect(Self.both(try Self.written(Self.issued), TicketIssued.self) == (Self.issued, Self.issued))
        #expect(Self.both(try Self.written(delivered), TicketDelivered.self) == (delivered, delivered))
        for body in [settled, foreign] { #expect(Self.both(try Self.written(body), PrintSettled.self) == (body, body)) }
    }

    @Test(arguments: [
        #"{"ticket":"T","number":"n","by":"papér"}"#, #"{"ticket":"T","number":"a\"b","by":"paper"}"#,
        #"{"ticket":"T","number":"n","by":"paper","later":{"a":1}}"#, #"{ "ticket":"T","number":"n","by":"paper"}"#,
        #"{"ticket":"T","number":"n","by":"paper","share":0.5}"#, #"{"ticket":"T","number":"n","by":"paper","gone":null}"#,
    ]) func anythingElseIsLeftToTheFullDecoder(_ json: String) {
        let (plain, full) = Self.both(json, TicketDelivered.self)
        #expect(plain == nil && full != nil)
    }

    @Test func aBodyThatSaysMoreIsReadForWhatIsKnown() {
        let json = #"{"ticket":"T","number":"n","by":"paper","later":"word","count":12,"list":["a","b"]}"#
        let (plain, full) = Self.both(json, TicketDelivered.self)
        #expect(plain != nil && plain == full)
    }

    /// Every octet of a body changed to every other value: never a body of its own.
    @Test func noChangedOctetIsReadOtherwiseThanByTheFullDecoder() throws {
        let octets = Array(try Self.written(Self.issued).utf8)
        for index in octets.indices {
            for value in UInt8.min...UInt8.max {
                var changed = octets
                changed[index] = value
                guard let plain = PlainObject(changed).flatMap(TicketIssued.init(plain:)) else { continue }
                let full = try? JSONDecoder().decode(TicketIssued.self, from: Data(changed))
                #expect(plain == full, "octet \(index) as \(value)")
            }
        }
        for length in octets.indices { #expect(PlainObject(Array(octets.prefix(length))) == nil) }
    }
}
