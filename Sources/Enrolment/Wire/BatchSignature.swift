import Crypto
import Foundation

/// A kiosk's signature over the octets of one batch: ECDSA with P-256 and SHA-256, in DER.
///
/// Beside a batch on the wire it is the header ``header``, in base 64; beside a batch on a stick the file `BATCH.sig`, as it is:
/// `openssl dgst -sha256 -verify key.pem -signature BATCH.sig BATCH`. It covers the batch as `SyncProtocol` spells it, before
/// any compression. A batch begins with `ANJB`, so its signature is none of a certificate request nor of a TLS handshake.
public struct BatchSignature: Hashable, Sendable {
    public static let header = "Anjungan-Signature"
    public static let fileSuffix = ".sig"
    public let der: [UInt8]

    public init(der: [UInt8]) { self.der = der }

    /// Reads the value of the header.
    public init?(header: String) {
        guard let data = Data(base64Encoded: header), !data.isEmpty else { return nil }
        der = [UInt8](data)
    }

    public var headerValue: String { Data(der).base64EncodedString() }

    /// Reads the signature beside the batch in the file at `path`; nil where there is none.
    public init?(beside path: String) {
        guard let file = FileHandle(forReadingAtPath: path + Self.fileSuffix) else { return nil }
        // A signature has at most 72 octets; whatever is longer is none.
        guard let data = try? file.read(upToCount: 128), !data.isEmpty else { return nil }
        der = [UInt8](data)
    }
}

extension DeviceCertificate {
    /// Whether the kiosk of this certificate signed `octets`.
    public func isSignature(_ signature: BatchSignature, of octets: [UInt8]) -> Bool {
        guard let read = try? P256.Signing.ECDSASignature(derRepresentation: signature.der) else { return false }
        return key.isValidSignature(read, for: octets)
    }
}
