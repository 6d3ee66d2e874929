import CardCryptography
import Secrets

/// What keeps a conversation with a chip secret and whole.
enum MessagingSuite: Hashable, Sendable {
    /// 3DES in CBC mode and the retail MAC: all that BAC has (Doc 9303 part 11, 9.8.6.1).
    case tripleDES
    /// AES in CBC mode and CMAC, as PACE may agree on; octets of a key: 16, 24 or 32 (9.8.6.2).
    case aes(keyLength: Int)

    var cipher: BlockCipher { self == .tripleDES ? .tripleDES : .aes }
    var authentication: MessageAuthentication { self == .tripleDES ? .retail : .cmac }
    /// Octets of a block, of the padding and of the send sequence counter.
    var blockLength: Int { cipher.blockLength }

    var keyLength: Int {
        switch self {
        case .tripleDES: 16
        case .aes(let keyLength): keyLength
        }
    }

    /// The key derivation function (9.7.1): a hash of seed and counter.
    func key(seed: Secret, counter: UInt8) throws(CryptographyError) -> Secret {
        let hash: HashFunction = keyLength > 16 ? .sha256 : .sha1
        let digest = try hash.digest(Secret(joining: [seed, Secret([0, 0, 0, counter])]))
        guard self == .tripleDES else { return digest[0..<keyLength] }
        return Secret(count: 16) { (key: UnsafeMutableBufferPointer<UInt8>) in
            // Odd parity: the lowest bit of each octet makes the ones odd.
            for index in 0..<16 {
                let bits = digest[index] & 0xFE
                key[index] = bits | (bits.nonzeroBitCount % 2 == 0 ? 1 : 0)
            }
        }
    }
}

/// A key for secrecy and a key for wholeness.
struct SessionKeys: Hashable, Sendable {
    var encryption: Secret
    var authentication: Secret

    init(encryption: Secret, authentication: Secret) { (self.encryption, self.authentication) = (encryption, authentication) }

    /// KSenc and KSmac of a seed (9.7.1: counters 1 and 2).
    init(_ suite: MessagingSuite, seed: Secret) throws(CryptographyError) {
        encryption = try suite.key(seed: seed, counter: 1)
        authentication = try suite.key(seed: seed, counter: 2)
    }
}
