import Crypto
import Foundation
public import KioskCore
public import NIOSSL
import SwiftASN1
import X509

/// The centre's authority: one P-256 key that signs the certificates of its kiosks and of its own TLS server, and nothing else.
public struct CertificateAuthority: Sendable {
    private let key: P256.Signing.PrivateKey
    public let certificate: AuthorityCertificate

    /// How long certificates last, in days.
    public enum Life {
        public static let authority: Int64 = 3650
        public static let device: Int64 = 90
    }

    /// Opens the authority in the file at `path`, and makes it where there is none; of two processes the faster one's holds.
    public static func open(path: String, now: WallTime) throws(EnrolmentError) -> CertificateAuthority {
        let fresh = try CertificateAuthority(now: now)
        return try CertificateAuthority(pem: try KeyFile.made(at: path) { fresh.pem }, path: path)
    }

    /// Draws a new key.
    public init(now: WallTime) throws(EnrolmentError) {
        let key = P256.Signing.PrivateKey()
        do {
            let name = try DistinguishedName {
                CommonName("Anjungan centre \(SHA256.hash(data: key.publicKey.derRepresentation).prefix(4).hexadecimal)")
            }
            let certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
                // A kiosk's clock may be behind the centre's.
                notValidBefore: now.adding(days: -1).date, notValidAfter: now.adding(days: Life.authority).date, issuer: name,
                subject: name,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true))
                    SubjectKeyIdentifier(keyIdentifier: AuthorityCertificate.keyIdentifier(key.publicKey))
                },
                issuerPrivateKey: .init(key))
            self.init(key: key, certificate: try AuthorityCertificate(certificate))
        } catch {
            throw EnrolmentError(.malformed, "the authority cannot be made: \(error)")
        }
    }

    private init(key: P256.Signing.PrivateKey, certificate: AuthorityCertificate) {
        self.key = key
        self.certificate = certificate
    }

    private init(pem: String, path: String) throws(EnrolmentError) {
        do {
            let parts = try PEMDocument.parseMultiple(pemString: pem)
            guard parts.count == 2 else { throw EnrolmentError(.malformed, "it holds \(parts.count) parts instead of key and certificate") }
            key = try P256.Signing.PrivateKey(pemRepresentation: parts[0].pemString)
            certificate = try AuthorityCertificate(try Certificate(pemDocument: parts[1]))
            guard certificate.certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
                throw EnrolmentError(.malformed, "its certificate is of another key")
            }
        } catch {
            throw EnrolmentError(
                .malformed,
                "\(path) is not the authority of a centre (\(error)); restore it from a backup, or move it away: "
                    + "then a new one is made, and every kiosk must be enrolled again")
        }
    }

    private var pem: String { key.pemRepresentation + "\n" + certificate.pem + "\n" }

    /// Signs a kiosk's certificate. The name is the centre's to say; of the request only the key counts.
    ///
    /// - Parameters:
    ///   - request: a certificate signing request (PKCS #10, DER) with a P-256 key, signed with that key.
    ///   - days: how long it lasts.
    public func certify(
        _ name: DeviceName, request: [UInt8], now: WallTime, days: Int64 = Life.device
    ) throws(EnrolmentError) -> DeviceCertificate {
        let asked: Certificate.PublicKey
        do {
            let request = try CertificateSigningRequest(derEncoded: request)
            guard P256.Signing.PublicKey(request.publicKey) != nil, request.publicKey.isValidSignature(request.signature, for: request)
            else { throw EnrolmentError(.malformed, "it is not signed with its own P-256 key") }
            asked = request.publicKey
        } catch {
            throw EnrolmentError(.malformed, "the certificate request of \(name) is refused: \(error)")
        }
        let certificate = try sign(
            asked, common: "\(name)", names: [.uniformResourceIdentifier(name.uri)], usage: .clientAuth,
            // A centre restored on a machine with a slow clock still believes what it signed.
            from: max(now.adding(days: -1).milliseconds, self.certificate.begins.milliseconds),
            to: min(now.adding(days: days).milliseconds, self.certificate.ends.milliseconds))
        return try DeviceCertificate(der: certificate.der())
    }

    /// How the centre's TLS server presents itself, by a key that lives in this process only and ends with it.
    ///
    /// It asks for a kiosk's certificate and takes any whose key the kiosk has; what it is worth is judged at each request,
    /// in words that reach the kiosk, and so that a revocation needs no new connection.
    ///
    /// - Parameter names: DNS names and IP addresses by which kiosks reach this centre.
    public func serverTLS(names: [String]) throws(EnrolmentError) -> TLSConfiguration {
        let key = P256.Signing.PrivateKey()
        let certificate = try sign(
            .init(key.publicKey), common: names.first ?? "centre", names: names.map(Self.generalName), usage: .serverAuth,
            from: self.certificate.begins.milliseconds, to: self.certificate.ends.milliseconds)
        do {
            var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: [.certificate(try certificate.forTLS()), .certificate(try self.certificate.certificate.forTLS())],
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem)),
                trustRoots: .certificates([try self.certificate.certificate.forTLS()]))
            configuration.certificateVerification = .optionalVerification
            configuration.minimumTLSVersion = .tlsv13
            return configuration
        } catch {
            throw EnrolmentError(.malformed, "TLS cannot be set up: \(error)")
        }
    }

    private func sign(
        _ key: Certificate.PublicKey, common: String, names: [GeneralName], usage: ExtendedKeyUsage.Usage, from: Int64, to: Int64
    ) throws(EnrolmentError) -> Certificate {
        do {
            return try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
                notValidBefore: WallTime(milliseconds: from).date, notValidAfter: WallTime(milliseconds: to).date,
                issuer: certificate.certificate.subject, subject: try DistinguishedName { CommonName(String(common.prefix(64))) },
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([usage])
                    SubjectAlternativeNames(names)
                    AuthorityKeyIdentifier(keyIdentifier: AuthorityCertificate.keyIdentifier(self.key.publicKey))
                },
                issuerPrivateKey: .init(self.key))
        } catch {
            throw EnrolmentError(.malformed, "a certificate for \(common) cannot be signed: \(error)")
        }
    }

    private static func generalName(_ name: String) -> GeneralName {
        for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: length)
            if inet_pton(family, name, &octets) == 1 { return .ipAddress(ASN1OctetString(contentBytes: octets[...])) }
        }
        return .dnsName(name)
    }
}
