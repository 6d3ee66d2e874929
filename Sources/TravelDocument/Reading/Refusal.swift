import CardCryptography
public import Conditions

/// Why a document is not taken for what it says it is, or cannot be read.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The card has no travel document application.
        case noDocument
        /// The chip does not accept document number, birth and expiry, or does not know them itself.
        case accessDenied
        /// The chip does not offer basic access control.
        case accessUnsupported
        /// A protected answer is damaged, not protected, or from somebody else.
        case messagingBroken
        /// A file that every document has is missing or locked.
        case fileMissing
        /// A file is cut off, or is not what its name says.
        case fileMalformed
        /// A file claims to be longer than any of its kind.
        case fileTooLarge
        /// A file is not the one that was signed.
        case groupAltered
        /// The signature over the files is wrong.
        case signatureWrong
        /// The certificate of the signer was revoked.
        case signerRevoked
        /// The chip has another document's data than is printed.
        case zoneDiffers
        /// libcrypto refuses to work.
        case cryptography
    }
    public var code: Code
    /// What was wrong and where; nothing of the holder.
    public var detail: String

    init(_ code: Code, _ detail: String) { (self.code, self.detail) = (code, detail) }
    init(_ error: CryptographyError) { self.init(.cryptography, error.description) }

    public var description: String { detail }

    /// What whoever stands at the reader can do next.
    public var remedy: Words {
        switch code {
        case .noDocument:
            Words(
                indonesian: "Letakkan paspor atau izin tinggal berlambang cip di atas pembaca, tanpa benda lain.",
                english: "Lay a passport or residence permit with the chip symbol on the reader, and nothing else.")
        case .accessDenied, .zoneDiffers:
            Words(
                indonesian: "Pindai lagi halaman data, atau ketik lagi nomor, tanggal lahir, dan masa berlaku.",
                english: "Scan the printed page again, or type number, birth and expiry again.")
        case .accessUnsupported:
            Words(
                indonesian: "Periksa dokumen ini dengan mata: cipnya menuntut PACE, yang belum didukung di sini.",
                english: "Read this document by eye: its chip wants PACE, which is not spoken here.")
        case .messagingBroken:
            Words(
                indonesian: "Letakkan lagi dokumen dan jangan digerakkan; jika tetap gagal, periksa dengan mata.",
                english: "Lay the document down again and do not move it; if it stays so, read it by eye.")
        case .fileMissing, .fileMalformed, .fileTooLarge:
            Words(
                indonesian: "Periksa dokumen ini dengan mata: cipnya rusak atau tidak menurut standar.",
                english: "Read this document by eye: its chip is damaged or not made to the standard.")
        case .groupAltered, .signatureWrong, .signerRevoked:
            Words(indonesian: "Jangan terima dokumen ini; panggil petugas.", english: "Do not accept this document; call an officer.")
        case .cryptography:
            Words(
                indonesian: "Periksa apakah OpenSSL di mesin ini terpasang dan mengizinkan 3DES dan SHA-1.",
                english: "See that OpenSSL on this machine is installed and allows 3DES and SHA-1.")
        }
    }
}

/// Does what may end in a refusal, where a libcrypto that does not work is one as well.
func refusing<Result>(_ body: () throws -> Result) throws(Refusal) -> Result {
    do {
        return try body()
    } catch let refusal as Refusal {
        throw refusal
    } catch {
        throw Refusal(.cryptography, "\(error)")
    }
}
