public import Secrets
public import SmartCard

/// What a scanned code is for. Which formats there are stands in the module's README.
public enum ScannedKind: Hashable, Sendable {
    /// A reader that types card numbers typed this card's: a pointer, never a proof.
    case card(CardPointer)
    /// The code of a printer's test slip, `UJI:CODE`, as it was read: in capitals, not yet compared with any.
    case testSlip(String)
    /// A booking for a service.
    case booking(Booking)
    /// The claim code of a ticket: ten characters of Crockford's base 32.
    case ticket(Secret)
    case other

    /// Decides what `text` is for, as it came from a scanner of this profile, without prefix, suffix and AIM identifier.
    public init(_ text: Secret, _ profile: ScannerProfile) {
        if let form = profile.cardNumber {
            self = form.pointer(in: text).map(Self.card) ?? .other
            return
        }
        self = Self.slip(text).map(Self.testSlip) ?? Booking(text).map(Self.booking) ?? Self.claim(text).map(Self.ticket) ?? .other
    }

    private static func slip(_ text: Secret) -> String? {
        text.withBytes { octets in
            let capitals = octets.lazy.map(\.capital)
            guard capitals.starts(with: "UJI:".utf8), (5...24).contains(octets.count),
                capitals.dropFirst(4).allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
            else { return nil }
            return String(decoding: capitals.dropFirst(4), as: UTF8.self)
        }
    }

    private static func claim(_ text: Secret) -> Secret? {
        let letters = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        return text.withBytes { octets in
            let capitals = octets.lazy.map(\.capital)
            return octets.count == 10 && capitals.allSatisfy(letters.contains) ? Secret(capitals) : nil
        }
    }
}

/// A booking for a service, as a QR code on paper or on a telephone carries it: `ANJ1:AGENCY/SERVICE:REFERENCE`.
///
/// Agency and service are the slugs of the mall's catalogue, the reference is whoever took the booking's own: 4 to 32 digits, letters and `-`.
/// In capitals the whole is a QR code's alphanumeric mode, which makes it small; capitals and small letters are the same.
public struct Booking: Hashable, Sendable {
    /// The agency's slug.
    public let agency: String
    /// The service's slug within the agency.
    public let service: String
    /// In capitals. Whoever knows it can look up the person behind it.
    public let reference: Secret

    /// nil where `text` is no booking of this format.
    public init?(_ text: Secret) {
        let parts = text.withBytes { octets -> (String, String, Secret)? in
            guard octets.lazy.map(\.capital).starts(with: "ANJ1:".utf8), octets.count <= 200 else { return nil }
            let rest = octets[5...]
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), let colon = rest[slash...].firstIndex(of: UInt8(ascii: ":")),
                let agency = Self.slug(rest[..<slash]), let service = Self.slug(rest[(slash + 1)..<colon])
            else { return nil }
            let reference = rest[(colon + 1)...].lazy.map(\.capital)
            guard (4...32).contains(reference.count),
                reference.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-") })
            else { return nil }
            return (agency, service, Secret(reference))
        }
        guard let parts else { return nil }
        (agency, service, reference) = parts
    }

    private static func slug(_ octets: some Collection<UInt8>) -> String? {
        guard (2...40).contains(octets.count) else { return nil }
        let small = octets.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        return small.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
            ? String(decoding: small, as: UTF8.self) : nil
    }
}

extension UInt8 {
    /// The capital of an ASCII letter.
    fileprivate var capital: UInt8 { (0x61...0x7A).contains(self) ? self - 0x20 : self }
}
