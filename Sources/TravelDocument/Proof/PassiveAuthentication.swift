import CardCryptography
import Secrets

/// What a proved document rests on.
public struct DocumentProof: Hashable, Sendable {
    /// The subject of the authority (CSCA) that certified the signer.
    public let authority: String
    /// The two letters of the authority's country.
    public let country: String
    /// The kind of the signature, as OpenSSL names it.
    public let algorithm: String
    /// The numbers of the data groups that were read and proved.
    public let groups: Set<Int>
}

/// What a document says; whether it is proved says ``DocumentResult``.
public struct DocumentData: Hashable, Sendable {
    public let zone: MachineReadableZone
    /// nil where it was not read, or is in a format that is not known here.
    public let portrait: Portrait?
    /// Whether the chip offers PACE beside BAC.
    public let offersPACE: Bool
}

/// How the reading of a document ended.
public enum DocumentResult: Hashable, Sendable {
    /// Signed by somebody whom a trusted authority certified, unaltered, and it belongs to the printed page. That the chip is no copy is not
    /// proved: that takes chip or active authentication.
    case verified(DocumentData, DocumentProof)
    /// Read, and it belongs to the printed page, but nobody who is trusted says that it is genuine.
    case readNotVerified(DocumentData, why: Doubt)
    /// Not read, or known to be wrong.
    case refused(why: Refusal)
}

/// Passive authentication (Doc 9303 part 11, 5.1; part 12, 7): are the files those that their country signed?
public struct PassiveAuthentication: Sendable {
    private let store: CertificateStore

    public init(trusting store: CertificateStore) { self.store = store }

    /// - Parameters:
    ///   - key: what was printed in the document.
    ///   - time: now, in seconds since 1970.
    public func judge(_ files: DocumentFiles, openedBy key: DocumentKey, at time: Int) -> DocumentResult {
        do {
            let zone = try MachineReadableZone(file: files.zone)
            guard DocumentKey(zone) == key else {
                throw Refusal(.zoneDiffers, "the chip has another document number, birth or expiry than is printed")
            }
            let portrait = try files.portrait.flatMap { try Portrait(file: $0) }
            let contents = try ContentsFile(files.contents)
            // What the chip says outside its application is a hint; where it is none, it offers nothing.
            let offersPACE = files.cardAccess.flatMap { try? CardAccessFile($0) }?.offersPACE ?? false
            let data = DocumentData(zone: zone, portrait: portrait, offersPACE: offersPACE)
            do {
                return .verified(data, try prove(files, contents, issuer: zone[.issuer], at: time))
            } catch let doubt as Doubt {
                return .readNotVerified(data, why: doubt)
            }
        } catch let refusal as Refusal {
            return .refused(why: refusal)
        } catch {
            return .refused(why: Refusal(.cryptography, "\(error)"))
        }
    }

    private func prove(_ files: DocumentFiles, _ contents: ContentsFile, issuer: Secret, at time: Int) throws -> DocumentProof {
        let range: Range<Int> = try ElementaryFile.securityObject.parse(files.securityObject) { $0.rest }
        do {
            let signed = try SignedObject(files.securityObject, range, content: SignedObject.securityObject)
            let object = try SecurityObject(try signed.proved())
            try compare(files, object)
            return try signed.withSigner { signer in
                let authority = try store.prove(signer, at: time)
                let country = CertificateStore.country(signer)
                // A country's signer must not vouch for another's documents.
                guard IssuingState.countries(of: issuer).contains(country) else {
                    throw Doubt(.anotherCountry, "the document names another issuer than the country of its signer, \(country)")
                }
                guard contents.groups == Set(object.digests.keys) else {
                    throw Doubt(
                        .contentsDiffer, "EF.COM names data groups \(contents.groups.sorted()), EF.SOD \(object.digests.keys.sorted())")
                }
                return DocumentProof(
                    authority: authority, country: country, algorithm: signed.algorithm,
                    groups: Set(files.groups.keys))
            }
        } catch let failure as SignedObject.Failure {
            switch failure {
            case .malformed(let reason): throw Refusal(.fileMalformed, "EF.SOD is no signed object: \(reason)")
            case .wrong(let reason): throw Refusal(.signatureWrong, "the signature in EF.SOD is wrong: \(reason)")
            case .signerMissing: throw Doubt(.signerMissing, "the signer's certificate does not stand in EF.SOD")
            case .unsupported(let reason):
                throw Doubt(.unsupported, "the signature in EF.SOD is of a kind that is not known here: \(reason)")
            }
        }
    }

    /// Every group that was read must have been signed as it is.
    private func compare(_ files: DocumentFiles, _ object: SecurityObject) throws {
        guard let hash = object.hash else { throw Doubt(.unsupported, "the hash function in EF.SOD is not known here") }
        for (number, octets) in files.groups.sorted(by: { $0.key < $1.key }) {
            guard let signed = object.digests[number] else { throw Refusal(.groupAltered, "EF.DG\(number) was not signed") }
            guard try hash.digest(octets) == signed else { throw Refusal(.groupAltered, "EF.DG\(number) is not the one that was signed") }
        }
    }
}
