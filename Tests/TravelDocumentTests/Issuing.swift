import DeviceEmulators
import Secrets
import SmartCard

@testable import TravelDocument

/// A document of a ``Country``.
struct IssuedDocument: Sendable {
    /// The printed zone.
    var printed = ZoneTests.passport
    var files: [UInt16: [UInt8]]
    /// EF.SOD without what is put around it.
    var signed: [UInt8]

    var zone: MachineReadableZone { get throws { try MachineReadableZone(scanned: Secret(text: printed)) } }
    var key: DocumentKey { get throws { DocumentKey(try zone) } }

    func card(contactless: Bool = true) throws -> DocumentCard {
        let information = try key.information.withBytes { Array($0) }
        guard contactless else { return DocumentCard(files: files, information: information, contactless: nil) }
        return DocumentCard(files: files, information: information)
    }

    /// The files as a reading brings them.
    var read: DocumentFiles {
        DocumentFiles(
            cardAccess: files[DocumentFile.cardAccess].map { Secret($0) }, contents: Secret(files[DocumentFile.contents]!),
            securityObject: Secret(files[DocumentFile.securityObject]!), zone: Secret(files[DocumentFile.zone]!),
            portrait: files[DocumentFile.portrait].map { Secret($0) })
    }
}

extension Country {
    func issue(
        printed: String = ZoneTests.passport, portrait: [UInt8] = DrawnPortrait.image, signer: String = "signer", version: UInt8 = 0,
        groups: [Int] = [1, 2], signedGroups: [Int] = [1, 2], more: [String] = []
    ) async throws -> IssuedDocument {
        let zone = DocumentFile.zone(printed.replacing("\n", with: ""))
        let picture = DocumentFile.portrait(portrait, width: DrawnPortrait.width, height: DrawnPortrait.height)
        var digests: [Int: [UInt8]] = [:]
        for group in signedGroups { digests[group] = try await digest(group == 1 ? zone : picture) }
        let signed = try await sign(
            DocumentFile.toBeSigned(hash: hashIdentifier, digests: digests, version: version), by: signer, more: more)
        return IssuedDocument(
            printed: printed,
            files: [
                DocumentFile.contents: DocumentFile.contents(groups: groups),
                DocumentFile.securityObject: DocumentFile.securityObject(signed),
                DocumentFile.zone: zone, DocumentFile.portrait: picture,
            ], signed: signed)
    }

    /// The authority that is trusted, and whatever else lies in the folder.
    func store(_ more: [(name: String, octets: [UInt8])] = []) throws -> CertificateStore {
        try CertificateStore([try certificate()] + more)
    }
}

extension DocumentResult {
    /// What it is, in one word for a test.
    var verdict: Verdict {
        switch self {
        case .verified: .verified
        case .readNotVerified(_, let why): .doubted(why.code)
        case .refused(let why): .refused(why.code)
        }
    }

    enum Verdict: Hashable {
        case verified
        case doubted(Doubt.Code)
        case refused(Refusal.Code)
    }
}
