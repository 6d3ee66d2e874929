public import Conditions

/// Why a document that was read is not proved: nothing in it is known to be wrong, and nobody who is trusted says that it is right.
public struct Doubt: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// No CSCA certificate is configured.
        case noAuthority
        /// None of the configured CSCA certificates issued the signer's.
        case unknownAuthority
        /// The signer's certificate, or its issuer's, is not valid at this time.
        case outsideValidity
        /// The certificates do not belong together as they should, or the signer's is made for something else.
        case signerUnfit
        /// The revocation list of the signer's issuer is out of date or not itself proved.
        case revocationUnknown
        /// The signer's certificate does not stand in the document.
        case signerMissing
        /// A signature, hash or key of a kind that is not known here.
        case unsupported
        /// The signer's country is not the one that the zone names as the issuer.
        case anotherCountry
        /// EF.COM, which nobody signs, names other data groups than were signed.
        case contentsDiffer
    }
    public var code: Code
    /// What is missing and where; nothing of the holder.
    public var detail: String

    init(_ code: Code, _ detail: String) { (self.code, self.detail) = (code, detail) }

    public var description: String { detail }

    /// What can be done about it.
    public var remedy: Words {
        switch code {
        case .noAuthority:
            Words(
                indonesian: "Taruh sertifikat CSCA atau daftar induk (master list) di folder yang ditentukan.",
                english: "Put CSCA certificates or a master list into the configured folder.")
        case .unknownAuthority:
            Words(
                indonesian: "Periksa dokumen dengan mata; jika negaranya dipercaya, tambahkan sertifikat CSCA-nya ke folder.",
                english: "Check the document by eye; if its country is trusted, add its CSCA certificate to the folder.")
        case .outsideValidity:
            Words(
                indonesian: "Periksa jam mesin ini; jika benar, periksa dokumen dengan mata.",
                english: "Check this machine's clock; if it is right, check the document by eye.")
        case .revocationUnknown:
            Words(
                indonesian: "Taruh daftar pencabutan terbaru dari negara penerbit di folder.",
                english: "Put the present revocation list of the document's country into the folder.")
        case .signerUnfit, .signerMissing, .unsupported, .anotherCountry, .contentsDiffer:
            Words(indonesian: "Periksa dokumen dengan mata.", english: "Check the document by eye.")
        }
    }
}
