import Crypto
import Foundation
public import KioskCore
import NIOSSL
import SwiftASN1
import X509

/// The public half of a centre's authority, as its kiosks keep it.
public struct AuthorityCertificate: Hashable, Sendable {
    let certificate: Certificate

    init(_ certificate: Certificate) throws(EnrolmentError) {
        let constraints: BasicConstraints?
        do { constraints = try certificate.extensions.basicConstraints } catch {
            throw EnrolmentError(.malformed, "the certificate of “\(certificate.subject)” cannot be read: \(error)")
        }
        guard case .isCertificateAuthority = constraints else {
            throw EnrolmentError(.malformed, "the certificate of “\(certificate.subject)” is of no authority")
        }
        self.certificate = certificate
    }

    /// Reads the text of a PEM file.
    public init(pem: String) throws(EnrolmentError) {
        let certificate: Certificate
        do { certificate = try Certificate(pemEncoded: pem) } catch {
            throw EnrolmentError(.malformed, "this is no certificate in PEM: \(error)")
        }
        try self.init(certificate)
    }

    /// The text of a PEM file.
    public var pem: String {
        do { return try certificate.serializeAsPEM().pemString } catch {
            preconditionFailure("What was read or made can be written: \(error)")
        }
    }

    /// What a code tells of it.
    public var fingerprint: AuthorityFingerprint { AuthorityFingerprint(key: certificate.publicKey.subjectPublicKeyInfoBytes) }
    public var begins: WallTime { WallTime(certificate.notValidBefore) }
    public var ends: WallTime { WallTime(certificate.notValidAfter) }

    /// RFC 7093 clause 2, method 1.
    static func keyIdentifier(_ key: P256.Signing.PublicKey) -> ArraySlice<UInt8> {
        ArraySlice(SHA256.hash(data: key.x963Representation).prefix(20))
    }

    /// Whether this authority signed a certificate, for a TLS client; when it lasts is another matter.
    ///
    /// There is nothing between the two: an authority signs devices itself and permits no other authority below it.
    public func signed(_ device: DeviceCertificate) -> Bool {
        let leaf = device.certificate
        let usage = try? leaf.extensions.extendedKeyUsage
        return leaf.issuer == certificate.subject && certificate.publicKey.isValidSignature(leaf.signature, for: leaf)
            && usage?.contains(.clientAuth) == true
    }
}

extension Certificate {
    func der() throws(EnrolmentError) -> [UInt8] {
        do {
            var serializer = DER.Serializer()
            try serializer.serialize(self)
            return serializer.serializedBytes
        } catch {
            throw EnrolmentError(.malformed, "a certificate cannot be written: \(error)")
        }
    }

    func forTLS() throws -> NIOSSLCertificate { try NIOSSLCertificate(bytes: try der(), format: .der) }
}

extension Sequence<UInt8> {
    var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
