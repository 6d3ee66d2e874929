import Foundation
import Journal
import KioskCore
import SyncProtocol
import Testing

/// An emergency holds through restarts, and its begin and end are among the transactions, once each.
@Suite struct EmergencyTests {
    private static let fire = Emergency(since: 7, indonesian: "Kebakaran. Mohon keluar.")

    private static func words(_ journal: Journal) async throws -> [String] {
        try await journal.entries(after: 0, lane: .transactions, limit: 99).map { "\($0.header.kind) \($0.text)" }
    }

    @Test func itHoldsThroughARestartAndIsToldOnce() async throws {
        let folder = try TemporaryFolder()
        let first = try await openJournal(folder)
        #expect(try await first.emergency() == nil)
        for _ in 0..<3 { #expect(try await first.keep(Self.fire) == Self.fire) }
        try await first.close()
        let second = try await openJournal(folder)
        #expect(try await second.emergency() == Self.fire)
        // Other words for the same one are shown, and are no other emergency.
        let reworded = Emergency(since: 7, indonesian: "Keluar lewat pintu barat.", english: "Leave by the western door.")
        #expect(try await second.keep(reworded) == reworded)
        for _ in 0..<2 { #expect(try await second.keep(nil) == nil) }
        #expect(
            try await Self.words(second) == [
                #"emergency.begun {"indonesian":"Kebakaran. Mohon keluar.","since":7}"#, #"emergency.ended {"by":"centre","since":7}"#,
            ])
    }

    @Test func aTechnicianEndsItHereUntilAnotherIsCalled() async throws {
        let folder = try TemporaryFolder()
        let journal = try await openJournal(folder)
        #expect(try await journal.liftEmergency(reason: "nothing to lift") == nil)
        try await journal.keep(Self.fire)
        #expect(try await journal.liftEmergency(reason: "false alarm") == Self.fire)
        #expect(try await journal.keep(Self.fire) == nil, "the centre has not heard of it yet")
        try await journal.close()
        let again = try await openJournal(folder)
        #expect(try await again.emergency() == nil)
        let next = Emergency(since: 8)
        #expect(try await again.keep(next) == next)
        #expect(
            try await Self.words(again) == [
                #"emergency.begun {"indonesian":"Kebakaran. Mohon keluar.","since":7}"#,
                #"emergency.ended {"by":"technician","reason":"false alarm","since":7}"#, #"emergency.begun {"since":8}"#,
            ])
    }

    /// One emergency straight after another: the first has ended, too.
    @Test func anotherEmergencyEndsTheFirst() async throws {
        let journal = try await openJournal(TemporaryFolder())
        try await journal.keep(Self.fire)
        try await journal.keep(Emergency(since: 9))
        #expect(try await Self.words(journal).map { $0.prefix(15) } == ["emergency.begun", "emergency.ended", "emergency.begun"])
    }

    @Test func aNewSealingKeyHoldsFromTheNextTicketOn() async throws {
        let (old, new) = (OpeningKey(), OpeningKey())
        let journal = try await openJournal(TemporaryFolder(), recipient: old.sealingKey)
        _ = try await journal.issue(request(nik: nik))
        await journal.seal(to: new.sealingKey)
        _ = try await journal.issue(request(nik: nik))
        let entries = try await journal.entries(after: 0, lane: .transactions, limit: 9)
        #expect(try old.open(entries[0]) != nil)
        #expect(try new.open(entries[1]) != nil)
        #expect(throws: JournalError(.sealing, "")) { try old.open(entries[1]) }
    }
}
