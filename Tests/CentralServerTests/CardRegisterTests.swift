import CardLookup
import Enrolment
import Foundation
import KioskCore
import Secrets
import Testing

@testable import CentralServer

/// Who is behind a card, as the centre keeps it.
@Suite struct CardRegisterTests {
    static let pekanbaru = SiteID("pekanbaru")!
    static let batam = SiteID("batam")!
    static let now = WallTime(milliseconds: 1_795_305_600_000)
    static let card = Secret([0x04, 0x5A, 0x31, 0xB2, 0x1C, 0x64, 0x80])
    static let other = Secret([0x9E, 0x11, 0x22, 0x33])
    static let nik = Secret("1471114101900001".utf8)
    static let neighbour = Secret("1471112502880007".utf8)

    /// Lends a folder for a store.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cards-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func aCardPointsToWhomItWasEnrolledForAtItsSiteOnly() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            #expect(try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now) == .new)
            #expect(try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now) == .known)
            #expect(try await register.enrol(Self.card, Self.neighbour, at: Self.pekanbaru, now: Self.now) == .taken)
            #expect(try await register.resident(of: Self.card, at: Self.pekanbaru) == Self.nik)
            #expect(try await register.resident(of: Self.card, at: Self.batam) == nil)
            #expect(try await register.resident(of: Self.other, at: Self.pekanbaru) == nil)
        }
    }

    @Test func aCardThatIsRemovedPointsToNobodyAndCanBeEnrolledAnew() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            _ = try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now)
            #expect(try await register.remove(Self.card, at: Self.batam) == false)
            #expect(try await register.remove(Self.card, at: Self.pekanbaru))
            #expect(try await register.resident(of: Self.card, at: Self.pekanbaru) == nil)
            #expect(try await register.enrol(Self.card, Self.neighbour, at: Self.pekanbaru, now: Self.now) == .new)
        }
    }

    @Test func aListShowsMasksAndNoNumbers() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            _ = try await register.enrol(Self.other, Self.nik, at: Self.pekanbaru, now: Self.now)
            let cards = try await register.cards()
            #expect(
                cards == [
                    .init(site: "pekanbaru", resident: "••••••••••••0001", octets: 4, enrolled: Self.now.iso8601)
                ])
        }
    }

    @Test func underANewKeyEveryCardIsFoundAndTheOldKeyIsGone() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            _ = try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now)
            _ = try await register.enrol(Self.other, Self.neighbour, at: Self.batam, now: Self.now)
            let before = try String(contentsOfFile: "\(folder)/card-keys", encoding: .utf8)
            // Another process may do it while the centre runs.
            #expect(try await CardRegister.open(directory: folder).renewKey() == 2)
            let after = try String(contentsOfFile: "\(folder)/card-keys", encoding: .utf8)
            #expect(after.count == before.count && after != before)
            #expect(try await register.resident(of: Self.card, at: Self.pekanbaru) == Self.nik)
            #expect(try await register.resident(of: Self.other, at: Self.batam) == Self.neighbour)
        }
    }

    /// Cut off between the new key and the new hashes: both keys are there, and every card is found.
    @Test func aRenewalThatWasCutOffLosesNoCard() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            _ = try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now)
            _ = try CardKeys(StoreFolder(path: folder)).adding()
            #expect(try await register.resident(of: Self.card, at: Self.pekanbaru) == Self.nik)
            #expect(try await register.enrol(Self.card, Self.neighbour, at: Self.pekanbaru, now: Self.now) == .taken)
            #expect(try await register.renewKey() == 1)
            #expect(try await register.remove(Self.card, at: Self.pekanbaru))
        }
    }

    @Test func withoutItsKeysACardIsNotFoundAndADamagedKeyFileIsRefusedInWords() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            _ = try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now)
            try "no key\n".write(toFile: "\(folder)/card-keys", atomically: true, encoding: .utf8)
            await #expect(throws: StoreError(.failed, "")) { try await register.resident(of: Self.card, at: Self.pekanbaru) }
            try FileManager.default.removeItem(atPath: "\(folder)/card-keys")
            #expect(try await register.resident(of: Self.card, at: Self.pekanbaru) == nil)
        }
    }

    /// Neither number nor NIK stands in any file in clear, and only the owner may read them.
    @Test func whatIsOnTheDiskIsSealed() async throws {
        try await Self.withFolder { folder in
            let register = try await CardRegister.open(directory: folder)
            _ = try await register.enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let data = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
                for secret in [Self.card, Self.nik] {
                    #expect(secret.withBytes { data.range(of: Data($0)) } == nil, "\(name)")
                }
                let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(name)")
            }
        }
    }

    // MARK: Asking

    static func inquiry(_ folder: String, about card: Secret = card) throws -> CardInquiry {
        let key = try OpeningKeyFile.publicKey(of: StoreFolder(path: folder).openingKey)
        return try CardInquiry(about: card, by: KioskID("mpp-1")!, of: pekanbaru, to: key)
    }

    static func answer(_ desk: CardDesk, _ question: CardQuestion, at now: WallTime = now) async throws -> CardAnswer? {
        switch try await desk.ask(question, at: now) {
        case .answer(let answer, _): answer
        case .later: nil
        }
    }

    @Test func aQuestionIsAnsweredToWhoAskedAlone() async throws {
        try await Self.withFolder { folder in
            let desk = CardDesk(StoreFolder(path: folder))
            let inquiry = try Self.inquiry(folder)
            let before = try #require(try await Self.answer(desk, inquiry.question))
            #expect(try inquiry.open(before) == nil, "nobody enrolled a card yet")
            _ = try await CardRegister.open(directory: folder).enrol(Self.card, Self.nik, at: Self.pekanbaru, now: Self.now)
            let answer = try #require(try await Self.answer(desk, inquiry.question))
            #expect(try inquiry.open(answer) == Self.nik)
            #expect(answer.sealed.count == before.sealed.count, "its length tells whether the card is known")
            #expect(throws: CardLookupError.self) { try Self.inquiry(folder).open(answer) }
        }
    }

    @Test func aQuestionThatWasChangedOrIsForAnotherCentreIsRefused() async throws {
        try await Self.withFolder { folder in
            let desk = CardDesk(StoreFolder(path: folder))
            var changed = try Self.inquiry(folder).question
            changed.sealed[changed.sealed.startIndex] ^= 1
            await #expect { try await Self.answer(desk, changed) } throws: { ($0 as? CardLookupError)?.code == .unreadable }
            var renamed = try Self.inquiry(folder).question
            renamed.kiosk = KioskID("mpp-2")!
            await #expect { try await Self.answer(desk, renamed) } throws: { ($0 as? CardLookupError)?.code == .unreadable }
            try await Self.withFolder { elsewhere in
                let foreign = try Self.inquiry(elsewhere).question
                await #expect { try await Self.answer(desk, foreign) } throws: { ($0 as? CardLookupError)?.code == .otherKey }
            }
        }
    }

    @Test func aKioskMayNotTryNumbers() {
        let limit = LookupLimit()
        let (one, two) = (DeviceName("pekanbaru/mpp-1")!, DeviceName("pekanbaru/mpp-2")!)
        for _ in 0..<LookupLimit.burst { #expect(limit.allows(one, at: Self.now) == nil) }
        #expect(limit.allows(one, at: Self.now) == 5)
        #expect(limit.allows(two, at: Self.now) == nil, "another kiosk has its own")
        #expect(limit.allows(one, at: WallTime(milliseconds: Self.now.milliseconds + 5_000)) == nil)
        #expect(limit.allows(one, at: WallTime(milliseconds: Self.now.milliseconds + 9_000)) == 1)
        #expect(
            limit.allows(one, at: WallTime(milliseconds: Self.now.milliseconds - 9_000)) == 1, "a clock that jumps back saves nothing up")
    }
}
