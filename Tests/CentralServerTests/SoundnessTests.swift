import Foundation
import GRDB
import KioskCore
import SeededRandomness
import SyncProtocol
import Testing

@testable import CentralServer

/// Disks that change what was written: store and register say so in words when they open, or go on without harm.
@Suite(.serialized, .timeLimit(.minutes(15))) struct SoundnessTests {
    /// A closed store with some visits in it.
    private static func closedStore(_ bench: Bench) async throws -> (kiosk: SampleKiosk, octets: Data) {
        let store = try await bench.open()
        var kiosk = SampleKiosk()
        for ticket in 1...20 { kiosk.visit(ticket) }
        try await store.take(kiosk.whole)
        try await store.close()
        return (kiosk, try Data(contentsOf: URL(fileURLWithPath: bench.database)))
    }

    /// Turns the lowest bit of the octet at `place`.
    private static func flip(_ octets: Data, at place: Int, bit: UInt8 = 0, into path: String) throws {
        var changed = octets
        changed[place] ^= 1 << bit
        try changed.write(to: URL(fileURLWithPath: path))
    }

    /// One bit anywhere in the file: the store is refused in words, or it opens, answers, and every chain ends where it did.
    @Test func aFlippedBitIsRefusedOrTheChainsEndWhereTheyDid() async throws {
        var (random, seed) = SeededGenerator.announced("aFlippedBitInTheStore")
        let bench = Bench()
        let (kiosk, sound) = try await Self.closedStore(bench)
        // Most of a small store is empty pages.
        let used = sound.indices.filter { sound[$0] != 0 }
        var refusals = 0
        for round in 1...60 {
            let place = try #require(used.randomElement(using: &random))
            try Self.flip(sound, at: place, bit: .random(in: 0..<8, using: &random), into: bench.database)
            let what: Comment = "round \(round) of seed \(seed), octet \(place)"
            do {
                let opened = try await bench.open()
                let answer = try await opened.ingest(kiosk.call, at: noon).acknowledgement
                _ = try await opened.report(today, made: noon)
                try await opened.close()
                #expect(answer.position == kiosk.head, what)
            } catch let error as StoreError {
                refusals += 1
                #expect(error.detail.contains(bench.database) || error.code == .corrupted, "\(what): \(error)")
            }
        }
        #expect(refusals > 5, "too little was found to prove anything; seed \(seed)")
    }

    /// SQLite takes a column whose name has lost a bit for the column of that name, and reading it by the right one would end the program.
    @Test func aFlippedBitInTheSchemaIsFoundAtOpeningAndByAReader() async throws {
        let bench = Bench()
        let (_, sound) = try await Self.closedStore(bench)
        let name = try #require(sound.range(of: Data("contact INTEGER".utf8)))
        try Self.flip(sound, at: name.lowerBound, into: bench.database)
        let refusal = await #expect(throws: StoreError.self) { try await bench.open() }
        #expect(refusal?.code == .corrupted)
        #expect(refusal?.detail.contains("restore the last backup") == true, "\(refusal?.detail ?? "")")
        #expect(throws: StoreError(.corrupted, "")) { try StoreReader(directory: bench.folder) }
    }

    /// What a large store does not look for whenever it opens, a backup does before anything is called safe.
    @Test func aFlippedBitInAnIndexIsFoundBeforeABackupCounts() async throws {
        let (bench, target) = (Bench(), Bench())
        let (_, sound) = try await Self.closedStore(bench)
        let root = try bench.look {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_entries_1'")
        }
        let page = (try #require(root) - 1) * 4096
        // A leaf's newest cell is where the cell content begins (sqlite.org/fileformat2.html, 1.6); its last octets are the sequence.
        #expect(sound[page] == 0x0A)
        let cell = page + Int(sound[page + 5]) << 8 + Int(sound[page + 6])
        try Self.flip(sound, at: cell + Int(sound[cell]) - 2, into: bench.database)
        let refusal = #expect(throws: StoreError.self) { try Backup.make(of: bench.folder, in: target.folder, at: noon) }
        #expect(refusal?.code == .corrupted)
        #expect(try BackupReceipt.waiting(in: StoreFolder(path: bench.folder)) == [])
    }

    @Test func aFlippedBitInTheRegisterIsFoundAtOpening() async throws {
        let bench = Bench()
        let path = StoreFolder(path: bench.folder).register
        _ = try await DeviceRegister.open(directory: bench.folder, now: noon).newCode(SiteID("pekanbaru")!, nil, at: noon)
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        for word in ["revoked INTEGER", "failures INTEGER"] {
            let name = try #require(sound.range(of: Data(word.utf8)))
            try Self.flip(sound, at: name.lowerBound, into: path)
            let refusal = await #expect(throws: StoreError.self) { try await DeviceRegister.open(directory: bench.folder, now: noon) }
            #expect(refusal?.code == .corrupted, "\(word): \(refusal?.detail ?? "")")
        }
        try sound.write(to: URL(fileURLWithPath: path))
        #expect(try await DeviceRegister.open(directory: bench.folder, now: noon).openCodes(at: noon).count == 1)
    }
}
