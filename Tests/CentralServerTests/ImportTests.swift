import Foundation
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// A mall without a network: batches on a stick, answers back.
@Suite(.timeLimit(.minutes(15))) struct ImportTests {
    /// A folder with files as an export writes them; it goes with this value.
    private final class Stick {
        let bench = Bench()
        var path: String { bench.folder }
        init() throws { try FileManager.default.createDirectory(atPath: bench.folder, withIntermediateDirectories: true) }

        func put(_ octets: [UInt8], _ name: String) throws { try Data(octets).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        func answers() throws -> [Acknowledgement] {
            try JSONDecoder().decode([Acknowledgement].self, from: Data(contentsOf: URL(fileURLWithPath: "\(path)/\(BatchFiles.answers)")))
        }
    }

    private func take(_ stick: Stick, into store: CentralStore) async throws -> [BatchFiles.Line] {
        try await BatchFiles([stick.path]).take { batch, _ async throws(StoreError) in
            try await store.ingest(batch, at: noon).acknowledgement
        }
    }

    private func kiosk(_ name: String, visits: Int, epoch: UInt8 = 1) -> SampleKiosk {
        var kiosk = SampleKiosk(name, epoch: epoch)
        for ticket in 1...visits { kiosk.visit(ticket) }
        return kiosk
    }

    @Test func filesInAnyOrderAreTakenAndAnsweredOncePerChain() async throws {
        let (bench, stick) = (Bench(), try Stick())
        let store = try await bench.open()
        let (first, second) = (kiosk("k1", visits: 4), kiosk("k2", visits: 1, epoch: 2))
        // By their names the last come first.
        for (name, range) in [("c", 1...4), ("b", 5...8), ("a", 9...12)] { try stick.put(first.batch(range).octets, "\(name).anjb") }
        try stick.put(second.whole.octets, "d.anjb")
        try stick.put([1, 2, 3], "readme.txt")
        let lines = try await take(stick, into: store)
        #expect(lines.map(\.trouble) == [nil, nil, nil, nil])
        #expect(lines.map(\.entries) == [4, 4, 4, 3])
        #expect(try bench.entries(of: first.name) == first.entries.map(\.octets))
        let answers = try stick.answers()
        #expect(answers.map(\.position) == [first.head, second.head])
        let counts = try await store.counts()
        let again = try await take(stick, into: store)
        #expect(again.map(\.trouble) == [nil, nil, nil, nil], "as often as wanted")
        #expect(try await store.counts() == counts)
        #expect(try bench.count("entries") == 15)
    }

    @Test func aDamagedFileHoldsUpNoOtherAndWhatFollowsItIsAGap() async throws {
        let (bench, stick) = (Bench(), try Stick())
        let store = try await bench.open()
        let kiosk = kiosk("k1", visits: 3)
        try stick.put(kiosk.batch(1...3).octets, "1.anjb")
        try stick.put(Array(kiosk.batch(4...6).octets.dropLast(10)), "2.anjb")
        try stick.put(kiosk.batch(7...9).octets, "3.anjb")
        try stick.put([UInt8](repeating: 0, count: Batch.readLimit + 1), "4.anjb")
        let lines = try await take(stick, into: store)
        #expect(lines[0].trouble == nil)
        #expect(lines[1].trouble?.contains("breaks off") == true, "\(lines[1])")
        #expect(lines[2].trouble?.contains("gap") == true, "\(lines[2])")
        #expect(lines[3].trouble?.contains("larger than any batch") == true, "\(lines[3])")
        #expect(try stick.answers().map(\.upto) == [3])
        try stick.put(kiosk.batch(4...6).octets, "2.anjb")
        #expect(try await take(stick, into: store).prefix(3).map(\.trouble) == [nil, nil, nil])
        #expect(try stick.answers().map(\.position) == [kiosk.head])
    }

    @Test func entriesOfAnotherJournalAreKeptApart() async throws {
        let (bench, stick) = (Bench(), try Stick())
        let store = try await bench.open()
        let (mine, other) = (kiosk("k1", visits: 1), kiosk("k2", visits: 1))
        try stick.put(mine.batch(other.entries.map(\.octets)).octets, "1.anjb")
        let lines = try await take(stick, into: store)
        #expect(lines[0].trouble?.hasPrefix("foreign") == true, "\(lines)")
        #expect(try bench.count("entries") == 0)
        #expect(try bench.quarantined().count == 3)
    }

    @Test func aFolderWithoutFilesAndAMissingOneAreErrors() throws {
        let stick = try Stick()
        for place in [stick.path, stick.path + "/none"] { #expect(throws: StoreError.self) { try BatchFiles([place]) } }
    }

    @Test func theProgramImportsIntoAStoreAndIntoARunningCentre() async throws {
        let (bench, stick) = (Bench(), try Stick())
        let kiosk = kiosk("k1", visits: 2)
        try stick.put(kiosk.batch(1...3).octets, "1.anjb")
        let direct = try CentreProcess.run(["import", stick.path, "--store", bench.folder])
        #expect(direct.status == 0, "\(direct.errors)")
        #expect(direct.output.contains("1.anjb: 3 entries, stored up to 3"), "\(direct.output)")

        let centre = try CentreProcess(store: bench.folder)
        try stick.put(kiosk.batch(4...6).octets, "2.anjb")
        let owned = try CentreProcess.run(["import", stick.path, "--store", bench.folder])
        #expect(owned.status == 1)
        #expect(owned.errors.contains("--to http://127.0.0.1:7072/"), "\(owned.errors)")
        let through = try CentreProcess.run(["import", stick.path, "--to", "http://\(centre.address)/"])
        #expect(through.status == 0, "\(through.errors) \(through.output)")
        #expect(try stick.answers().map(\.position) == [kiosk.head])
        try stick.put([9], "3.anjb")
        let damaged = try CentreProcess.run(["import", stick.path, "--to", "http://\(centre.address)/"])
        #expect(damaged.status == 1)
        #expect(damaged.output.contains("3.anjb: NOT TAKEN"), "\(damaged.output)")
        #expect(centre.stop() == 0)
    }
}
