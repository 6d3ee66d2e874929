/// A JSON object of the form in which kiosks write most bodies: compact, printable ASCII without escapes, its values texts, whole
/// numbers, or lists of texts. Read in a tenth of the time that a full decoder takes, which reads everything else.
public struct PlainObject {
    enum Value {
        /// Between its quotes.
        case text(Range<Int>)
        case number(Int)
        case texts([Range<Int>])
    }

    private let octets: [UInt8]
    private var fields: [(key: Range<Int>, value: Value)] = []

    /// `nil` for any other form; that says nothing about whether it is JSON.
    public init?(_ octets: [UInt8]) {
        self.octets = octets
        var at = 0
        guard Self.pass("{", octets, &at) else { return nil }
        repeat {
            guard let key = Self.text(octets, &at), Self.pass(":", octets, &at), let value = Self.value(octets, &at) else { return nil }
            // Of a name that stands there twice decoders differ in which one counts.
            guard !fields.contains(where: { octets[$0.key].elementsEqual(octets[key]) }) else { return nil }
            fields.append((key, value))
        } while Self.pass(",", octets, &at)
        guard Self.pass("}", octets, &at), at == octets.count else { return nil }
    }

    public func text(_ name: StaticString) -> String? {
        guard case .text(let place) = self[name] else { return nil }
        return string(place)
    }

    public func number(_ name: StaticString) -> Int? {
        guard case .number(let number) = self[name] else { return nil }
        return number
    }

    public func texts(_ name: StaticString) -> [String]? {
        guard case .texts(let places) = self[name] else { return nil }
        return places.map(string)
    }

    /// Whether there is anything of this name.
    public func has(_ name: StaticString) -> Bool { self[name] != nil }

    private subscript(name: StaticString) -> Value? {
        name.withUTF8Buffer { name in fields.first { octets[$0.key].elementsEqual(name) }?.value }
    }

    private func string(_ place: Range<Int>) -> String { String(decoding: octets[place], as: UTF8.self) }

    // MARK: Reading

    private static func pass(_ character: Unicode.Scalar, _ octets: [UInt8], _ at: inout Int) -> Bool {
        guard at < octets.count, octets[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private static func text(_ octets: [UInt8], _ at: inout Int) -> Range<Int>? {
        guard pass("\"", octets, &at) else { return nil }
        let start = at
        while at < octets.count, (0x20..<0x7F).contains(octets[at]), octets[at] != UInt8(ascii: "\\") {
            if octets[at] == UInt8(ascii: "\"") {
                at += 1
                return start..<at - 1
            }
            at += 1
        }
        return nil
    }

    private static func value(_ octets: [UInt8], _ at: inout Int) -> Value? {
        guard at < octets.count else { return nil }
        switch octets[at] {
        case UInt8(ascii: "\""): return text(octets, &at).map(Value.text)
        case UInt8(ascii: "["): return list(octets, &at).map(Value.texts)
        default: return number(octets, &at).map(Value.number)
        }
    }

    private static func list(_ octets: [UInt8], _ at: inout Int) -> [Range<Int>]? {
        guard pass("[", octets, &at) else { return nil }
        if pass("]", octets, &at) { return [] }
        var places: [Range<Int>] = []
        repeat {
            guard let place = text(octets, &at) else { return nil }
            places.append(place)
        } while pass(",", octets, &at)
        return pass("]", octets, &at) ? places : nil
    }

    /// Up to 15 digits, without a sign, a fraction or an exponent.
    private static func number(_ octets: [UInt8], _ at: inout Int) -> Int? {
        let start = at
        var number = 0
        while at < octets.count, (0x30...0x39).contains(octets[at]), at - start < 16 {
            number = number * 10 + Int(octets[at] - 0x30)
            at += 1
        }
        guard (1...15).contains(at - start), at - start == 1 || octets[start] != 0x30 else { return nil }
        return number
    }
}

extension EntryBody {
    /// Most kinds are rare enough for a full decoder.
    public init?(plain object: PlainObject) { return nil }
}

extension TicketIssued {
    public init?(plain object: PlainObject) {
        guard let ticket = object.text("ticket"), let number = object.text("number"), let series = object.text("series"),
            let ordinal = object.number("ordinal"), let agency = object.text("agency"), let service = object.text("service"),
            let channel = object.text("channel"), let claim = object.text("claim"), let sealed = object.texts("sealed"),
            object.has("handed") == (object.number("handed") != nil), object.has("method") == (object.text("method") != nil)
        else { return nil }
        self.init(
            ticket: ticket, number: number, series: series, ordinal: ordinal, agency: agency, service: service, channel: channel,
            claim: claim, sealed: sealed, handed: object.number("handed").map { Int64($0) }, method: object.text("method"))
    }
}

extension TicketDelivered {
    public init?(plain object: PlainObject) {
        guard let ticket = object.text("ticket"), let number = object.text("number"), let by = object.text("by") else { return nil }
        self.init(ticket: ticket, number: number, by: by)
    }
}

extension PrintSettled {
    public init?(plain object: PlainObject) {
        guard let print = object.text("print"), let outcome = object.text("outcome"), let detail = object.text("detail"),
            // What may be missing is of its own type where it is there.
            object.has("ticket") == (object.text("ticket") != nil), object.has("copy") == (object.number("copy") != nil),
            object.has("reason") == (object.text("reason") != nil)
        else { return nil }
        self.init(
            print: print, ticket: object.text("ticket"), copy: object.number("copy"), outcome: outcome, reason: object.text("reason"),
            detail: detail)
    }
}
