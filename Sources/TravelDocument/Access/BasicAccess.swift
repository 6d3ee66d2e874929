import CardCryptography
import Secrets
import SmartCard

/// Basic Access Control (Doc 9303 part 11, 4.3): both ends show that they know what is printed, and agree on keys.
struct BasicAccess: AccessControl, Hashable {
    /// Octets of randomness that it needs: RND.IFD and K.IFD.
    static let randomness = 24

    private let keys: SessionKeys
    /// RND.IFD, 8 octets.
    private let ownChallenge: Secret
    /// K.IFD, 16 octets.
    private let ownKey: Secret
    /// RND.IC, 8 octets, once it has come.
    private var challenge: Secret?

    init(_ key: DocumentKey, randomness: Secret) throws(CryptographyError) {
        precondition(randomness.count == Self.randomness, "BAC takes 24 octets of randomness")
        keys = try SessionKeys(.tripleDES, seed: key.seed()[0..<16])
        ownChallenge = randomness[0..<8]
        ownKey = randomness[8..<24]
    }

    mutating func start() -> CommandAPDU { CommandAPDU(0x00, 0x84, 0x00, 0x00, expected: 8) }

    mutating func take(_ answer: ResponseAPDU) throws(Refusal) -> AccessStep {
        try refusing {
            guard let challenge else { return .send(try authenticate(answer)) }
            return .opened(try open(answer, challenge))
        }
    }

    /// RND.IC came: EXTERNAL AUTHENTICATE with E.IFD and M.IFD (4.3.3, steps 2 to 4).
    private mutating func authenticate(_ answer: ResponseAPDU) throws -> CommandAPDU {
        guard answer.status == .done, answer.data.count == 8 else {
            throw Refusal(.accessUnsupported, "the chip gives no challenge for basic access control: \(answer.status)")
        }
        let drawn = Secret(answer.data)
        challenge = drawn
        let coded = try BlockCipher.tripleDES.encrypt(
            Secret(joining: [ownChallenge, drawn, ownKey]), key: keys.encryption, initial: [UInt8](repeating: 0, count: 8))
        return CommandAPDU(0x00, 0x82, 0x00, 0x00, data: coded + (try code(coded)), expected: 40)
    }

    /// E.IC and M.IC came: the chip knows the keys too, and has answered to this very challenge (steps 5 to 7).
    private func open(_ answer: ResponseAPDU, _ challenge: Secret) throws -> SecureMessaging {
        guard answer.status == .done else {
            throw Refusal(.accessDenied, "the chip does not accept the document number, birth and expiry: \(answer.status)")
        }
        guard answer.data.count == 40 else { throw Refusal(.accessDenied, "the chip's proof has \(answer.data.count) octets, not 40") }
        let coded = Array(answer.data.prefix(32))
        guard try code(coded).isSame(as: Array(answer.data.suffix(8))) else {
            throw Refusal(.accessDenied, "the chip does not know the keys of its own document")
        }
        let plain = try BlockCipher.tripleDES.decrypt(coded, key: keys.encryption, initial: [UInt8](repeating: 0, count: 8))
        guard plain[0..<8] == challenge, plain[8..<16] == ownChallenge else {
            throw Refusal(.accessDenied, "the chip answered to another challenge than ours")
        }
        let seed = Secret(count: 16) { (seed: UnsafeMutableBufferPointer<UInt8>) in
            for index in 0..<16 { seed[index] = ownKey[index] ^ plain[16 + index] }
        }
        let counter = Secret(joining: [challenge[4..<8], ownChallenge[4..<8]])
        return SecureMessaging(.tripleDES, try SessionKeys(.tripleDES, seed: seed), counter: counter.withBytes { Array($0) })
    }

    /// Of whole blocks, padded once more as method 2 wants.
    private func code(_ coded: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try MessageAuthentication.retail.code(coded + [0x80, 0, 0, 0, 0, 0, 0, 0], key: keys.authentication)
    }
}
