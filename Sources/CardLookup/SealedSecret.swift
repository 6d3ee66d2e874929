import Crypto
public import Foundation
public import Secrets

/// Something personal of at most 31 octets as the centre keeps it: sealed by HPKE to the centre's own public key.
///
/// Encapsulated key (65) · ciphertext (32) · tag (16).
public struct SealedSecret: Hashable, Sendable {
    private static let purpose = Data("anjungan card register v1".utf8)
    public let octets: Data

    public init(octets: Data) { self.octets = octets }

    /// - Parameters:
    ///   - publicKey: the centre's, in PEM.
    ///   - context: what the secret belongs to; it opens with the same only.
    public init(_ secret: Secret, to publicKey: String, context: Data) throws(CardLookupError) {
        do {
            let key = try P256.KeyAgreement.PublicKey(pemRepresentation: publicKey)
            var sender = try HPKE.Sender(recipientKey: key, ciphersuite: CardSeal.suite, info: Self.purpose)
            let sealed = try CardSeal.withBlock(secret) { try sender.seal($0, authenticating: context) }
            octets = sender.encapsulatedKey + sealed
        } catch {
            throw CardLookupError(.noKey, "the centre's public key cannot be used: \(error)")
        }
    }

    /// - Parameter openingKey: the centre's private key, in PEM.
    public func open(with openingKey: String, context: Data) throws(CardLookupError) -> Secret {
        do {
            let key = try P256.KeyAgreement.PrivateKey(pemRepresentation: openingKey)
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: CardSeal.suite, info: Self.purpose, encapsulatedKey: octets.prefix(65))
            var block = try recipient.open(octets.dropFirst(65), authenticating: context)
            defer { block.wipe() }
            if let secret = CardSeal.read(block) { return secret }
        } catch {
            throw CardLookupError(.unreadable, "it does not open with the centre's key, or was changed: \(error)")
        }
        throw CardLookupError(.unreadable, "it holds nothing")
    }
}
