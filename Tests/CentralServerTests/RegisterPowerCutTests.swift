import Enrolment
import Foundation
import GRDB
import KioskCore
import PowerCuts
import Secrets
import SeededRandomness
import Testing

@testable import CentralServer

/// The power goes while a centre's registers or backups are written, as in ``PowerCutTests`` while it takes in entries.
///
/// `ANJUNGAN_CUTS=2000` looks at more of them, `ANJUNGAN_SEED=…` repeats a choice.
@Suite(.serialized, .timeLimit(.minutes(60))) struct RegisterPowerCutTests {
    private static let cuts = ProcessInfo.processInfo.environment["ANJUNGAN_CUTS"].flatMap(Int.init) ?? 100
    private static let writer = URL(fileURLWithPath: CentreProcess.executable).deletingLastPathComponent()
        .appendingPathComponent("centre-writer").path

    /// Runs the writer to its end in a new folder, and proves that the record of it is complete. Returns that, and all that it said.
    private func record(_ mode: String, _ count: Int) throws -> (log: DiskLog, lines: [String]) {
        let (bench, aside) = (Bench(), Bench())
        for folder in [bench.folder, aside.folder] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: Self.writer)
        process.arguments = [mode, bench.folder, "\(count)"]
        process.environment = DiskRecorder.environment(folder: bench.folder, log: "\(aside.folder)/log")
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        let log = try DiskLog(contentsOf: URL(fileURLWithPath: "\(aside.folder)/log"))
        for (path, octets) in log.outcome() where !path.hasSuffix("-shm") {
            let stored = try Data(contentsOf: URL(fileURLWithPath: "\(bench.folder)/\(path)"))
            #expect([UInt8](stored) == octets, "the record must lead to what is on the disk: \(path)")
        }
        return (log, said.split(separator: "\n").map(String.init))
    }

    /// Looks at some power cuts of a run; what is wrong is said with its cut.
    private func faults(
        _ name: String, _ log: DiskLog, cuts: Int = cuts, _ look: (PowerCut, String) async throws -> [String]
    ) async throws -> [String] {
        let (generator, seed) = SeededGenerator.announced("\(name), \(cuts) power cuts")
        var faults: [String] = []
        for cut in PowerCuts(cuts, of: log, using: generator) {
            let bench = Bench()
            try cut.write(to: bench.folder)
            let found: [String]
            do { found = try await look(cut, bench.folder) } catch { found = ["refused: \(error)"] }
            faults += found.map { "\($0): \(cut), seed \(seed)" }
        }
        return faults
    }

    /// What is there is what was said, or that and the next thing, which was done and not said yet.
    private func isPromised<State: Equatable>(_ found: State, _ cut: PowerCut, _ lines: [String], _ state: ([String]) -> State) -> Bool {
        let said = cut.lines.count
        return [said, min(said + 1, lines.count)].contains { found == state(Array(lines[..<$0])) }
    }

    // MARK: - Kiosks

    private struct Enrolments: Equatable {
        var codes: Set<String> = []
        /// By serial: whose, and whether it counts.
        var certificates: [String: String] = [:]

        init() {}

        init(_ lines: [String]) {
            for words in lines.map({ $0.split(separator: " ").map(String.init) }) {
                switch words[0] {
                case "code": codes.insert(words[1])
                case "enrolled":
                    end(words[1], "replaced")
                    certificates[words[2]] = "\(words[1]) issued"
                case "renewed": certificates[words[2]] = "\(words[1]) issued"
                default: end(words[1], "revoked")
                }
            }
        }

        private mutating func end(_ name: String, _ how: String) {
            for (serial, state) in certificates where state == "\(name) issued" { certificates[serial] = "\(name) \(how)" }
        }
    }

    @Test func whoIsEnrolledReplacedOrRevokedOutlivesAPowerCut() async throws {
        let (log, lines) = try record("register", 12)
        func look(_ cut: PowerCut, _ folder: String) async throws -> [String] {
            let register = try await DeviceRegister.open(directory: folder, now: noon)
            let key = register.authority.certificate
            let (found, isOurs) = try await register.read { database in
                var found = Enrolments()
                for row in try Row.fetchAll(database, sql: "SELECT id FROM codes") {
                    found.codes.insert((row["id"] as Data).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
                }
                var isOurs = true
                for row in try Row.fetchAll(database, sql: "SELECT * FROM certificates") {
                    let state = row["revoked"] as Int64? == nil ? "issued" : row["replaced"] ? "replaced" : "revoked"
                    found.certificates[row["serial"]] = "\(row["site"] as String)/\(row["kiosk"] as String) \(state)"
                    isOurs = try key.signed(DeviceCertificate(der: [UInt8](row["der"] as Data))) && isOurs
                }
                return (found, isOurs)
            }
            return (isPromised(found, cut, lines, Enrolments.init) ? [] : ["not what was said: \(found)"])
                + (isOurs ? [] : ["the authority is another one"])
        }
        #expect(try await faults("register of kiosks", log) { try await look($0, $1) } == [])
        // The test can fail: on a disk that only says that it has synced, promises are lost.
        #expect(try await faults("register on a disk that lies", log.ignoring(\.isSync), cuts: 40) { try await look($0, $1) } != [])
    }

    // MARK: - Cards

    @Test func whoseACardIsOutlivesAPowerCutAlsoWhileTheKeyIsRenewed() async throws {
        let (log, lines) = try record("cards", 9)
        let site = try #require(SiteID("pekanbaru"))
        func holders(_ lines: [String]) -> [String: String] {
            lines.map { $0.split(separator: " ").map(String.init) }.reduce(into: [:]) { cards, words in
                switch words[0] {
                case "card": cards[words[1]] = words[2]
                case "removed": cards[words[1]] = nil
                default: break
                }
            }
        }
        let numbers = Set(lines.filter { $0.hasPrefix("card ") }.map { $0.split(separator: " ")[1] })
        func look(_ cut: PowerCut, _ folder: String) async throws -> [String] {
            let register = try await CardRegister.open(directory: folder)
            var found: [String: String] = [:]
            for number in numbers {
                let octets = stride(from: 0, to: number.count, by: 2).compactMap { UInt8(number.dropFirst($0).prefix(2), radix: 16) }
                let nik = try await register.resident(of: Secret(octets), at: site)
                found[String(number)] = nik.map { $0.withBytes { String(decoding: $0, as: UTF8.self) } }
            }
            return isPromised(found, cut, lines, holders) ? [] : ["not what was said: \(found.keys.sorted())"]
        }
        #expect(try await faults("register of cards", log) { try await look($0, $1) } == [])
        #expect(try await faults("cards on a disk that lies", log.ignoring(\.isSync), cuts: 40) { try await look($0, $1) } != [])
    }

    // MARK: - Backups

    @Test func aBackupWithANameIsWholeAndNothingIsSafeWithoutOne() async throws {
        let (log, lines) = try record("backup", 9)
        func look(_ cut: PowerCut, _ folder: String) async throws -> [String] {
            var faults: [String] = []
            let copies = "\(folder)/copies"
            let names = cut.files.keys.filter { $0.hasPrefix("copies/") && $0.hasSuffix(".sqlite") }.map { String($0.dropFirst(7)) }
            var inCopies = 0
            for name in names {
                // As it is restored: into a folder of its own, and started.
                let bench = Bench()
                try FileManager.default.createDirectory(atPath: bench.folder, withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: "\(copies)/\(name)", toPath: bench.database)
                try await bench.open().close()
                let entries = try bench.count("entries")
                inCopies = max(inCopies, entries)
                if !lines.contains("copied \(name) \(entries)") { faults.append("\(name) has \(entries) entries") }
                if try bench.count("restores") != 1 { faults.append("\(name) does not say that it is a copy") }
            }
            for line in cut.lines where line.hasPrefix("copied ") && !names.contains(String(line.split(separator: " ")[1])) {
                faults.append("\(line), and is gone")
            }
            let promised = cut.lines.last { $0.hasPrefix("entered ") }.flatMap { Int($0.dropFirst(8)) } ?? 0
            let store = try await CentralStore.open(directory: "\(folder)/store")
            try await store.close()
            let queue = try DatabaseQueue(path: "\(folder)/store/centre.sqlite")
            let (stored, safe) = try await queue.read { database in
                (
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM entries") ?? 0,
                    try Int.fetchOne(database, sql: "SELECT max(upto) FROM safe") ?? 0
                )
            }
            if stored < promised { faults.append("\(promised) entries were taken, \(stored) are there") }
            if safe > inCopies { faults.append("\(safe) entries are called safe, the backups have \(inCopies)") }
            return faults
        }
        #expect(try await faults("backups", log) { try await look($0, $1) } == [])
        let lying = try await faults("backups on a disk that lies", log.ignoring(\.isSync), cuts: 40) { try await look($0, $1) }
        #expect(lying != [])
        // A name that was given before the copy was on the disk would stand for a torn one.
        let hasty = log.ignoring { $0.isSync && !$0.isSyncOfFolder }
        #expect(try await faults("backups whose files are not synced", hasty, cuts: 40) { try await look($0, $1) } != [])
    }
}
