/// A command to a card (ISO/IEC 7816-4, 5.1).
///
/// The same value has one spelling in octets: short fields where they are enough, extended ones else.
public struct CommandAPDU: Hashable, Sendable {
    /// CLA, INS, P1, P2.
    public var instructionClass: UInt8
    public var instruction: UInt8
    public var parameter1: UInt8
    public var parameter2: UInt8
    /// The command data field, 0 to 65,535 octets.
    public var data: [UInt8]
    /// Ne, the most octets that the answer may have: 1 to 65,536; nil where no answer data is expected.
    public var expected: Int?
    /// Whether lengths are spelt in three octets though one would do.
    public var prefersExtended: Bool

    public init(
        _ instructionClass: UInt8, _ instruction: UInt8, _ parameter1: UInt8, _ parameter2: UInt8, data: [UInt8] = [], expected: Int? = nil,
        prefersExtended: Bool = false
    ) {
        precondition(data.count <= 0xFFFF && expected.map { (1...0x1_0000).contains($0) } ?? true, "a length that no APDU can have")
        self.instructionClass = instructionClass
        self.instruction = instruction
        self.parameter1 = parameter1
        self.parameter2 = parameter2
        self.data = data
        self.expected = expected
        self.prefersExtended = prefersExtended
    }

    /// Whether its lengths need three octets.
    public var isExtended: Bool { prefersExtended && (!data.isEmpty || expected != nil) || data.count > 255 || expected ?? 0 > 256 }

    /// CLA INS P1 P2.
    public var header: [UInt8] { [instructionClass, instruction, parameter1, parameter2] }

    /// As it is sent (ISO/IEC 7816-3, 12.1.3: cases 1, 2S, 3S, 4S, 2E, 3E, 4E).
    public var octets: [UInt8] {
        var octets = header
        if isExtended {
            if !data.isEmpty { octets += [0, UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data }
            if let expected {
                if data.isEmpty { octets.append(0) }
                octets += [UInt8(expected >> 8 & 0xFF), UInt8(expected & 0xFF)]
            }
        } else {
            if !data.isEmpty { octets += [UInt8(data.count)] + data }
            if let expected { octets.append(UInt8(expected & 0xFF)) }
        }
        return octets
    }

    /// Reads a command; refuses octets that belong to none of the seven cases.
    public init(decoding octets: [UInt8]) throws(APDUError) {
        guard octets.count >= 4 else { throw APDUError(.tooShort, at: octets.count) }
        self.init(octets[0], octets[1], octets[2], octets[3])
        let body = octets[4...]
        guard let first = body.first else { return }
        if body.count == 1 {
            expected = first == 0 ? 256 : Int(first)
        } else if first != 0 {
            try readShort(body, length: Int(first))
        } else {
            try readExtended(body)
        }
    }

    private mutating func readShort(_ body: ArraySlice<UInt8>, length: Int) throws(APDUError) {
        data = Array(body.dropFirst().prefix(length))
        let rest = body.dropFirst(1 + length)
        guard data.count == length, rest.count <= 1 else { throw APDUError(.lengthField, at: 4) }
        expected = rest.first.map { $0 == 0 ? 256 : Int($0) }
    }

    private mutating func readExtended(_ body: ArraySlice<UInt8>) throws(APDUError) {
        prefersExtended = true
        guard body.count >= 3 else { throw APDUError(.lengthField, at: 4) }
        let length = Int(body[5]) << 8 | Int(body[6])
        if body.count == 3 {
            expected = length == 0 ? 0x1_0000 : length
            return
        }
        guard length > 0 else { throw APDUError(.lengthField, at: 5) }
        data = Array(body.dropFirst(3).prefix(length))
        let rest = Array(body.dropFirst(3 + length))
        guard data.count == length, rest.isEmpty || rest.count == 2 else { throw APDUError(.lengthField, at: 5) }
        guard !rest.isEmpty else { return }
        let most = Int(rest[0]) << 8 | Int(rest[1])
        expected = most == 0 ? 0x1_0000 : most
    }
}

/// A card's answer to a command (ISO/IEC 7816-4, 5.1).
public struct ResponseAPDU: Hashable, Sendable {
    public var data: [UInt8]
    /// SW1-SW2.
    public var status: StatusWord

    public init(data: [UInt8] = [], status: StatusWord) { (self.data, self.status) = (data, status) }

    public init(decoding octets: [UInt8]) throws(APDUError) {
        guard octets.count >= 2 else { throw APDUError(.tooShort, at: octets.count) }
        data = Array(octets.dropLast(2))
        status = StatusWord(octets[octets.count - 2], octets[octets.count - 1])
    }

    public var octets: [UInt8] { data + [status.first, status.second] }
}

/// SW1-SW2 (ISO/IEC 7816-4, 5.6).
public struct StatusWord: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public init(_ first: UInt8, _ second: UInt8) { rawValue = UInt16(first) << 8 | UInt16(second) }

    public static let done = StatusWord(rawValue: 0x9000)

    public var first: UInt8 { UInt8(rawValue >> 8) }
    public var second: UInt8 { UInt8(rawValue & 0xFF) }
    /// 9000, or 61xx: there is more to fetch.
    public var isNormal: Bool { self == .done || first == 0x61 }

    public var description: String { [first, second].hexadecimal }
}

/// Octets that are no APDU.
public struct APDUError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case tooShort, lengthField }
    public var code: Code
    /// The octet at which it shows.
    public var place: Int

    init(_ code: Code, at place: Int) { (self.code, self.place) = (code, place) }

    public var description: String {
        switch code {
        case .tooShort: "an APDU of \(place) octets is too short: a command has at least four, an answer two"
        case .lengthField: "the length at octet \(place) does not fit the octets behind it"
        }
    }
}
