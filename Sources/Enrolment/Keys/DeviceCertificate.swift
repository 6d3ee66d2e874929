public import Crypto
import Foundation
public import KioskCore
import SwiftASN1
import X509

/// A kiosk's certificate: X.509 version 3, a P-256 key, `anjungan:SITE/KIOSK` as its only alternative name, for TLS clients.
public struct DeviceCertificate: Hashable, Sendable {
    let certificate: Certificate
    /// As it goes over the wire.
    public let der: [UInt8]
    public let name: DeviceName
    /// Verifies what the kiosk signs.
    public let key: P256.Signing.PublicKey

    /// Reads one; says nothing of whether it is to be trusted.
    public init(der: [UInt8]) throws(EnrolmentError) {
        let certificate: Certificate
        let names: SubjectAlternativeNames?
        do {
            certificate = try Certificate(derEncoded: der)
            names = try certificate.extensions.subjectAlternativeNames
        } catch {
            throw EnrolmentError(.malformed, "this is no X.509 certificate: \(error)")
        }
        let uris = names.map(Array.init)?.compactMap { name -> String? in
            if case .uniformResourceIdentifier(let uri) = name { uri } else { nil }
        }
        guard let uris, uris.count == 1, let name = DeviceName(uri: uris[0]) else {
            throw EnrolmentError(.malformed, "the certificate of “\(certificate.subject)” names no kiosk as anjungan:SITE/KIOSK")
        }
        guard let key = P256.Signing.PublicKey(certificate.publicKey) else {
            throw EnrolmentError(.malformed, "the certificate of \(name) has no P-256 key")
        }
        self.certificate = certificate
        self.der = der
        self.name = name
        self.key = key
    }

    init(pem: String) throws(EnrolmentError) {
        let der: [UInt8]
        do { der = try PEMDocument(pemString: pem).derBytes } catch {
            throw EnrolmentError(.malformed, "this is no certificate in PEM: \(error)")
        }
        try self.init(der: der)
    }

    /// The text of a PEM file.
    public var pem: String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString }

    /// Hexadecimal, two digits an octet.
    public var serial: String {
        certificate.serialNumber.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    public var begins: WallTime { WallTime(certificate.notValidBefore) }
    public var ends: WallTime { WallTime(certificate.notValidAfter) }

    public static func == (left: Self, right: Self) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

extension DeviceCertificate {
    /// Where a moment lies in a certificate's life.
    public enum Age: Hashable, Sendable {
        /// Its time has not come: one of two clocks is wrong.
        case early
        case fresh
        /// Two thirds are over: time for a new one.
        case due
        /// Five sixths are over, and still no new one: somebody should look.
        case ending
        case expired
    }

    public func age(at now: WallTime) -> Age {
        let life = ends.milliseconds - begins.milliseconds
        switch now.milliseconds {
        case ..<begins.milliseconds: return .early
        case ..<(begins.milliseconds + life / 3 * 2): return .fresh
        case ..<(begins.milliseconds + life / 6 * 5): return .due
        case ...ends.milliseconds: return .ending
        default: return .expired
        }
    }
}

extension WallTime {
    init(_ date: Date) { self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded(.down))) }
    var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
    func adding(days: Int64) -> WallTime { WallTime(milliseconds: milliseconds + days * 86_400_000) }
}
