import COpenSSL
import Secrets

/// The CSCA certificates that are trusted here, and revocation lists where there are any: filled once, then only read.
public final class CertificateStore: @unchecked Sendable {
    // OpenSSL locks its stores itself, and nothing is added once `init` is over.
    private let store: OpaquePointer
    /// How many certificates it has.
    public private(set) var count = 0
    /// Certificates of master lists that cannot be used: one of hundreds must not take the others with it, and must not be lost silently.
    public private(set) var unusable: [CertificateFileError] = []
    /// The subjects that a revocation list is there of.
    private var revocationIssuers: Set<String> = []

    /// - Parameter files: names, for errors, and octets: certificates and revocation lists as DER or PEM (several in one file), and CSCA
    ///   master lists (Doc 9303 part 12, 9) as they are published.
    public init(_ files: [(name: String, octets: [UInt8])]) throws(CertificateFileError) {
        guard let made = X509_STORE_new() else { throw CertificateFileError(file: "", reason: "memory is short") }
        store = made
        for (name, octets) in files {
            do throws(CertificateFileError) {
                if octets.contains([UInt8]("-----BEGIN ".utf8)) { try addText(octets, name) } else { try addBinary(octets, name) }
            } catch {
                ERR_clear_error()
                throw error
            }
        }
    }

    deinit { X509_STORE_free(store) }

    // MARK: What is put in

    private func addText(_ octets: [UInt8], _ name: String) throws(CertificateFileError) {
        guard let input = BIO_new_mem_buf(octets, CInt(octets.count)) else {
            throw CertificateFileError(file: name, reason: "memory is short")
        }
        defer { BIO_free(input) }
        guard let all = PEM_X509_INFO_read_bio(input, nil, nil, nil) else {
            throw CertificateFileError(file: name, reason: "it is no PEM")
        }
        defer { information_free(all) }
        var found = 0
        for index in 0..<information_count(all) {
            guard let information = information_at(all, index) else { continue }
            if let certificate = information.pointee.x509 {
                try add(certificate, name)
                found += 1
            }
            if let list = information.pointee.crl {
                try add(list: list, name)
                found += 1
            }
        }
        guard found > 0 else { throw CertificateFileError(file: name, reason: "it has neither a certificate nor a revocation list") }
    }

    private func addBinary(_ octets: [UInt8], _ name: String) throws(CertificateFileError) {
        var place: UnsafePointer<UInt8>?
        let certificate = octets.withUnsafeBufferPointer { buffer in
            place = buffer.baseAddress
            return d2i_X509(nil, &place, buffer.count)
        }
        if let certificate {
            defer { X509_free(certificate) }
            return try add(certificate, name)
        }
        let list = octets.withUnsafeBufferPointer { buffer in
            place = buffer.baseAddress
            return d2i_X509_CRL(nil, &place, buffer.count)
        }
        if let list {
            defer { X509_CRL_free(list) }
            return try add(list: list, name)
        }
        ERR_clear_error()
        try addMasterList(Secret(octets), name)
    }

    /// Its own signature must be right; that its signer is trusted is said by whoever put it into the folder.
    private func addMasterList(_ octets: Secret, _ name: String) throws(CertificateFileError) {
        do {
            let signed = try SignedObject(octets, 0..<octets.count, content: SignedObject.masterList)
            let content = try signed.proved()
            var whole = ObjectReader(content)
            var list = try whole.inside(0x30)
            _ = try list.next(0x02)
            var certificates = try list.inside(0x31)
            while !certificates.rest.isEmpty {
                let start = certificates.rest.lowerBound
                _ = try certificates.next(0x30)
                do throws(CertificateFileError) {
                    try addPart(content, start..<certificates.rest.lowerBound, name)
                } catch {
                    ERR_clear_error()
                    unusable.append(error)
                }
            }
        } catch {
            throw CertificateFileError(file: name, reason: "it is no certificate, revocation list or CSCA master list: \(error)")
        }
    }

    private func addPart(_ content: Secret, _ range: Range<Int>, _ name: String) throws(CertificateFileError) {
        let certificate = content.withBytes { octets in
            var place = octets.baseAddress.map { $0 + range.lowerBound }
            return d2i_X509(nil, &place, range.count)
        }
        guard let certificate else { throw CertificateFileError(file: name, reason: "a certificate in the master list cannot be read") }
        defer { X509_free(certificate) }
        try add(certificate, name)
    }

    private func add(_ certificate: OpaquePointer, _ name: String) throws(CertificateFileError) {
        guard X509_check_ca(certificate) > 0 else {
            throw CertificateFileError(file: name, reason: "the certificate of \(Self.subject(certificate)) is none of an authority")
        }
        guard X509_STORE_add_cert(store, certificate) == 1 else {
            throw CertificateFileError(file: name, reason: "the certificate is refused")
        }
        count += 1
    }

    private func add(list: OpaquePointer, _ name: String) throws(CertificateFileError) {
        guard X509_STORE_add_crl(store, list) == 1 else { throw CertificateFileError(file: name, reason: "the revocation list is refused") }
        revocationIssuers.insert(Self.text(X509_CRL_get_issuer(list)))
    }

    // MARK: What is asked

    /// Proves that a trusted authority certified this signer of documents, and that both are valid at a time.
    /// - Parameter time: seconds since 1970.
    /// - Returns: the authority's subject.
    func prove(_ signer: OpaquePointer, at time: Int) throws -> String {
        guard count > 0 else { throw Doubt(.noAuthority, "no CSCA certificate is configured") }
        guard let context = X509_STORE_CTX_new(), X509_STORE_CTX_init(context, store, signer, nil) == 1 else {
            throw Doubt(.unsupported, "OpenSSL cannot prove certificates: memory is short")
        }
        defer { X509_STORE_CTX_free(context) }
        let parameters = X509_STORE_CTX_get0_param(context)
        X509_VERIFY_PARAM_set_time(parameters, time)
        // What stands in the folder is trusted, also a link certificate that another key of its country signed.
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN)
        if revocationIssuers.contains(Self.text(X509_get_issuer_name(signer))) { flags |= UInt(X509_V_FLAG_CRL_CHECK) }
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        allow_explicit_curves(context)
        let result = X509_verify_cert(context)
        let code = X509_STORE_CTX_get_error(context)
        ERR_clear_error()
        guard result == 1 else { throw Self.objection(code, signer) }
        try Self.proveFitness(signer)
        guard let chain = X509_STORE_CTX_get0_chain(context), certificate_count(chain) > 1, let authority = certificate_at(chain, 1) else {
            throw Doubt(.signerUnfit, "the signer's certificate is an authority's own")
        }
        return Self.subject(authority)
    }

    /// Key usage digitalSignature, and no extended one: those mark the signers of master lists, deviation lists and bar codes, which the same
    /// authority certifies (Doc 9303 part 12, 7.1).
    private static func proveFitness(_ signer: OpaquePointer) throws {
        guard X509_get_key_usage(signer) & UInt32(KU_DIGITAL_SIGNATURE) != 0, X509_check_ca(signer) == 0,
            X509_get_extension_flags(signer) & UInt32(EXFLAG_XKUSAGE) == 0
        else { throw Doubt(.signerUnfit, "the signer's certificate is not made for signing documents") }
    }

    private static func objection(_ code: CInt, _ signer: OpaquePointer) -> any Error {
        let reason = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
        let issuer = text(X509_get_issuer_name(signer))
        switch code {
        case X509_V_ERR_CERT_REVOKED: return Refusal(.signerRevoked, "\(issuer) has revoked the certificate of the document's signer")
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            return Doubt(.outsideValidity, "the certificate of the document's signer or of \(issuer) is not valid now: \(reason)")
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return Doubt(.unknownAuthority, "no configured CSCA certificate issued the signer's; it names \(issuer)")
        // A certificate in an authority's name that it did not sign.
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return Refusal(.signatureWrong, "the certificate of the document's signer was not signed by \(issuer)")
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_SIGNATURE_FAILURE:
            return Doubt(.revocationUnknown, "the revocation list of \(issuer) cannot be relied on: \(reason)")
        case _: return Doubt(.signerUnfit, "the certificate of the document's signer does not hold: \(reason)")
        }
    }

    // MARK: Names

    private static func subject(_ certificate: OpaquePointer) -> String { text(X509_get_subject_name(certificate)) }

    private static func text(_ name: OpaquePointer?) -> String {
        guard let name, let line = X509_NAME_oneline(name, nil, 0) else { return "" }
        defer { CRYPTO_free(line, #file, CInt(#line)) }
        return String(cString: line)
    }

    /// Country and validity of a signer's certificate, for whoever looks at the result.
    static func country(_ certificate: OpaquePointer) -> String {
        var text = [CChar](repeating: 0, count: 8)
        let count = X509_NAME_get_text_by_NID(X509_get_issuer_name(certificate), NID_countryName, &text, CInt(text.count))
        return String(decoding: text.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self).uppercased()
    }
}

/// A file of the folder of certificates that cannot be used. Nothing is skipped: a certificate that is missing without a word would leave
/// its country's documents unproved.
public struct CertificateFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var reason: String

    init(file: String, reason: String) { (self.file, self.reason) = (file, reason) }

    public var description: String { "\(file): \(reason); replace it or take it out of the folder" }
}
