public import Secrets
public import SmartCard

/// What a scanned code is for. Which formats there are stands in the module's README.
public enum ScannedKind: Hashable, Sendable {
    /// A reader that types card numbers typed this card's: a pointer, never a proof.
    case card(CardPointer)
    /// The code of a printer's test slip, `UJI:CODE`, as it was read: in capitals, not yet compared with any.
    case testSlip(String)
    /// Begins as a booking for a service does, `ANJUNGAN:AGENCY/SERVICE` or `ANJUNGAN:AGENCY/SERVICE:REFERENCE`; the kiosk reads it.
    case booking
    /// The claim code of a ticket: ten characters of Crockford's base 32.
    case ticket(Secret)
    case other

    /// Decides what `text` is for, as it came from a scanner of this profile, without prefix, suffix and AIM identifier.
    public init(_ text: Secret, _ profile: ScannerProfile) {
        if let form = profile.cardNumber {
            self = form.pointer(in: text).map(Self.card) ?? .other
            return
        }
        if text.withBytes({ $0.starts(with: "ANJUNGAN:".utf8) }) {
            self = .booking
            return
        }
        self = Self.slip(text).map(Self.testSlip) ?? Self.claim(text).map(Self.ticket) ?? .other
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

extension UInt8 {
    /// The capital of an ASCII letter.
    fileprivate var capital: UInt8 { (0x61...0x7A).contains(self) ? self - 0x20 : self }
}
