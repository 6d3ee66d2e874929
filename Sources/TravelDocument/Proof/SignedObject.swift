import COpenSSL
import Secrets

/// A CMS SignedData (RFC 5652), read and proved by OpenSSL. Freed with its last holder.
final class SignedObject {
    /// id-icao-mrtd-security-ldsSecurityObject (Doc 9303 part 10, 4.6.2.3).
    static let securityObject = "2.23.136.1.1.1"
    /// id-icao-cscaMasterList (Doc 9303 part 12, 9).
    static let masterList = "2.23.136.1.1.2"

    enum Failure: Error, Hashable {
        case malformed(String)
        /// The content or the signature over it is another than was signed.
        case wrong(String)
        case signerMissing
        case unsupported(String)
    }

    private let message: OpaquePointer

    /// Reads it; nothing is proved yet.
    init(_ octets: Secret, _ range: Range<Int>, content: String) throws(Failure) {
        let read = octets.withBytes { octets -> OpaquePointer? in
            var place = octets.baseAddress.map { $0 + range.lowerBound }
            guard let message = d2i_CMS_ContentInfo(nil, &place, range.count) else { return nil }
            // Nothing may stand behind it.
            guard place == octets.baseAddress.map({ $0 + range.upperBound }) else {
                CMS_ContentInfo_free(message)
                return nil
            }
            return message
        }
        guard let read else { throw .malformed(Self.reasons().joined(separator: ", ")) }
        message = read
        guard OBJ_obj2nid(CMS_get0_type(message)) == NID_pkcs7_signed, Self.name(CMS_get0_eContentType(message)) == content else {
            throw .malformed("it is no signed object of its kind")
        }
    }

    deinit { CMS_ContentInfo_free(message) }

    /// What was signed, once its one signature is proved with the certificate in it. Whose certificate that is, is another question.
    func proved() throws(Failure) -> Secret {
        guard let signers = CMS_get0_SignerInfos(message), signer_count(signers) == 1 else {
            throw .unsupported("it has not exactly one signature")
        }
        // Without signed attributes a signature could be moved from one kind of content to another.
        guard CMS_signed_get_attr_count(signer_at(signers, 0)) > 0 else { throw .unsupported("its signature has no signed attributes") }
        guard let output = BIO_new(BIO_s_mem()) else { throw .unsupported("memory is short") }
        defer { BIO_free(output) }
        ERR_clear_error()
        guard CMS_verify(message, nil, nil, nil, output, UInt32(CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY)) == 1 else { throw Self.failure() }
        var octets: UnsafeMutablePointer<CChar>?
        let count = bio_octets(output, &octets)
        return UnsafeRawBufferPointer(start: octets, count: max(0, count)).withMemoryRebound(to: UInt8.self) { Secret($0) }
    }

    /// The certificate of the signer; valid as long as this object is. Only after ``proved()``.
    func withSigner<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
        guard let signers = CMS_get0_signers(message) else { throw Failure.signerMissing }
        defer { certificates_free(signers) }
        guard certificate_count(signers) == 1, let signer = certificate_at(signers, 0) else { throw Failure.signerMissing }
        return try withExtendedLifetime(self) { try body(signer) }
    }

    /// What the signature is made of, as OpenSSL calls it: `ecdsa-with-SHA256`.
    var algorithm: String {
        guard let signers = CMS_get0_SignerInfos(message), let signer = signer_at(signers, 0) else { return "" }
        var algorithm: UnsafeMutablePointer<X509_ALGOR>?
        CMS_SignerInfo_get0_algs(signer, nil, nil, nil, &algorithm)
        guard let algorithm else { return "" }
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, algorithm)
        return OBJ_nid2ln(OBJ_obj2nid(object)).map { String(cString: $0) } ?? ""
    }

    // MARK: What OpenSSL says

    /// Only what is certainly a wrong signature is called one; whatever else OpenSSL meets is a kind that it does not know.
    private static func failure() -> Failure {
        var isWrong = false
        var isMissing = false
        var texts: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            let (library, reason) = (ERR_GET_LIB(code), ERR_GET_REASON(code))
            if library == ERR_LIB_CMS {
                isWrong =
                    isWrong || [CMS_R_VERIFICATION_FAILURE, CMS_R_CONTENT_VERIFY_ERROR, CMS_R_MESSAGEDIGEST_WRONG_LENGTH].contains(reason)
                isMissing = isMissing || reason == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND
            }
            texts.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
        }
        if isMissing { return .signerMissing }
        let text = texts.joined(separator: ", ")
        return isWrong ? .wrong(text) : .unsupported(text)
    }

    private static func reasons() -> [String] {
        var texts: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            texts.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
        }
        return texts
    }

    /// An object identifier in digits.
    static func name(_ object: OpaquePointer?) -> String {
        var text = [CChar](repeating: 0, count: 80)
        let count = OBJ_obj2txt(&text, CInt(text.count), object, 1)
        return String(decoding: text.prefix(max(0, min(Int(count), text.count - 1))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
