import CentralServer
import Conditions
import Crypto
import Foundation
import KioskCore
import Logging
import SyncProtocol
import SyncTransport
import Testing

@testable import Enrolment
@testable import KioskRuntime

/// Kiosk and centre with real TLS between them: who comes in, who does not, and what both ends say of it.
@Suite(.timeLimit(.minutes(15))) struct DoorTests {
    @Test func aKioskComesInByItsCodeAndSends() async throws {
        try await Door.opened { door in
            let identity = try await door.enrolled()
            #expect(try await door.call(identity).get().position == .start)
            #expect(identity.trouble == nil)
            #expect(try await door.store.health().chains == 1)
            #expect(try await door.refusals() == [])
            let device = try #require(try await door.register.devices(at: .present).first)
            #expect("\(device.site)/\(device.kiosk) \(device.state)" == "pekanbaru/mpp-1 valid")
            let key = try String(contentsOfFile: DeviceIdentity.sealingKeyFile(folder: identity.folder), encoding: .utf8)
            #expect(key.hasPrefix("-----BEGIN PUBLIC KEY-----"))
        }
    }

    @Test func aCodeIsGoodOnceInItsTimeForItsKiosk() async throws {
        try await Door.opened { door in
            let client = EnrolmentClient(url: door.url)
            let (one, two) = (Door.mpp1, DeviceName("pekanbaru/mpp-2")!)
            func refusal(_ code: EnrolmentCode, _ name: DeviceName) async -> String {
                do throws(EnrolmentError) {
                    _ = try await client.enrol(code, name, folder: "\(door.folder)/nobody")
                    return "enrolled"
                } catch {
                    return "\(error.code): \(error.detail)"
                }
            }
            let code = try await door.register.newCode(one.site, one.kiosk, at: .present)
            #expect(await refusal(code, two).contains("this code is for pekanbaru/mpp-1, not for pekanbaru/mpp-2"))
            #expect(await refusal(code, DeviceName("dumai/mpp-1")!).contains("this code is for pekanbaru/mpp-1"))
            #expect(await refusal(code, one) == "enrolled")
            #expect(await refusal(code, one).contains("was used already"))
            let late = try await door.register.newCode(one.site, one.kiosk, at: .present, hours: 24)
            try await door.ahead(days: 2) { #expect(await refusal(late, one).contains("has expired")) }
            let unknown = EnrolmentCode(authority: door.register.authority.certificate.fingerprint)
            #expect(await refusal(unknown, one).contains("has given no such code"))
            // For a new kiosk of the site, and for no other.
            let open = try await door.register.newCode(one.site, nil, at: .present)
            #expect(await refusal(open, one).contains("is enrolled already"))
            #expect(await refusal(open, two) == "enrolled")
            #expect(try await door.refusals() == ["/ enrolment-refused", "pekanbaru/mpp-1 enrolment-refused"])
        }
    }

    /// Nothing leaves the kiosk before the code has confirmed the centre.
    @Test func aCodeOfAnotherCentreIsNotShownToThisOne() async throws {
        try await Door.opened { door in
            let other = EnrolmentCode(authority: try CertificateAuthority(now: .present).certificate.fingerprint)
            await #expect(throws: EnrolmentError(.centre, "")) {
                _ = try await EnrolmentClient(url: door.url).enrol(other, Door.mpp1, folder: "\(door.folder)/nobody")
            }
            #expect(try await door.refusals() == [])
            #expect(!FileManager.default.fileExists(atPath: "\(door.folder)/nobody"))
        }
    }

    @Test func afterFiveWrongProofsACodeIsVoid() async throws {
        try await Door.opened { door in
            let code = try await door.register.newCode(Door.mpp1.site, Door.mpp1.kiosk, at: .present)
            let tls = try ClientTLS.trusting(door.register.authority.certificate)
            let question = EnrolmentRequest(
                id: Data(code.keyring.id), site: "pekanbaru", kiosk: "mpp-1", request: Data(try DeviceKey().request(for: Door.mpp1)),
                proof: Data(repeating: 1, count: 32))
            let body = [UInt8](try JSONEncoder().encode(question))
            for attempt in 1...6 {
                let answer = try await door.post("v1/enrolment", body, tls, signature: nil)
                #expect(answer.status == 403)
                #expect(answer.text.contains(attempt < 6 ? "does not prove its code" : "too often"), "\(attempt): \(answer.text)")
            }
            await #expect(throws: EnrolmentError(.refused, "")) {
                _ = try await EnrolmentClient(url: door.url).enrol(code, Door.mpp1, folder: "\(door.folder)/nobody")
            }
        }
    }

    @Test func whoGuessesCodesIsSlowedDown() async throws {
        try await Door.opened { door in
            let tls = try ClientTLS.trusting(door.register.authority.certificate)
            let body = [UInt8](
                try JSONEncoder().encode(
                    EnrolmentRequest(id: Data(count: 8), site: "pekanbaru", kiosk: "mpp-1", request: Data(), proof: Data())))
            var statuses: Set<Int> = []
            // A minute may end in between.
            for _ in 0..<65 { statuses.insert(try await door.post("v1/enrolment", body, tls, signature: nil).status) }
            #expect(statuses == [403, 429])
        }
    }

    /// Each case: who comes, what the kiosk then shows, and what the manager reads.
    @Test func whoeverMayNotSendIsRefusedInWordsAtBothEnds() async throws {
        try await Door.opened { door in
            let ours = door.register.authority
            func expect(
                _ identity: Credentials, as name: DeviceName = Door.mpp1, _ condition: ConditionCode, _ line: String
            ) async throws {
                guard case .failure(.refused(let why)) = try await door.call(identity, as: name) else {
                    Issue.record("\(condition) was let in")
                    return
                }
                #expect(why.contains("HTTP 403"), "\(why)")
                #expect(identity.condition == condition, "\(why)")
                let refusals = try await door.refusals()
                #expect(refusals.contains(line), "\(refusals)")
            }
            let good = try await door.enrolled()
            try await expect(
                try door.identity(by: try CertificateAuthority(now: .present), trusting: ours.certificate), .certificateForeign,
                "pekanbaru/mpp-1 certificate-foreign")
            try await expect(try door.identity(by: ours), .certificateForeign, "pekanbaru/mpp-1 certificate-foreign")
            try await expect(good, as: DeviceName("pekanbaru/mpp-2")!, .certificateForeign, "pekanbaru/mpp-1 certificate-other-kiosk")
            try await expect(good, as: DeviceName("dumai/mpp-1")!, .certificateForeign, "pekanbaru/mpp-1 certificate-other-kiosk")
            try await door.ahead(days: 100) {
                try await expect(good, .certificateExpired, "pekanbaru/mpp-1 certificate-expired")
            }
            try await door.ahead(days: -3) { try await expect(good, .certificateEarly, "pekanbaru/mpp-1 certificate-early") }
            #expect(try await door.store.health().chains == 0, "nothing of all that was stored")
            // The same identity is good again as soon as the reason is gone, and bad from the next request on when it is revoked.
            let client = CentreClient(url: door.url, credentials: good)
            _ = try await client.send(Door.batch(Door.mpp1))
            #expect(good.trouble == nil)
            #expect(try await door.register.revoke(Door.mpp1, at: .present) == 1)
            await #expect(throws: SyncMachine.Failure.self) { _ = try await client.send(Door.batch(Door.mpp1)) }
            #expect(good.condition == .certificateRevoked)
            try await client.close()
            #expect(try await door.refusals().contains("pekanbaru/mpp-1 certificate-revoked"))
            // A stranger's claim to a name that nobody has here is kept under no name.
            try await expect(
                try door.identity(by: try CertificateAuthority(now: .present), trusting: ours.certificate, DeviceName("nowhere/nobody")!),
                as: DeviceName("nowhere/nobody")!, .certificateForeign, "/ certificate-foreign")
        }
    }

    @Test func withoutACertificateThereIsNoWayIn() async throws {
        try await Door.opened { door in
            let tls = try ClientTLS.trusting(door.register.authority.certificate)
            for path in ["v1/entries", "v1/enrolment/renewal"] {
                let answer = try await door.post(path, Door.batch(Door.mpp1).octets, tls, signature: nil)
                #expect(answer.status == 403)
                #expect(answer.text.contains("certificate-missing"), "\(answer.text)")
            }
            // The page and its reports are not at this door at all.
            for path in ["", "v1/report", "v1/events"] {
                #expect(try await door.post(path, [], tls, signature: nil).status == 404)
            }
        }
    }

    @Test func aBatchWithoutItsKiosksSignatureIsNotStored() async throws {
        try await Door.opened { door in
            let identity = try await door.enrolled()
            let other = try await door.enrolled(DeviceName("pekanbaru/mpp-2")!)
            let current = try #require(identity.identity)
            let tls = try current.clientTLS()
            let octets = Door.batch(Door.mpp1).octets
            let wrong = [
                nil, "", "no base 64", try #require(other.identity).signature(of: octets).headerValue,
                try current.signature(of: octets + [0]).headerValue,
            ]
            for signature in wrong {
                let answer = try await door.post("v1/entries", octets, tls, signature: signature)
                #expect(answer.status == 403)
                #expect(answer.text.contains("signature-wrong"), "\(answer.text)")
            }
            #expect(try await door.store.health().chains == 0)
            #expect(try await door.refusals() == ["pekanbaru/mpp-1 signature-wrong"])
            let right = try current.signature(of: octets).headerValue
            #expect(try await door.post("v1/entries", octets, tls, signature: right).status == 200)
        }
    }

    @Test func aBatchOnAStickNeedsItsKiosksSignatureToo() async throws {
        try await Door.opened { door in
            let identity = try #require(try await door.enrolled().identity)
            let batch = Door.batch(Door.mpp1)
            var changed = batch
            changed.entries = [[0]]
            let file = "\(door.folder)/batch.anjb"
            func take(_ batch: Batch) async -> DeviceRefusal.Code? {
                do {
                    try await door.register.admit(batch, signature: BatchSignature(beside: file), at: .present.adding(200))
                    return nil
                } catch {
                    return (error as? DeviceRefusal)?.code
                }
            }
            #expect(await take(batch) == .signature, "there is none")
            try Data(try identity.signature(of: batch.octets).der).write(to: URL(fileURLWithPath: file + BatchSignature.fileSuffix))
            #expect(await take(batch) == nil, "also long after the certificate has ended")
            #expect(await take(changed) == .signature)
            // A kiosk without any keys, in a mall without a network.
            let other = Door.batch(DeviceName("pekanbaru/mpp-2")!)
            #expect(await take(other) == nil)
            _ = try await door.register.revoke(Door.mpp1, at: .present)
            #expect(await take(batch) == .signature)
            try Data(count: 4096).write(to: URL(fileURLWithPath: file + BatchSignature.fileSuffix))
            #expect(await take(batch) == .signature)
        }
    }

    /// A mall's own centre brings what all its kiosks wrote, and nothing of other malls.
    @Test func aCentreBelowSpeaksForItsSiteOnly() async throws {
        try await Door.opened { door in
            let forwarder = DeviceName("pekanbaru/\(DeviceName.forwarder)")!
            let centre = try await door.enrolled(forwarder)
            for name in ["pekanbaru/mpp-1", "pekanbaru/mpp-2"] {
                #expect(try await door.call(centre, as: DeviceName(name)!).get().position == .start)
            }
            guard case .failure(.refused) = try await door.call(centre, as: DeviceName("dumai/mpp-1")!) else {
                Issue.record("it spoke for another site")
                return
            }
            #expect(try await door.refusals() == ["pekanbaru/all-kiosks certificate-other-kiosk"])
            // Nobody becomes one by a code for any kiosk.
            let code = try await door.register.newCode(forwarder.site, nil, at: .present)
            await #expect(throws: EnrolmentError(.refused, "")) {
                _ = try await EnrolmentClient(url: door.url).enrol(code, forwarder, folder: "\(door.folder)/nobody")
            }
        }
    }

    @Test func aLargeBatchOfSomebodyRefusedIsAnsweredAllTheSame() async throws {
        try await Door.opened { door in
            let tls = try ClientTLS.trusting(door.register.authority.certificate)
            let answer = try await door.post("v1/entries", [UInt8](repeating: 0, count: Batch.readLimit), tls, signature: nil)
            #expect(answer.status == 403)
        }
    }

    @Test func aCentreThatIsNotItsOwnGetsNothing() async throws {
        try await Door.opened { door in
            let elsewhere = try CertificateAuthority(now: .present)
            let stranger = try door.identity(by: elsewhere)
            guard case .failure(.refused(let why)) = try await door.call(stranger) else {
                Issue.record("a centre of another authority was believed")
                return
            }
            #expect(why.contains("no certificate of the centre's authority"), "\(why)")
            #expect(stranger.condition == .centreUntrusted)
            #expect(try await door.refusals() == [])
        }
        // The right authority, for another name.
        try await Door.opened(names: ["centre.example.org"]) { door in
            let identity = try door.identity(by: door.register.authority)
            guard case .failure(.refused) = try await door.call(identity) else {
                Issue.record("a certificate for another name was believed")
                return
            }
            #expect(identity.condition == .centreUntrusted)
        }
    }

    @Test func aKioskWithItsClockIn1970SaysThatItIsTheClock() async throws {
        try await Door.opened { door in
            let enrolled = try await door.enrolled()
            let early = Credentials(folder: enrolled.folder) { WallTime(milliseconds: 0) }
            let trouble = try #require(early.trouble?.condition)
            #expect(trouble.code == .certificateEarly)
            #expect(trouble.detail.contains("1970-01-01"), "\(trouble.detail)")
            let late = Credentials(folder: enrolled.folder) { .present.adding(200) }
            #expect(late.condition == .certificateExpired)
            let ending = Credentials(folder: enrolled.folder) { .present.adding(80) }
            #expect(ending.condition == .certificateEnding)
        }
    }

    /// TLS itself looks at the machine's clock: to it, a centre of next year has no certificate yet.
    @Test func aKioskThatIsBehindItsCentreBelievesItNotAndNamesTheClock() async throws {
        try await Door.opened(days: 365) { door in
            let identity = try door.identity(by: door.register.authority, at: .present.adding(365))
            guard case .failure(.refused(let why)) = try await door.call(identity) else {
                Issue.record("a certificate of next year was believed")
                return
            }
            #expect(why.contains("clock is wrong"), "\(why)")
            #expect(identity.condition == .certificateEarly)
        }
    }

    @Test func aCertificateIsRenewedOverItsOwnConnectionForANewKey() async throws {
        try await Door.opened { door in
            let identity = try await door.enrolled()
            let first = try #require(identity.identity)
            let sealingKey = DeviceIdentity.sealingKeyFile(folder: identity.folder)
            try FileManager.default.removeItem(atPath: sealingKey)
            let watch = EnrolmentWatch(identity, client: EnrolmentClient(url: door.url), logger: KioskBench.logger)
            try await door.ahead(days: 60) {
                await watch.renew(first)
                _ = try await door.call(identity).get()
            }
            let second = try #require(identity.identity)
            #expect(FileManager.default.fileExists(atPath: sealingKey), "the centre's sealing key comes with it")
            #expect(second != first)
            #expect(second.certificate.key.rawRepresentation != first.certificate.key.rawRepresentation)
            #expect(second.certificate.ends > first.certificate.ends)
            #expect(try DeviceIdentity.load(folder: identity.folder) == second)
            // A revoked kiosk gets no other.
            _ = try await door.register.revoke(Door.mpp1, at: .present)
            await watch.renew(second)
            #expect(identity.identity == second)
            await #expect(throws: EnrolmentError(.refused, "")) { _ = try await watch.client.renewal(of: second) }
        }
    }

    /// From a kiosk that nobody enrolled to one that is turned out, as citizens and technicians meet it.
    @Test func aWholeKioskServesBeforeWhileAndAfterItIsEnrolled() async throws {
        try await Door.opened { door in
            try await KioskBench.run(["print_route: direct", "centre_url: \(door.url)", "centre_retry: 1"]) { kiosk in
                #expect(try await kiosk.visit().outcome == .printed)
                _ = try await kiosk.until { $0.centre.condition == .certificateMissing }
                let code = try await door.register.newCode(Door.mpp1.site, Door.mpp1.kiosk, at: .present)
                _ = try await EnrolmentClient(url: door.url).enrol(code, Door.mpp1, folder: "\(kiosk.folder)/enrolment")
                let sent = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } && $0.centre.condition == nil }
                #expect(sent.centre.certificateEnds != nil)
                #expect(try await door.store.health().chains == 2)
                _ = try await door.register.revoke(Door.mpp1, at: .present)
                #expect(try await kiosk.visit().outcome == .printed, "citizens are served all the same")
                _ = try await kiosk.until { $0.centre.condition == .certificateRevoked }
                #expect(try await door.refusals() == ["pekanbaru/mpp-1 certificate-revoked"])
            }
        }
    }

    /// Two machines take turns under one name; whichever is out reads that it was replaced, since when, and what to do.
    @Test func aReplacedMachineReadsSinceWhenAndWhatToDo() async throws {
        try await Door.opened { door in
            let old = try await door.enrolled()
            let new = try await door.enrolled()
            let since = try #require(try await door.register.devices(at: .present).first?.issued)
            for credentials in [old, old] {
                guard case .failure(.refused(let why)) = try await door.call(credentials) else {
                    Issue.record("let in")
                    return
                }
                #expect(why.contains("another machine was enrolled as pekanbaru/mpp-1 at \(since.prefix(19))Z"), "\(why)")
                #expect(why.contains("anjungan journal stats") && why.contains("anjungan-central enroll pekanbaru mpp-1"), "\(why)")
                #expect(credentials.condition == .certificateReplaced)
            }
            _ = try await door.call(new).get()
            #expect(try await door.refusals() == ["pekanbaru/mpp-1 certificate-replaced"])
            // Enrolled once more, to bring what it has; the other is out meanwhile.
            _ = try await door.call(try await door.enrolled()).get()
            guard case .failure = try await door.call(new) else {
                Issue.record("let in")
                return
            }
            #expect(new.condition == .certificateReplaced)
        }
    }

    /// What was revoked on purpose stays revoked, whoever comes after it.
    @Test func aRevokedMachineIsNotCalledReplaced() async throws {
        try await Door.opened { door in
            let stolen = try await door.enrolled()
            _ = try await door.register.revoke(Door.mpp1, at: .present)
            _ = try await door.enrolled()
            guard case .failure = try await door.call(stolen) else {
                Issue.record("let in")
                return
            }
            #expect(stolen.condition == .certificateRevoked)
        }
    }
}
