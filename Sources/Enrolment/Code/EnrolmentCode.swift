import Crypto
import Foundation

/// What `anjungan-central enroll` gives to a technician and what is typed once at the kiosk: 30 characters in six groups,
/// like `7M2KQ-…`. It carries trust in both directions.
///
/// | bits | characters | what |
/// |-----:|-----------:|------|
/// | 80 | 16 | the first 10 octets of the SHA-256 of the public key (SubjectPublicKeyInfo) of the centre's authority |
/// | 60 | 12 | a secret |
/// | 10 | 2 | a check of the other 28 characters, so that a slip of the finger is told at once and costs no attempt |
///
/// Somebody between kiosk and centre would need a key whose fingerprint agrees in 80 bits: some 2^80 keys to try for one code
/// that is good for a day. The secret is asked for online only, five times at most. The letters are Crockford's base 32:
/// without I, L, O and U, which look like others; they are read as what they look like.
public struct EnrolmentCode: Hashable, Sendable, CustomStringConvertible {
    /// Of five bits each.
    private let symbols: [UInt8]

    static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let fingerprintSymbols = 16
    private static let secretSymbols = 12

    /// Draws a new code for the centre whose authority has this fingerprint.
    public init(authority fingerprint: AuthorityFingerprint) {
        var random = SystemRandomNumberGenerator()
        let secret = (0..<Self.secretSymbols).map { _ in UInt8.random(in: 0..<32, using: &random) }
        let body = Self.symbols(of: fingerprint.octets) + secret
        symbols = body + Self.check(body)
    }

    /// Reads what somebody typed; spaces, hyphens and case do not matter.
    public init(_ text: String) throws(EnrolmentError) {
        var symbols: [UInt8] = []
        for character in text.uppercased() where !character.isWhitespace && character != "-" {
            let meant: Character =
                switch character {
                case "O": "0"
                case "I", "L": "1"
                default: character
                }
            guard let value = Self.alphabet.firstIndex(of: meant) else {
                throw EnrolmentError(.code, "“\(character)” is in no enrolment code; read the code again")
            }
            symbols.append(UInt8(value))
        }
        guard symbols.count == Self.fingerprintSymbols + Self.secretSymbols + 2 else {
            throw EnrolmentError(.code, "an enrolment code has 30 letters and digits, this has \(symbols.count); read the code again")
        }
        guard Self.check(symbols.dropLast(2)) == Array(symbols.suffix(2)) else {
            throw EnrolmentError(.code, "the code is mistyped: its last two characters do not fit the others; read it again")
        }
        self.symbols = symbols
    }

    public var description: String {
        stride(from: 0, to: symbols.count, by: 5).map { start in
            String(symbols[start..<start + 5].map { Self.alphabet[Int($0)] })
        }.joined(separator: "-")
    }

    /// Whether this is the code of the centre with this authority.
    public func names(_ fingerprint: AuthorityFingerprint) -> Bool {
        Array(symbols.prefix(Self.fingerprintSymbols)) == Self.symbols(of: fingerprint.octets)
    }

    /// What both ends make of the secret.
    public var keyring: CodeKeyring {
        let secret = symbols.dropFirst(Self.fingerprintSymbols).prefix(Self.secretSymbols)
        return CodeKeyring(hash: SHA256.hash(data: Array("anjungan enrolment v1".utf8) + secret))
    }

    private static func check(_ symbols: some Sequence<UInt8>) -> [UInt8] {
        SHA256.hash(data: Array("anjungan enrolment check".utf8) + symbols).prefix(2).map { $0 & 31 }
    }

    /// Five bits at a time, the highest first. The count of bits is a multiple of five.
    private static func symbols(of octets: [UInt8]) -> [UInt8] {
        let bits = octets.flatMap { octet in (0..<8).map { (octet >> (7 - $0)) & 1 } }
        return stride(from: 0, to: bits.count, by: 5).map { start in bits[start..<start + 5].reduce(0) { $0 << 1 | $1 } }
    }
}

/// The first 80 bits of the SHA-256 of an authority's public key.
public struct AuthorityFingerprint: Hashable, Sendable {
    let octets: [UInt8]

    /// - Parameter key: SubjectPublicKeyInfo, DER.
    init(key: some Sequence<UInt8>) { octets = Array(SHA256.hash(data: Array(key)).prefix(10)) }
}

/// The SHA-256 of a code's secret in two parts: a name that is sent, and a key that proves that one knows the code and never is.
/// This is all that the centre keeps of a code.
public struct CodeKeyring: Hashable, Sendable {
    /// 8 octets.
    public let id: [UInt8]
    /// 24 octets.
    public let key: [UInt8]

    init(hash: SHA256.Digest) {
        id = Array(hash.prefix(8))
        key = Array(hash.dropFirst(8))
    }

    /// As it was kept.
    public init?(id: [UInt8], key: [UInt8]) {
        guard id.count == 8, key.count == 24 else { return nil }
        self.id = id
        self.key = key
    }

    /// Proves that whoever knows the code wants a certificate for exactly this: HMAC-SHA-256 over name and request.
    public func proof(_ name: DeviceName, request: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Self.words(name, request), using: SymmetricKey(data: key)))
    }

    /// Compares in constant time.
    public func isProof(_ proof: [UInt8], _ name: DeviceName, request: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(proof, authenticating: Self.words(name, request), using: SymmetricKey(data: key))
    }

    private static func words(_ name: DeviceName, _ request: [UInt8]) -> [UInt8] { Array("\(name)\n".utf8) + request }
}
