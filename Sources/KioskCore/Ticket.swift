/// A time-ordered unique identifier (RFC 9562 clause 5.7), 16 octets.
public struct UUIDv7: Hashable, Sendable, Comparable {
    private let high: UInt64
    private let low: UInt64

    /// Its 16 octets as one number, the first of them the highest.
    public var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

    public var octets: [UInt8] { withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { [UInt8]($0) } }

    /// Takes 16 octets as they are.
    public init?(octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        (high, low) = octets.withUnsafeBytes {
            (UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)), UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// `random` gives the 74 random bits; its other bits are not used.
    public init(time: WallTime, random: (UInt64, UInt64)) {
        let milliseconds = UInt64(clamping: time.milliseconds)
        high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }
}

/// A ticket's permanent name: a UUIDv7 in Crockford's base 32, 26 characters,
/// so that it fits one line of 58 mm paper.
public struct TicketID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init(_ uuid: UUIDv7) {
        rawValue = Base32.encode(uuid.number, characters: 26)
    }

    public init?(_ rawValue: String) {
        guard rawValue.utf8.count == 26, rawValue.utf8.allSatisfy(Base32.alphabet.contains) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { rawValue }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// One sheet of a ticket. Copy 1 is the original; every further one bears "SALINAN".
public struct PrintCopy: Hashable, Sendable, CustomStringConvertible {
    public var ticket: TicketID
    public var number: Int
    public init(_ ticket: TicketID, number: Int) {
        self.ticket = ticket
        self.number = number
    }

    /// Reads `TICKETID.N`.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let ticket = TicketID(parts[0]), let number = Int(parts[1]), number > 0 else { return nil }
        self.init(ticket, number: number)
    }

    /// The print id: `TICKETID.N`.
    public var description: String { joined(ticket.rawValue, ".", String(number)) }
}

/// What the citizen waits by: a series and an ordinal, written `KKA-007`.
public struct TicketNumber: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The service's prefix and the kiosk's letter.
    public var series: String
    /// From 1, per series and service day.
    public var ordinal: Int

    public init(series: String, ordinal: Int) {
        self.series = series
        self.ordinal = ordinal
    }

    public var description: String { joined(series, "-", padded(ordinal, 3)) }
}

/// A ticket as the journal issued it.
public struct Ticket: Hashable, Sendable {
    public var id: TicketID
    public var number: TicketNumber
    public var service: ServiceKey
    public var day: ServiceDay
    public var issuedAt: WallTime
    /// What the QR code holds: 10 random characters of Crockford's base 32 with which the holder can claim a copy.
    public var claimCode: String

    public init(id: TicketID, number: TicketNumber, service: ServiceKey, day: ServiceDay, issuedAt: WallTime, claimCode: String) {
        self.id = id
        self.number = number
        self.service = service
        self.day = day
        self.issuedAt = issuedAt
        self.claimCode = claimCode
    }
}
