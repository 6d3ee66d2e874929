import KioskCore
import Testing

@testable import Enrolment

@Suite struct EnrolmentCodeTests {
    static let now = WallTime(milliseconds: 1_795_393_200_000)
    static let name = DeviceName("pekanbaru/mpp-1")!

    @Test func aCodeSurvivesBeingReadAloud() throws {
        let authority = try CertificateAuthority(now: Self.now)
        for _ in 0..<200 {
            let code = EnrolmentCode(authority: authority.certificate.fingerprint)
            #expect(code.description.wholeMatch(of: /(?:[0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}/) != nil, "\(code)")
            #expect(try EnrolmentCode(code.description) == code)
            let sloppy = code.description.lowercased().replacing("-", with: " ").replacing("1", with: "l").replacing("0", with: "o")
            #expect(try EnrolmentCode(sloppy) == code)
            #expect(code.names(authority.certificate.fingerprint))
        }
    }

    @Test func aCodeNamesNoOtherAuthority() throws {
        let (ours, theirs) = (try CertificateAuthority(now: Self.now), try CertificateAuthority(now: Self.now))
        #expect(!EnrolmentCode(authority: ours.certificate.fingerprint).names(theirs.certificate.fingerprint))
    }

    /// Ten bits of check: of single slips at most about one in a thousand passes, and that costs an attempt only.
    @Test func aSlipOfTheFingerIsTold() throws {
        let code = EnrolmentCode(authority: AuthorityFingerprint(key: [1, 2, 3])).description
        var (slips, passed) = (0, 0)
        for index in code.indices where code[index] != "-" {
            for letter in EnrolmentCode.alphabet where letter != code[index] {
                slips += 1
                var slip = code
                slip.replaceSubrange(index...index, with: [letter])
                do throws(EnrolmentError) {
                    _ = try EnrolmentCode(slip)
                    passed += 1
                } catch {
                    #expect(error.code == .code)
                }
            }
        }
        #expect(slips == 930)
        #expect(passed < 20)
    }

    @Test(arguments: ["", "7M2KQ", "U", "hello world!"]) func whatIsNoCodeIsRefusedInWords(_ text: String) {
        #expect(throws: EnrolmentError(.code, "")) { _ = try EnrolmentCode(text) }
    }

    @Test func aProofIsForOneKioskOneRequestAndOneCode() throws {
        let fingerprint = AuthorityFingerprint(key: [1])
        let keyring = EnrolmentCode(authority: fingerprint).keyring
        let proof = keyring.proof(Self.name, request: [1, 2])
        let kept = try #require(CodeKeyring(id: keyring.id, key: keyring.key))
        #expect(kept.isProof(proof, Self.name, request: [1, 2]))
        #expect(!kept.isProof(proof, Self.name, request: [1, 3]))
        #expect(!kept.isProof(proof, DeviceName("pekanbaru/mpp-2")!, request: [1, 2]))
        #expect(!EnrolmentCode(authority: fingerprint).keyring.isProof(proof, Self.name, request: [1, 2]))
        #expect(CodeKeyring(id: [1], key: keyring.key) == nil)
    }
}
