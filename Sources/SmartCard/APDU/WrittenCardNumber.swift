public import Secrets

extension CardPointer {
    /// A card's number as people and readers that type write it (ASCII): hexadecimal octets, 4 to 10 of them, with or without colons between
    /// them; or ten decimal digits of one with four octets, the first octet being the highest.
    ///
    /// Some readers type the octets the other way round: a card must be enrolled by a reader that writes it as those at the kiosks do.
    public init?(written text: Secret) {
        let octets: Secret? = text.withBytes { characters in
            if characters.count == 10, characters.allSatisfy({ (0x30...0x39).contains($0) }) {
                let number = characters.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
                guard number <= UInt32.max else { return nil }
                return Secret([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
            }
            // Each octet straight into a secret: an array in between would keep a copy that nobody wipes.
            var octets = Secret([])
            var at = 0
            while at < characters.count {
                guard at + 1 < characters.count, let high = Self.digit(characters[at]), let low = Self.digit(characters[at + 1]) else {
                    return nil
                }
                octets = octets.appending(high << 4 | low)
                at += 2
                if at + 1 < characters.count, characters[at] == UInt8(ascii: ":") { at += 1 }
            }
            return octets
        }
        guard let octets, (4...10).contains(octets.count) else { return nil }
        self.init(taking: octets)
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        case _: nil
        }
    }
}
