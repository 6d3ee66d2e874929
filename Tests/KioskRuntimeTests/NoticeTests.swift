import CentralServer
import Conditions
import Crypto
import Enrolment
import Foundation
import FreePort
import Journal
import KioskCore
import Secrets
import SyncProtocol
import SyncTransport
import Testing

@testable import KioskRuntime

/// What a centre tells a whole kiosk, over mutual TLS.
@Suite struct NoticeTests {
    private static let site = NoticeScope("pekanbaru")!
    private static let fire = Emergency(since: 1_795_305_600_000, indonesian: "Kebakaran. Keluar lewat pintu barat.")

    /// A kiosk's folder that is enrolled before the kiosk starts.
    private static func enrolled(at door: Door) async throws -> String {
        let folder = "\(door.folder)/kiosk"
        let code = try await door.register.newCode(Door.mpp1.site, Door.mpp1.kiosk, at: .present)
        _ = try await EnrolmentClient(url: door.url).enrol(code, Door.mpp1, folder: "\(folder)/enrolment")
        return folder
    }

    private static func order(_ door: Door, _ scope: NoticeScope = site, _ body: (inout NoticeBook.Orders) -> Void) throws {
        try NoticeBook.change(directory: door.centre) { body(&$0[scope]) }
    }

    private static func lines(_ url: String) -> [String] { ["print_route: direct", "centre_url: \(url)", "centre_retry: 1"] }

    /// Waits until the centre's report has exactly these alarms.
    private static func alarms(_ door: Door, _ codes: [ConditionCode]) async throws {
        while true {
            let book = try NoticeBook.load(directory: door.centre)
            let report = try await door.store.report(ServiceDay(.present, in: .jakarta), made: .present, notices: book)
            if report.alarms.map(\.code) == codes { return }
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
    }

    @Test(.timeLimit(.minutes(15))) func anEmergencyIsOnTheScreenHoldsThroughARestartWithoutANetworkAndEnds() async throws {
        try await Door.opened { door in
            let folder = try await Self.enrolled(at: door)
            try await KioskBench.run(Self.lines(door.url), in: folder) { kiosk in
                try Self.order(door) { $0.emergency = Self.fire }
                // Somebody stands in the middle of a visit.
                let words = try await kiosk.interrupted().screen.words
                #expect(words?.map(\.language) == [.indonesian, .english])
                #expect(words?.first?.text == Self.fire.indonesian)
                #expect(words?.last?.text.contains("exit") == true, "what was not said in English, the kiosk says itself")
                #expect(try await kiosk.technician.status().notices?.emergencySince != nil)
                try await Self.alarms(door, [.emergency])
            }
            // No centre is configured, so nobody can tell the kiosk anything.
            try await KioskBench.run(["print_route: direct"], in: folder) { kiosk in
                let first = try await kiosk.first()
                #expect(first.screen.kind == .emergency, "not for a moment the greeting")
                let ended = try await kiosk.technician.endEmergency(reason: "false alarm")
                #expect(ended.calledAt != nil)
                _ = try await kiosk.shown(.greeting)
            }
            try await KioskBench.run(Self.lines(door.url), in: folder) { kiosk in
                // The centre goes on calling the same, and hears that it is over here.
                try await Self.alarms(door, [])
                #expect(try await kiosk.visit().outcome == .printed)
                try Self.order(door, NoticeScope("pekanbaru/mpp-1")!) { $0.emergency = Emergency(since: Self.fire.since + 1) }
                _ = try await kiosk.shown(.emergency)
                try NoticeBook.change(directory: door.centre) {
                    $0[Self.site].emergency = nil
                    $0[NoticeScope("pekanbaru/mpp-1")!].emergency = nil
                }
                _ = try await kiosk.shown(.greeting)
                try await Self.alarms(door, [])
                _ = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } }
                let figures = try await kiosk.technician.journal()
                let kinds = try await kiosk.technician.entries(after: 0, figures.epoch, .transactions).map(\.kind)
                #expect(
                    kinds.filter { $0.hasPrefix("emergency") } == [
                        "emergency.begun", "emergency.ended", "emergency.begun", "emergency.ended",
                    ])
                #expect(try await door.store.health().unread == 0)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aKioskWithAnotherBundleThanItShouldRunSaysSoAtBothEnds() async throws {
        try await Door.opened { door in
            let folder = try await Self.enrolled(at: door)
            try await KioskBench.run(Self.lines(door.url), in: folder) { kiosk in
                try Self.order(door) { $0.bundle = String(repeating: "0", count: 64) }
                let told = try await kiosk.until { $0.notices?.isOutdated == true }
                try await Self.alarms(door, [.siteOutdated])
                try Self.order(door) { $0.bundle = told.notices?.bundle }
                _ = try await kiosk.until { $0.notices?.isOutdated == false }
                try await Self.alarms(door, [])
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func newDeviceKeysAreDrawnOnceAtOnce() async throws {
        try await Door.opened { door in
            let folder = try await Self.enrolled(at: door)
            let first = try #require(try DeviceIdentity.load(folder: "\(folder)/enrolment"))
            try await KioskBench.run(Self.lines(door.url), in: folder) { kiosk in
                #expect(try await kiosk.visit().outcome == .printed)
                try Self.order(door) { $0.renewal = WallTime.present.milliseconds + 1 }
                _ = try await kiosk.until { _ in (try? DeviceIdentity.load(folder: "\(folder)/enrolment")) != first }
                let second = try #require(try DeviceIdentity.load(folder: "\(folder)/enrolment"))
                #expect(second.certificate.key.rawRepresentation != first.certificate.key.rawRepresentation)
                // It is told something else and asks with the new certificate, and does not do it again.
                try Self.order(door) { $0.bundle = String(repeating: "0", count: 64) }
                _ = try await kiosk.until { $0.notices?.isOutdated == true }
                #expect(try DeviceIdentity.load(folder: "\(folder)/enrolment") == second)
                #expect(try await kiosk.visit().outcome == .printed)
                _ = try await kiosk.until { $0.centre.condition == nil && $0.journal.lanes.allSatisfy { $0.waiting == 0 } }
            }
        }
    }

    /// Who waits for notices is told at once that its enrolment is over, and not at the next batch.
    @Test(.timeLimit(.minutes(15))) func aRevocationAndAReplacementReachWhoeverWaits() async throws {
        try await Door.opened { door in
            for end in ["revoked", "replaced"] {
                let credentials = try await door.enrolled()
                let client = CentreClient(url: door.url, credentials: credentials, waits: true)
                let ask = { (known: String?) async -> Result<Notices, SyncMachine.Failure> in
                    let request = NoticeRequest(site: Door.mpp1.site, kiosk: Door.mpp1.kiosk, known: known, bundle: nil, emergency: nil)
                    do throws(SyncMachine.Failure) { return .success(try await client.notices(request)) } catch { return .failure(error) }
                }
                let notices = try await ask(nil).get()
                async let waiting = ask(notices.tag)
                if end == "revoked" {
                    _ = try await door.register.revoke(Door.mpp1, at: .present)
                } else {
                    _ = try await door.enrolled()
                }
                guard case .failure(.refused(let why)) = await waiting else {
                    Issue.record("\(end), and not told")
                    return try await client.close()
                }
                #expect(why.contains("certificate-\(end)"), "\(why)")
                #expect(credentials.condition == (end == "revoked" ? .certificateRevoked : .certificateReplaced))
                try await client.close()
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func nobodyIsToldWhatIsForAnother() async throws {
        try await Door.opened { door in
            let client = CentreClient(url: door.url, credentials: try await door.enrolled(), waits: true)
            try Self.order(door, NoticeScope("pekanbaru/mpp-2")!) { $0.emergency = Self.fire }
            let answer: Notices?
            do throws(SyncMachine.Failure) {
                answer = try await client.notices(
                    NoticeRequest(site: Door.mpp1.site, kiosk: KioskID("mpp-2")!, known: nil, bundle: nil, emergency: nil))
            } catch {
                answer = nil
                #expect("\(error)".contains("certificate-other-kiosk"))
            }
            #expect(answer == nil)
            try await client.close()
        }
    }

    /// The centre has another key to open with since its restart: a kiosk that runs on seals to it from the next visit on.
    @Test(.timeLimit(.minutes(15))) func aNewSealingKeyIsUsedWithoutARestart() async throws {
        let home = "/tmp/anjungan-keys-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let folder = "\(home)/kiosk"
        try await Door.opened(in: home) { _ = try await Self.enrolled(at: $0) }
        let port = try await FreePort.any()
        let opening = "\(home)/centre/opening-key.pem"
        let sealing = "\(folder)/enrolment/sealing-key.pem"
        let before = try String(contentsOfFile: opening, encoding: .utf8)
        try await KioskBench.run(Self.lines("https://127.0.0.1:\(port)/") + ["centre_public_key: \(sealing)"], in: folder) { kiosk in
            try await Door.opened(in: home, port: port) { _ in
                #expect(try await kiosk.identifiedVisit().outcome == .printed)
                _ = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } }
            }
            let first = try String(contentsOfFile: sealing, encoding: .utf8)
            try FileManager.default.moveItem(atPath: opening, toPath: opening + ".old")
            try await Door.opened(in: home, port: port) { _ in
                _ = try await kiosk.until { _ in (try? String(contentsOfFile: sealing, encoding: .utf8)) ?? first != first }
                // The file comes a moment before the journal has the key.
                _ = try await kiosk.until { $0.notices?.wantedBundle == nil }
                #expect(try await kiosk.identifiedVisit().outcome == .printed)
            }
        }
        let journal = try await Journal.inspect(directory: "\(folder)/journal")
        let sealed = try await journal.entries(after: 0, lane: .transactions, limit: 99).filter { $0.sealed != nil }
        try await journal.close()
        #expect(sealed.count == 2)
        #expect(try OpeningKey(pem: before).open(sealed[0]) != nil)
        #expect(try OpeningKey(pem: String(contentsOfFile: opening, encoding: .utf8)).open(sealed[1]) != nil)
    }
}

extension KioskBench {
    /// What the screen shows first.
    func first() async throws -> ScreenMessage {
        try await screen.converse { screens, _ in
            for try await message in screens { return message }
            throw CancellationError()
        }
    }

    /// What the screen shows as soon as it is such a screen.
    func shown(_ kind: ScreenMessage.Body.Kind) async throws -> ScreenMessage {
        try await screen.converse { screens, _ in
            for try await message in screens where message.screen.kind == kind { return message }
            throw CancellationError()
        }
    }

    /// Begins visit after visit until an emergency stands there, and touches that.
    func interrupted() async throws -> ScreenMessage {
        try await screen.converse { screens, say in
            for try await message in screens {
                if message.screen.kind == .emergency { return message }
                let touch: Touch = message.screen.kind == .greeting ? .start : .cancel
                try await say(PageMessage(visit: VisitID(message.visit), revision: message.revision, .touch(touch)))
            }
            throw CancellationError()
        }
    }

    /// A visit to a service that asks for a NIK, with one that belongs to nobody.
    func identifiedVisit() async throws -> VisitScript.Ending {
        let service = ServiceKey("disdukcapil/kartu-keluarga")!
        let script = VisitScript(service: service, nik: Secret("1471994512903456".utf8), reply: .leave)
        return try await VisitRunner(client: screen).visit(script).ending
    }
}
