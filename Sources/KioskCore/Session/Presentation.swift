public import Secrets

/// What somebody held before a reader or a scanner.
public enum Presentation: Hashable, Sendable {
    /// A card whose number somebody may have enrolled: 1 to 16 octets. Anybody can copy it, so it points to a resident and proves nothing.
    case card(Secret)
    /// A card by which nobody can be known: it draws its number anew at each tap, or has none.
    case anonymousCard
    case booking(Booking)
    /// A code that is for something else.
    case unknownCode
}

/// What a citizen booked before they came, as a QR or bar code carries it: `ANJUNGAN:AGENCY/SERVICE` or `ANJUNGAN:AGENCY/SERVICE:REFERENCE`.
public struct Booking: Hashable, Sendable {
    public static let prefix = "ANJUNGAN:"
    /// The longest code, in characters.
    public static let longest = 160

    public var service: ServiceKey
    /// What the booking is called where it was made, 1 to 40 of `A-Z`, `a-z`, `0-9` and `-`; personal, since it leads to who booked.
    public var reference: Secret?

    public init(service: ServiceKey, reference: Secret? = nil) {
        self.service = service
        self.reference = reference
    }

    /// nil where `code` (ASCII) is no booking.
    public init?(code: Secret) {
        guard code.count <= Self.longest else { return nil }
        let parsed: Booking? = code.withBytes { octets in
            guard octets.starts(with: Self.prefix.utf8) else { return nil }
            let parts = octets.dropFirst(Self.prefix.utf8.count).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let service = ServiceKey(String(decoding: parts[0], as: UTF8.self)) else { return nil }
            guard parts.count == 2 else { return Booking(service: service) }
            guard (1...40).contains(parts[1].count), parts[1].allSatisfy(Self.isReference) else { return nil }
            return Booking(service: service, reference: Secret(parts[1]))
        }
        guard let parsed else { return nil }
        self = parsed
    }

    private static func isReference(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "-"):
            true
        case _: false
        }
    }
}

/// Who a visitor is, as far as a service asks, and how that is known.
public enum Identity: Hashable, Sendable {
    /// A NIK that was typed.
    case typed(Secret)
    /// The NIK that the centre has for an enrolled card.
    case card(Secret)
    /// The NIK of a document that proved itself to a verifier.
    case verified(Secret)
    /// A card that only the centre can make anything of, and could not be asked about.
    case reference(Secret)

    /// How an identity is known, as the journal says it.
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
        case typed, card, verified, reference
    }

    public var method: Method {
        switch self {
        case .typed: .typed
        case .card: .card
        case .verified: .verified
        case .reference: .reference
        }
    }

    /// nil where only the centre can say it.
    public var nik: Secret? {
        switch self {
        case .typed(let nik), .card(let nik), .verified(let nik): nik
        case .reference: nil
        }
    }

    /// The card's number, where that is all there is.
    public var reference: Secret? {
        switch self {
        case .typed, .card, .verified: nil
        case .reference(let pointer): pointer
        }
    }
}

/// What a visitor has given of themselves for one ticket. All of it is sealed before it reaches a disk.
public struct Particulars: Hashable, Sendable {
    /// Nothing personal.
    public static let none = Particulars()

    public var identity: Identity?
    /// What a booking is called where it was made.
    public var booking: Secret?

    public init(identity: Identity? = nil, booking: Secret? = nil) {
        self.identity = identity
        self.booking = booking
    }
}

/// What else than touching the screen is possible now.
public struct Invitations: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A reader is there and ready: a card may be tapped.
    public static let card = Self(rawValue: 1)
    /// A scanner is there and ready: a code may be shown.
    public static let code = Self(rawValue: 2)
    /// A verifier is there and ready: it reads identity cards.
    public static let verifier = Self(rawValue: 4)
}
