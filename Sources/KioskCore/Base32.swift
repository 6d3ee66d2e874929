/// Crockford's base 32: no I, L, O or U, so that people can read it aloud (crockford.com/base32.html).
public enum Base32 {
    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The octets as one big-endian number, padded with zero bits at the front to whole characters.
    public static func encode(_ octets: [UInt8]) -> String {
        let characters = (octets.count * 8 + 4) / 5
        var buffer = 0
        var bits = characters * 5 - octets.count * 8
        return String(unsafeUninitializedCapacity: characters) { text in
            var count = 0
            for octet in octets {
                buffer = buffer << 8 | Int(octet)
                bits += 8
                while bits >= 5 {
                    bits -= 5
                    text[count] = alphabet[buffer >> bits & 31]
                    count += 1
                }
                buffer &= 0xFF
            }
            return count
        }
    }
}
