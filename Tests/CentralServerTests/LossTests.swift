import Foundation
import GRDB
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// A store that was put back to an older state by other means than a backup: a copy of its folder, a picture of the whole machine.
@Suite(.timeLimit(.minutes(15))) struct LossTests {
    private let hour: Int64 = 3_600_000

    private func after(_ hours: Int64) -> WallTime { WallTime(milliseconds: noon.milliseconds + hours * hour) }

    /// A store that is open in `bench`, and its folder as it was copied to `older` after the kiosk's first visit.
    private func copied(
        _ kiosk: inout SampleKiosk, backUpTo target: Bench? = nil
    ) async throws -> (store: CentralStore, bench: Bench, older: Bench) {
        let (bench, older) = (Bench(), Bench())
        let store = try await bench.open()
        kiosk.visit(1)
        try await store.take(kiosk.whole)
        if let target { _ = try Backup.make(of: bench.folder, in: target.folder, at: noon) }
        try await store.close()
        try FileManager.default.copyItem(atPath: bench.folder, toPath: older.folder)
        return (try await bench.open(), bench, older)
    }

    /// A kiosk with three visits at the centre, of which the store's folder was copied away after the first.
    private func putBack(_ kiosk: inout SampleKiosk) async throws -> (CentralStore, Bench) {
        let (store, bench, older) = try await copied(&kiosk)
        defer { withExtendedLifetime(bench) {} }
        kiosk.visit(2)
        kiosk.visit(3)
        try await store.take(kiosk.whole)
        try await store.close()
        return (try await older.open(), older)
    }

    private func wish(_ kiosk: SampleKiosk, _ id: UInt8) -> NumberRequest {
        NumberRequest(
            site: kiosk.name.site, kiosk: kiosk.name.kiosk, epoch: kiosk.name.epoch,
            id: LeaseID(octets: [UInt8](repeating: id, count: 16))!,
            prefix: "PZ", day: today)
    }

    @Test func aKioskThatWasToldMoreProvesItAndFillsTheStoreUpAgain() async throws {
        var kiosk = SampleKiosk()
        let (store, bench) = try await putBack(&kiosk)
        let told = Told(acknowledged: 9, safe: 0)
        let call = try await store.ingest(kiosk.call, Contact(at: after(1), told: told))
        #expect(call.acknowledgement.position.sequence == 3 && call.acknowledgement.fault == nil)
        #expect(call.notes.count == 1 && call.notes[0].contains("no number is leased before the next day"), "\(call.notes)")
        let incident = try #require(try await store.incidents().first)
        #expect((incident.code, incident.sequence, incident.resolved) == (.lost, 9, nil))
        #expect(
            incident.detail.contains("ends at entry 3, and its kiosk was told that 9 is here. The kiosk sends the rest again by itself"))
        // What was leased behind the older state is not known: nobody gets a number before tomorrow.
        await #expect(throws: StoreError(.refused, "")) { try await store.lease(wish(kiosk, 1), in: .jakarta, at: after(1)) }
        // Said again, its answer being lost, it is no news.
        #expect(try await store.ingest(kiosk.call, Contact(at: after(2), told: told)).notes == [])
        #expect(try bench.count("restores") == 1)
        let rest = try await store.ingest(kiosk.batch(4...9), Contact(at: after(2), told: told)).acknowledgement
        #expect(rest.position == kiosk.head && rest.fault == nil)
        #expect(try await store.incidents().map(\.resolved) == [after(2).iso8601])
        #expect(try await store.counts() == TicketCounts(issued: 3, printed: 3))
        #expect(ReportTable(try await store.report(today, made: noon)).description.contains("pekanbaru/k1 transactions lost: "))
    }

    /// A visitor may be faster than the sync: what would be given twice is refused at the first question.
    @Test func theFirstWordMayBeTheWishForANumber() async throws {
        var kiosk = SampleKiosk()
        let (store, bench) = try await putBack(&kiosk)
        #expect(try await store.lease(wish(kiosk, 1), told: Told(acknowledged: 3, safe: 3), in: .jakarta, at: after(1)).ordinal == 1)
        for _ in 1...2 {
            await #expect(throws: StoreError(.refused, "")) {
                try await store.lease(wish(kiosk, 2), told: Told(acknowledged: 9, safe: 0), in: .jakarta, at: after(1))
            }
        }
        #expect(try bench.count("restores") == 1)
        #expect(try await store.incidents().map(\.code) == [.lost])
        #expect(try await store.take(kiosk.batch(4...9)).position == kiosk.head)
        #expect(try await store.incidents().map(\.resolved) == [noon.iso8601])
    }

    @Test func oneEventIsProvenOnceHoweverManyKiosksTellOfIt() async throws {
        var kiosk = SampleKiosk()
        let (store, bench) = try await putBack(&kiosk)
        let (second, third) = (SampleKiosk("k2"), SampleKiosk("k3"))
        _ = try await store.ingest(kiosk.call, Contact(at: after(1), told: Told(acknowledged: 9, safe: 0)))
        _ = try await store.ingest(second.call, Contact(at: after(50), told: Told(acknowledged: 5, safe: 0)))
        #expect(try await store.incidents().count == 2)
        #expect(try bench.count("restores") == 1, "it had not been heard since")
        // This one was: it is another event.
        for (hours, acknowledged) in [(60, 0), (61, 4)] as [(Int64, UInt64)] {
            _ = try await store.ingest(third.call, Contact(at: after(hours), told: Told(acknowledged: acknowledged, safe: 0)))
        }
        #expect(try bench.count("restores") == 2)
    }

    @Test func aKioskThatWasToldWhatIsHereOrLessProvesNothing() async throws {
        let (bench, kiosk) = (
            Bench(),
            {
                var kiosk = SampleKiosk()
                kiosk.visit(1)
                return kiosk
            }()
        )
        let store = try await bench.open()
        try await store.take(kiosk.whole)
        for told in [nil, Told(acknowledged: 0, safe: 0), Told(acknowledged: 3, safe: 3)] {
            #expect(try await store.ingest(kiosk.call, Contact(at: noon, told: told)).notes == [])
        }
        #expect(try await store.incidents() == [])
        #expect(try await store.lease(wish(kiosk, 1), in: .jakarta, at: noon).ordinal == 1)
    }

    /// What a backup had the kiosk may have let go of: nothing of that is taken for damage or another history, and nothing is put aside.
    @Test(arguments: [true, false]) func whatOnlyABackupHasIsAskedForByName(_ isPruned: Bool) async throws {
        var kiosk = SampleKiosk()
        let (store, bench) = try await putBack(&kiosk)
        kiosk.visit(4)
        var octets = kiosk.entries[3...].map(\.octets)
        if isPruned {
            octets.removeFirst(2)
        } else {
            var whole = SampleKiosk()
            for ticket in 1...1 { whole.visit(ticket) }
            whole.append(.ticketIssued, Array("{}".utf8), sealed: SealedPart(ciphertext: [1, 2, 3], wrappedKey: [4]))
            let sealed = try #require(whole.entries.last)
            octets = [Entry(header: sealed.header, body: sealed.body, sealed: nil).octets]
        }
        let told = Told(acknowledged: 9, safe: 6)
        for _ in 1...3 {
            let answer = try await store.ingest(kiosk.batch(octets), Contact(at: after(1), told: told)).acknowledgement
            #expect((answer.position.sequence, answer.fault?.code, answer.fault?.sequence, answer.newEpoch) == (3, .lost, 4, nil))
            #expect(answer.fault?.detail.contains("restore the newest backup of the centre") == true)
        }
        #expect(try bench.quarantined() == [])
        let incident = try #require(try await store.incidents().first)
        #expect(incident.detail.contains("6 in a backup") && incident.detail.contains("restore that"), "\(incident.detail)")
        #expect(try await store.incidents().count == 1)
        // Also once the kiosk has taken back what it was told.
        let later = try await store.ingest(kiosk.batch(octets), Contact(at: after(2), told: Told(acknowledged: 3, safe: 3)))
        #expect(later.acknowledgement.fault?.code == .lost)
    }

    /// The way out that is told: the newest backup has what the kiosk let go of, and the kiosk what that lacks.
    @Test func theNewestBackupMendsIt() async throws {
        let (target, restored) = (Bench(), Bench())
        var kiosk = SampleKiosk()
        let (made, bench, older) = try await copied(&kiosk)
        var store = made
        kiosk.visit(2)
        try await store.take(kiosk.whole)
        let backup = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        kiosk.visit(3)
        #expect(try await store.take(kiosk.whole).safe?.upto == 6)
        try await store.close()
        // Put back, and the kiosk has pruned what was safe.
        let told = Told(acknowledged: 9, safe: 6)
        let behind = try await older.open()
        #expect(try await behind.ingest(kiosk.batch(7...9), Contact(at: after(1), told: told)).acknowledgement.fault?.code == .lost)
        try await behind.close()
        try FileManager.default.createDirectory(atPath: restored.folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: backup.path, toPath: restored.database)
        store = try await restored.open()
        let answer = try await store.ingest(kiosk.batch(7...9), Contact(at: after(2), told: told)).acknowledgement
        #expect(answer.position == kiosk.head && answer.fault == nil)
        #expect(try await store.counts() == TicketCounts(issued: 3, printed: 3))
        #expect(try await store.incidents().allSatisfy { $0.code == .lost && $0.resolved != nil })
        #expect(try restored.count("restores") == 1, "the backup says of itself what it is; the kiosk only agrees")
    }

    /// Whoever keeps only the newest backup would throw away the one that mends it.
    @Test func aStoreThatLostWhatABackupHasIsNotBackedUpOverIt() async throws {
        let (target, elsewhere) = (Bench(), Bench())
        var kiosk = SampleKiosk()
        let (made, bench, older) = try await copied(&kiosk, backUpTo: target)
        var store = made
        kiosk.visit(2)
        try await store.take(kiosk.whole)
        let last = try Backup.make(of: bench.folder, in: target.folder, at: after(1))
        try await store.close()
        // What stands beside it and is no backup any more is in nobody's way.
        try Data("spoilt".utf8).write(to: URL(fileURLWithPath: "\(target.folder)/centre-29991231T000000.000Z.sqlite"))
        // Before any kiosk has told of it, too.
        let names = try FileManager.default.contentsOfDirectory(atPath: target.folder).sorted()
        let refusal = #expect(throws: StoreError(.refused, "")) { try Backup.make(of: older.folder, in: target.folder, at: after(2)) }
        #expect(
            refusal?.detail.contains("\(last.path) has pekanbaru/k1 up to entry 6, which this store has not") == true, "\(refusal as Any)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.folder).sorted() == names)
        // Another history that is as long does not stand for it.
        let twin = Bench()
        try FileManager.default.copyItem(atPath: older.folder, toPath: twin.folder)
        var other = kiosk
        other.restore(to: 3)
        other.visit(7)
        store = try await twin.open()
        #expect(try await store.take(other.whole).position.sequence == 6)
        #expect(throws: StoreError(.refused, "")) { try Backup.make(of: twin.folder, in: target.folder, at: after(2)) }
        // In another folder, by what the kiosk was told.
        store = try await older.open()
        _ = try await store.ingest(kiosk.call, Contact(at: after(2), told: Told(acknowledged: 6, safe: 6)))
        #expect(throws: StoreError(.refused, "")) { try Backup.make(of: older.folder, in: elsewhere.folder, at: after(3)) }
        let run = try CentreProcess.run(["backup", elsewhere.folder, "--store", older.folder, "--despite-losses"])
        #expect(run.status == 0 && run.output.contains("3 entries of 1 chains"), "\(run.errors)")
        // What is here again is copied as ever.
        try await store.take(kiosk.whole)
        _ = try Backup.make(of: older.folder, in: target.folder, at: after(4))
    }

    /// What stands aside in the newest backup may have no other copy: its kiosk's disk was restored, too, and the chain is whole without it.
    @Test func whatStandsAsideInABackupOnlyIsNotBackedUpOver() async throws {
        let target = Bench()
        var kiosk = SampleKiosk()
        let (made, bench, older) = try await copied(&kiosk)
        var store = made
        kiosk.visit(2)
        kiosk.visit(3)
        let noise = kiosk.batch([[1, 2, 3]])
        #expect(try await store.take(kiosk.batch(7...9)).fault?.code == .gap)
        #expect(try await store.take(noise).fault?.code == .unreadable)
        _ = try Backup.make(of: bench.folder, in: target.folder, at: noon)
        let last = try Backup.make(of: bench.folder, in: target.folder, at: after(1))
        try await store.close()
        func refusal() -> String? {
            #expect(throws: StoreError(.refused, "")) { try Backup.make(of: older.folder, in: target.folder, at: after(2)) }?.detail
        }
        // The store goes further than the backup, and has not what stood behind the gap.
        store = try await older.open()
        #expect(try await store.take(kiosk.batch(4...6)).position.sequence == 6)
        let all = refusal()
        #expect(
            all?.contains("\(last.path) has 4 entries aside, the first of pekanbaru/k1 at entry 7, which this store") == true,
            "\(all ?? "")")
        // Another history in their place does not stand for them.
        let twin = Bench()
        try await store.close()
        try FileManager.default.copyItem(atPath: older.folder, toPath: twin.folder)
        var other = kiosk
        other.restore(to: 6)
        other.visit(7)
        store = try await twin.open()
        #expect(try await store.take(other.batch(7...9)).position.sequence == 9)
        #expect(throws: StoreError(.refused, "")) { try Backup.make(of: twin.folder, in: target.folder, at: after(2)) }
        // In the chain they are as good as aside; what has no place in it has to be aside.
        store = try await older.open()
        #expect(try await store.take(kiosk.batch(7...9)).position == kiosk.head)
        let rest = refusal()
        #expect(rest?.contains("has 1 entry aside, the first of pekanbaru/k1 at entry 4, which this store") == true, "\(rest ?? "")")
        try await store.take(noise)
        _ = try Backup.make(of: older.folder, in: target.folder, at: after(3))
        // Where the newest one may go.
        _ = try Backup.make(of: twin.folder, in: target.folder, at: after(4), despiteLosses: true)
    }

    /// A history that is told again from its beginning, as after a fork, has entries whose personal part is gone here and safe there.
    @Test func aKnownEntryWithoutItsPersonalPartIsKnown() async throws {
        let store = try await Bench().open()
        var kiosk = SampleKiosk()
        kiosk.append(.ticketIssued, Array("{}".utf8), sealed: SealedPart(ciphertext: [1, 2, 3], wrappedKey: [4]))
        try await store.take(kiosk.whole)
        let first = kiosk.entries[0]
        let relieved = Entry(header: first.header, body: first.body, sealed: nil).octets
        kiosk.visit(2)
        let answer = try await store.take(kiosk.batch([relieved] + kiosk.entries[1...].map(\.octets)))
        #expect(answer.position == kiosk.head && answer.fault == nil)
        #expect(try await store.take(kiosk.batch([relieved])).kept?.upto == 1)
        // Of another history it is a fork, and nothing else.
        var twin = SampleKiosk()
        twin.append(.ticketIssued, Array("{ }".utf8), sealed: SealedPart(ciphertext: [1, 2, 3], wrappedKey: [4]))
        let other = Entry(header: twin.entries[0].header, body: twin.entries[0].body, sealed: nil).octets
        #expect(try await store.take(twin.batch([other])).fault?.code == .fork)
    }
}
