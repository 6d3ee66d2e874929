import Crypto
import Foundation
public import Secrets
public import SyncProtocol

/// The centre's public key (NIST P-256), to which personal data is sealed. Kept as a PEM file (`PUBLIC KEY`, RFC 7468 clause 13).
public struct SealingKey: Sendable {
    let key: P256.KeyAgreement.PublicKey
    /// The first 8 octets of the SHA-256 of the key's SubjectPublicKeyInfo, so that keys can change and each part says which it needs.
    public let id: [UInt8]

    init(_ key: P256.KeyAgreement.PublicKey) {
        self.key = key
        id = Array(SHA256.hash(data: key.derRepresentation).prefix(8))
    }

    /// Reads the text of a PEM file.
    public init(pem: String) throws(JournalError) {
        do {
            self.init(try P256.KeyAgreement.PublicKey(pemRepresentation: pem))
        } catch {
            throw JournalError(
                .sealing, "not a P-256 public key in PEM (-----BEGIN PUBLIC KEY-----): \(error); get the file from the centre again")
        }
    }

    /// The text of a PEM file.
    public var pem: String { key.pemRepresentation }

    /// The id in hexadecimal.
    public var name: String { id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

/// The centre's private key. It never belongs on a kiosk, except on one that only shows what a kiosk does.
public struct OpeningKey: Sendable {
    private let key: P256.KeyAgreement.PrivateKey

    /// Draws a new pair.
    public init() { key = P256.KeyAgreement.PrivateKey() }

    /// Reads the text of a PEM file.
    public init(pem: String) throws(JournalError) {
        do {
            key = try P256.KeyAgreement.PrivateKey(pemRepresentation: pem)
        } catch {
            throw JournalError(.sealing, "not a P-256 private key in PEM (-----BEGIN PRIVATE KEY-----): \(error)")
        }
    }

    /// Secret: write it to a file of mode 0600.
    public var pem: String { key.pemRepresentation }
    /// The public half, for the kiosks.
    public var sealingKey: SealingKey { SealingKey(key.publicKey) }

    /// The personal part of `entry`, JSON; `nil` where there is none or its data key was destroyed.
    /// Fails when any octet of the entry is not the one that was sealed.
    public func open(_ entry: Entry) throws(JournalError) -> Secret? {
        guard let sealed = entry.sealed, let wrapped = sealed.wrappedKey else { return nil }
        let ours = sealingKey
        guard wrapped.count == 122, wrapped[0] == Sealer.wrapFormat else {
            throw JournalError(.sealing, "the wrapped key of entry \(entry.header.sequence) is not of format 1 and 122 octets")
        }
        guard Array(wrapped[1..<9]) == ours.id else {
            throw JournalError(.sealing, "entry \(entry.header.sequence) is sealed to another key than \(ours.name); open it with that one")
        }
        let context = entry.header.sealingContext
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: Sealer.suite, info: Sealer.purpose, encapsulatedKey: Data(wrapped[9..<74]))
            let dataKey = SymmetricKey(data: try recipient.open(wrapped[74...], authenticating: context))
            return Secret(try AES.GCM.open(AES.GCM.SealedBox(combined: sealed.ciphertext), using: dataKey, authenticating: context))
        } catch {
            throw JournalError(.sealing, "entry \(entry.header.sequence) does not open: it, its key or its header was changed (\(error))")
        }
    }
}
