/// Crockford's base 32: no I, L, O or U, so that people can read it aloud (crockford.com/base32.html).
public enum Base32 {
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The octets, at most 16, as one big-endian number, padded with zero bits at the front to whole characters.
    public static func encode(_ octets: [UInt8]) -> String { encode(octets, characters: (octets.count * 8 + 4) / 5) }

    /// The last so many characters of them.
    public static func encode(_ octets: [UInt8], characters: Int) -> String {
        precondition(octets.count <= 16, "more octets than a number has")
        return encode(octets.reduce(0) { $0 << 8 | UInt128($1) }, characters: characters)
    }

    /// The last so many characters of a number, padded with zeros.
    public static func encode(_ number: UInt128, characters: Int) -> String {
        alphabet.withUnsafeBufferPointer { alphabet in
            String(unsafeUninitializedCapacity: characters) { text in
                var rest = number
                for place in stride(from: characters - 1, through: 0, by: -1) {
                    text[place] = alphabet[Int(truncatingIfNeeded: rest) & 31]
                    rest >>= 5
                }
                return characters
            }
        }
    }
}
