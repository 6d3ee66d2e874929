import DeviceEmulators
import Foundation
import Secrets
import SmartCard
import Testing

@testable import TravelDocument

/// Passive authentication of documents that the openssl command signs, and judges itself.
@Suite struct ProofTests {
    /// A minute on: certificates are valid from the second in which they are made.
    static var now: Int { Int(Date().timeIntervalSince1970) + 60 }
    static let day = 86_400

    @Test(arguments: Country.Kind.all) func everyKindOfSignatureIsProvedAsOpensslProvesIt(_ kind: Country.Kind) async throws {
        try await Country.found(kind) { country in
            for version: UInt8 in [0, 1] {
                let document = try await country.issue(version: version)
                let judged = try await country.judge(document.signed)
                #expect(judged != nil, "openssl does not accept what it signed")
                let result = PassiveAuthentication(trusting: try country.store()).judge(
                    document.read, openedBy: try document.key, at: Self.now)
                guard case .verified(let data, let proof) = result else {
                    Issue.record("\(kind.name), version \(version): \(result)")
                    return
                }
                #expect(proof.groups == [1, 2] && proof.country == "UT" && proof.authority.contains("CSCA UT"))
                #expect(data.zone == (try document.zone) && data.portrait?.image == Secret(DrawnPortrait.image))
                #expect(data.portrait?.format == .jpeg && data.portrait?.width == 48 && data.portrait?.height == 64 && !data.offersPACE)
            }
        }
    }

    /// Whatever octet of the signed object is another one: it is never verified; where openssl refuses, so do we.
    @Test func noOctetOfTheSignedObjectMayBeAnother() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let authentication = PassiveAuthentication(trusting: try country.store())
            // The signature stands at the end, what was signed in front of it.
            for place in [document.signed.count - 3, 60] {
                var altered = document
                altered.files[DocumentFile.securityObject]![place] ^= 1
                #expect(authentication.judge(altered.read, openedBy: try document.key, at: Self.now).verdict == .refused(.signatureWrong))
            }
            var verified: [Int] = []
            for index in document.signed.indices {
                var altered = document
                var signed = document.signed
                signed[index] ^= 0x04
                altered.files[DocumentFile.securityObject] = DocumentFile.securityObject(signed)
                if authentication.judge(altered.read, openedBy: try document.key, at: Self.now).verdict == .verified {
                    verified.append(index)
                    // What no signature covers may differ, where openssl says so too.
                    #expect(try await country.judge(signed) != nil, "octet \(index)")
                }
            }
            #expect(verified.count < 16, "octets \(verified) of \(document.signed.count) are free")
        }
    }

    @Test func whatIsNotTheSignedFileIsRefused() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let authentication = PassiveAuthentication(trusting: try country.store())
            let verdict = { (document: IssuedDocument, key: DocumentKey?, time: Int) in
                authentication.judge(document.read, openedBy: try key ?? document.key, at: time).verdict
            }
            #expect(try verdict(document, nil, Self.now) == .verified)

            // Another name, with right check digits: names have none.
            var altered = document
            altered.files[DocumentFile.zone] = DocumentFile.zone(
                document.printed.replacing("\n", with: "").replacing("ANNA<MARIA", with: "EVIL<MARIA"))
            #expect(try verdict(altered, nil, Self.now) == .refused(.groupAltered))

            altered = document
            altered.files[DocumentFile.portrait]![300] ^= 1
            #expect(try verdict(altered, nil, Self.now) == .refused(.groupAltered))

            // A chip with somebody else's data in this document.
            let other = try MachineReadableZone(scanned: Secret(text: ZoneTests.card))
            #expect(try verdict(document, DocumentKey(other), Self.now) == .refused(.zoneDiffers))

            altered = document
            altered.files[DocumentFile.zone]![10] = 0x20
            #expect(try verdict(altered, nil, Self.now) == .refused(.fileMalformed))

            altered = document
            altered.files[DocumentFile.securityObject] = DocumentFile.securityObject(Array(document.signed.dropLast(5)))
            #expect(try verdict(altered, nil, Self.now) == .refused(.fileMalformed))

            // Signed as something else than a security object.
            altered = document
            let content = try #require(try await country.judge(document.signed))
            altered.files[DocumentFile.securityObject] = DocumentFile.securityObject(try await country.sign(content, type: "1.2.3.4"))
            #expect(try verdict(altered, nil, Self.now) == .refused(.fileMalformed))

            // A group that is read and was not signed.
            let unsigned = try await country.issue(signedGroups: [1])
            #expect(try verdict(unsigned, nil, Self.now) == .refused(.groupAltered))

            // The certificates are valid for a hundred days, from today.
            #expect(try verdict(document, nil, Self.now + 101 * Self.day) == .doubted(.outsideValidity))
            #expect(try verdict(document, nil, Self.now - 2 * Self.day) == .doubted(.outsideValidity))
        }
    }

    @Test func whoeverIsNotTrustedLeavesItUnproved() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let key = try document.key
            let verdict = { (document: IssuedDocument, store: CertificateStore) in
                PassiveAuthentication(trusting: store).judge(document.read, openedBy: key, at: Self.now).verdict
            }
            #expect(verdict(document, try CertificateStore([])) == .doubted(.noAuthority))
            // Another authority, and one that only bears the same name.
            try await country.makeAuthority("other", name: "/C=UT/O=Utopia/CN=Another")
            #expect(verdict(document, try CertificateStore([try country.certificate("other")])) == .doubted(.unknownAuthority))
            try await country.makeAuthority("namesake", name: "/C=UT/O=Utopia/CN=CSCA UT")
            let namesake = verdict(document, try CertificateStore([try country.certificate("namesake")]))
            #expect(namesake == .doubted(.unknownAuthority) || namesake == .refused(.signatureWrong))

            // A signer of something else, whom the same authority certified.
            try await country.makeSigner(
                "lister", by: "csca", extensions: "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,2.23.136.1.1.3")
            #expect(verdict(try await country.issue(signer: "lister"), try country.store()) == .doubted(.signerUnfit))
            try await country.makeSigner("mailer", by: "csca", extensions: "keyUsage=critical,keyEncipherment")
            let mailer = verdict(try await country.issue(signer: "mailer"), try country.store())
            #expect(mailer == .doubted(.signerUnfit))
            // An authority that signs a document itself.
            #expect(verdict(try await country.issue(signer: "csca"), try country.store()) == .doubted(.signerUnfit))

            #expect(verdict(try await country.issue(more: ["-nocerts"]), try country.store()) == .doubted(.signerMissing))
            #expect(verdict(try await country.issue(more: ["-noattr"]), try country.store()) == .doubted(.unsupported))
            #expect(verdict(try await country.issue(groups: [1]), try country.store()) == .doubted(.contentsDiffer))
            #expect(verdict(try await country.issue(groups: [1, 2, 15]), try country.store()) == .doubted(.contentsDiffer))
        }
    }

    /// Every authority of the folder is trusted, each for its own documents.
    @Test func aCountryMayNotSignForAnother() async throws {
        try await Country.found(code: "XX") { country in
            let document = try await country.issue()
            let result = PassiveAuthentication(trusting: try country.store()).judge(document.read, openedBy: try document.key, at: Self.now)
            #expect(result.verdict == .doubted(.anotherCountry))
        }
        for (issuer, country) in [("IDN", "ID"), ("D", "DE"), ("GBD", "GB"), ("UNO", "UN"), ("RKS", "KS"), ("CHN", "HK"), ("MYS", "MY")] {
            #expect(IssuingState.countries(of: Secret(text: issuer)).contains(country))
        }
        #expect(IssuingState.countries(of: Secret(text: "ZZZ")).isEmpty && IssuingState.countries(of: Secret(text: "")).isEmpty)
    }

    /// One store serves every reader at once.
    @Test func manyDocumentsAreJudgedAtOnce() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let (read, key) = (document.read, try document.key)
            let authentication = PassiveAuthentication(trusting: try country.store())
            let verdicts = await withTaskGroup { group in
                for _ in 0..<64 { group.addTask { authentication.judge(read, openedBy: key, at: Self.now).verdict } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.count == 64 && verdicts.allSatisfy { $0 == .verified })
        }
    }

    @Test func aRevokedSignerIsRefused() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let key = try document.key
            try country.write(
                Array(
                    """
                    [ca]
                    default_ca=own
                    [own]
                    database=index.txt
                    default_md=sha256
                    default_crl_days=30
                    crlnumber=crlnumber
                    """.utf8), "ca.cnf")
            try country.write([], "index.txt")
            try country.write(Array("01\n".utf8), "crlnumber")
            let authority = ["-config", "ca.cnf", "-keyfile", "csca.key", "-cert", "csca.pem"]
            let verdict = { (list: String, time: Int) in
                let store = try country.store([(list, try country.read(list))])
                return PassiveAuthentication(trusting: store).judge(document.read, openedBy: key, at: time).verdict
            }
            try await country.openssl(["ca", "-gencrl", "-out", "none.crl"] + authority)
            #expect(try verdict("none.crl", Self.now) == .verified)
            #expect(try verdict("none.crl", Self.now + 40 * Self.day) == .doubted(.revocationUnknown))
            try await country.openssl(["ca", "-revoke", "signer.pem"] + authority)
            try await country.openssl(["ca", "-gencrl", "-out", "revoked.crl"] + authority)
            #expect(try verdict("revoked.crl", Self.now) == .refused(.signerRevoked))
            try await country.openssl(["crl", "-in", "revoked.crl", "-outform", "DER", "-out", "revoked.der"])
            #expect(try verdict("revoked.der", Self.now) == .refused(.signerRevoked))
        }
    }

    @Test func foldersAndMasterListsAreTrustedAsTheyAre() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let key = try document.key
            let verdict = { (store: CertificateStore) in
                PassiveAuthentication(trusting: store).judge(document.read, openedBy: key, at: Self.now).verdict
            }
            try await country.openssl(["x509", "-in", "csca.pem", "-outform", "DER", "-out", "csca.der"])
            #expect(verdict(try CertificateStore([("csca.der", try country.read("csca.der"))])) == .verified)

            // A master list with two authorities (part 12, 9).
            try await country.makeAuthority("other", name: "/C=XX/O=Elsewhere/CN=CSCA XX")
            try await country.openssl(["x509", "-in", "other.pem", "-outform", "DER", "-out", "other.der"])
            let content = DataObject(
                0x30, parts: [DataObject(0x02, [0]), DataObject(0x31, try country.read("csca.der") + country.read("other.der"))])
            var list = try await country.sign(content.octets, type: "2.23.136.1.1.2")
            let store = try CertificateStore([("list.ml", list)])
            #expect(store.count == 2 && verdict(store) == .verified)
            #expect(store.unusable.isEmpty)
            list[list.count - 3] ^= 1
            #expect(throws: CertificateFileError.self) { try CertificateStore([("list.ml", list)]) }

            // One that is no authority's does not take the others with it.
            try await country.openssl(["x509", "-in", "signer.pem", "-outform", "DER", "-out", "signer.der"])
            let mixed = DataObject(
                0x30, parts: [DataObject(0x02, [0]), DataObject(0x31, try country.read("csca.der") + country.read("signer.der"))])
            let tolerant = try CertificateStore([("mixed.ml", try await country.sign(mixed.octets, type: "2.23.136.1.1.2"))])
            #expect(tolerant.count == 1 && tolerant.unusable.map(\.file) == ["mixed.ml"] && verdict(tolerant) == .verified)

            // A folder, where keys and requests lie beside the certificates.
            let folder = "\(country.folder)/trusted"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try country.write(try country.read("csca.pem") + country.read("other.pem"), "trusted/both.pem")
            try country.write(Array("not for the kiosk".utf8), "trusted/README.txt")
            let read = try CertificateStore(folder: folder)
            #expect(read.count == 2 && verdict(read) == .verified)

            // Nothing is skipped without a word.
            for (name, octets) in [
                ("a.cer", Array("nonsense".utf8)), ("b.pem", try country.read("csca.key")), ("c.pem", try country.read("signer.pem")),
                ("d.der", [UInt8](try country.read("csca.der").dropLast(4))), ("e.pem", Array("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8)),
            ] {
                try country.write(octets, "trusted/\(name)")
                let error = #expect(throws: CertificateFileError.self, "\(name)") { try CertificateStore(folder: folder) }
                #expect(error?.file == "\(folder)/\(name)")
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
            #expect(throws: CertificateFileError.self) { try CertificateStore(folder: "\(folder)/nowhere") }
        }
    }
}
