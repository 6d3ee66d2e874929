import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// What an enrolled kiosk has: its key, its certificate, and its centre's authority.
public struct DeviceIdentity: Hashable, Sendable {
    private let key: P256.Signing.PrivateKey
    public let certificate: DeviceCertificate
    public let authority: AuthorityCertificate

    public static func == (left: Self, right: Self) -> Bool {
        left.certificate == right.certificate && left.authority == right.authority
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(certificate) }

    /// Brings a key and the centre's answer together; refuses an answer that does not fit.
    init(
        key: P256.Signing.PrivateKey, certificate: DeviceCertificate, authority: AuthorityCertificate
    ) throws(EnrolmentError) {
        guard certificate.key.rawRepresentation == key.publicKey.rawRepresentation else {
            throw EnrolmentError(.malformed, "the certificate of \(certificate.name) is of another key than this kiosk's")
        }
        self.key = key
        self.certificate = certificate
        self.authority = authority
    }

    /// The same key and certificate towards a centre of another authority.
    public func trusting(_ authority: AuthorityCertificate) throws(EnrolmentError) -> DeviceIdentity {
        try DeviceIdentity(key: key, certificate: certificate, authority: authority)
    }

    /// Signs a batch.
    public func signature(of octets: [UInt8]) throws(EnrolmentError) -> BatchSignature {
        do { return BatchSignature(der: [UInt8](try key.signature(for: octets).derRepresentation)) } catch {
            throw EnrolmentError(.malformed, "the batch cannot be signed with the key of \(certificate.name): \(error)")
        }
    }

    var keyPEM: String { key.pemRepresentation }

    // MARK: Its file

    /// `device.pem`: key, certificate, the authority's certificate; one file, so that a renewal is one rename.
    public static func load(folder: String) throws(EnrolmentError) -> DeviceIdentity? {
        let path = "\(folder)/device.pem"
        guard let text = try KeyFile(path: path).read() else { return nil }
        do {
            let parts = try PEMDocument.parseMultiple(pemString: text)
            guard parts.count == 3 else { throw EnrolmentError(.malformed, "it holds \(parts.count) parts instead of 3") }
            return try DeviceIdentity(
                key: try P256.Signing.PrivateKey(pemRepresentation: parts[0].pemString),
                certificate: try DeviceCertificate(der: parts[1].derBytes), authority: try AuthorityCertificate(pem: parts[2].pemString))
        } catch {
            throw EnrolmentError(.malformed, "\(path) is not the identity of a kiosk (\(error)); enrol it again: anjungan enroll CODE")
        }
    }

    /// Replaces what the folder holds.
    public func save(folder: String) throws(EnrolmentError) {
        try KeyFile(path: "\(folder)/device.pem").write(
            [key.pemRepresentation, certificate.pem, authority.pem].joined(separator: "\n") + "\n")
    }

    /// Keeps the centre's public key beside the identity, for `centre_public_key`.
    public static func keep(sealingKey: String, folder: String) throws(EnrolmentError) {
        do { _ = try P256.KeyAgreement.PublicKey(pemRepresentation: sealingKey) } catch {
            throw EnrolmentError(.answer, "the centre's sealing key is no P-256 public key in PEM: \(error)")
        }
        try KeyFile(path: sealingKeyFile(folder: folder)).write(sealingKey)
    }

    /// Where the centre's public sealing key stands after enrolment.
    public static func sealingKeyFile(folder: String) -> String { "\(folder)/sealing-key.pem" }
}

/// A key that was drawn and has no certificate yet.
public struct DeviceKey: Sendable {
    private let key = P256.Signing.PrivateKey()

    public init() {}

    /// A certificate signing request (PKCS #10, DER). The centre says the name; this one is for people who look at it.
    public func request(for name: DeviceName) throws(EnrolmentError) -> [UInt8] {
        do {
            let request = try CertificateSigningRequest(
                version: .v1, subject: try DistinguishedName { CommonName(String("\(name)".prefix(64))) }, privateKey: .init(key),
                attributes: CertificateSigningRequest.Attributes())
            var serializer = DER.Serializer()
            try serializer.serialize(request)
            return serializer.serializedBytes
        } catch {
            throw EnrolmentError(.malformed, "the certificate request of \(name) cannot be made: \(error)")
        }
    }

    /// Takes the centre's answer, if it is for this key and this kiosk and of this authority.
    public func identity(
        _ reply: EnrolmentReply, name: DeviceName, authority: AuthorityCertificate
    ) throws(EnrolmentError) -> DeviceIdentity {
        let certificate = try DeviceCertificate(pem: reply.certificate)
        guard certificate.name == name else {
            throw EnrolmentError(.answer, "the centre answered with a certificate of \(certificate.name) instead of \(name)")
        }
        guard authority.signed(certificate) else {
            throw EnrolmentError(.answer, "the centre answered with a certificate that its own authority has not signed")
        }
        return try DeviceIdentity(key: key, certificate: certificate, authority: authority)
    }
}
