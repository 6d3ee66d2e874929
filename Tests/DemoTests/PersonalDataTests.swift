import CUPSPrinting
import Foundation
import Journal
import KioskCore
import KioskRuntime
import Secrets
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// After visits with a NIK nothing personal is left in whatever the kiosk's programs have written: journal and its log, the spool and
/// logs of CUPS, the browser's profile, the centre's store, and the memory of them all, as a core file would have it.
/// See `Tests/Support/PersonalData/search.py`.
///
/// `ANJUNGAN_VISITS=1000` makes more visits.
extension DemoTests {
    /// No screen asks for a name; when one does, this search has to learn it.
    @Test func aNIKIsAllThatAServiceAsksFor() {
        #expect(KioskCore.Service.Identification.allCases == [.none, .nik])
    }

    @Test(.timeLimit(.minutes(60))) func nothingPersonalIsLeftInAnyFileOrMemory() async throws {
        let visits = ProcessInfo.processInfo.environment["ANJUNGAN_VISITS"].flatMap(Int.init) ?? 30
        // By the rules of the NIK, and nobody's: there is no district 99.
        let niks = (1...max(4, visits)).map { serial in "147199451290" + String("000\(serial)".suffix(4)) }
        let tray = Mutex(Tray())
        try await DemoProcess.run(["--speed", "2000", "--no-stock"]) { demo in
            let trace = PersonalData(folder: demo.folder, niks: niks)
            try FileManager.default.createDirectory(atPath: trace.cores, withIntermediateDirectories: false)
            try await trace.browse(demo, niks.prefix(3))
            for nik in niks.dropFirst(3) {
                let script = VisitScript(service: PersonalData.service, nik: Secret(nik.utf8), reply: .leave)
                let report = try await VisitRunner(client: demo.screen).visit(script, patience: .seconds(60))
                #expect(report.ending.outcome == .printed)
            }
            try await Paper.get("paper.json", of: demo).write(to: URL(fileURLWithPath: "\(demo.folder)/paper.json"))
            let sheets = try await Paper.read(demo).sheets
            #expect(sheets.count { $0.text.contains("Berlaku") } >= niks.count, "what was searched was printed")
            let pictures = try await Tray.read(demo)
            tray.withLock { $0 = pictures }
            for program in ["run", "emulate", "cupsd", "central"] { try await trace.dump(try demo.pid(of: program), program) }
            let scheduler = PrivateScheduler(directory: "\(demo.folder)/cups", deviceSocket: "", backend: "")
            let left = try await trace.found(in: [demo.folder, scheduler.spool])
            #expect(left == [], "while everything runs")

            // The search can fail: while a NIK is typed it is in the kiosk's memory, and is found there.
            let kiosk = try demo.pid(of: "run")
            try await demo.withTypedNIK(niks[0]) { try await trace.dump(kiosk, "typed") }
            let typed = try await trace.found(in: [trace.core("typed")])
            #expect(typed.contains { $0.contains("as text") }, "\(typed)")
            try FileManager.default.removeItem(atPath: trace.core("typed"))
            try await demo.untilTheScreenShows(.greeting)
            try await trace.dump(kiosk, "run")
            let leftInTheMiddle = try await trace.found(in: [trace.core("run")])
            #expect(leftInTheMiddle == [], "after somebody left in the middle")
        } afterwards: { demo in
            let left = try await PersonalData(folder: demo.folder, niks: niks).found(in: [demo.folder])
            #expect(left == [], "after the end")
            let journal = try await Journal.open(
                directory: "\(demo.folder)/kiosk/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, zone: .jakarta,
                recipient: nil)
            let tickets = try await tickets(of: journal).map(\.ticket)
            try await journal.close()
            let pictures = tray.withLock { $0 }
            #expect(pictures.pictures.count >= min(niks.count, 30))
            #expect(try pictures.unexplained(by: tickets, model: "emulated-80", site: "pekanbaru") == [])
        }
    }

    /// The search itself: it finds a number in each of its disguises.
    @Test(.timeLimit(.minutes(5))) func theSearchFindsWhatIsPlanted() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("planted-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let nik = "1471994512900007"
        let grouped = "NIK 1471 9945 1290 0007"
        let json = Data(#"{"a":"b","nik":"\#(nik)","c":[1,2,3]}"#.utf8)
        let digits = nik.utf8.map { $0 - 0x30 }
        let plants: [String: Data] = [
            "text": Data("\u{1B}@Nama\n\(nik)\n".utf8), "grouped": Data(grouped.utf8),
            "utf16": try #require(nik.data(using: .utf16BigEndian)),
            "base64": Data(json.base64EncodedString().utf8), "hex": Data(json.map { String(format: "%02X", $0) }.joined().utf8),
            "octets": Data([7, 7] + digits), "words": Data(digits.flatMap { [$0] + [UInt8](repeating: 0, count: 7) }),
            "number": withUnsafeBytes(of: UInt64(nik)!.littleEndian) { Data($0) },
        ]
        for (name, octets) in plants {
            try (Data(repeating: 0xA5, count: 1000) + octets + Data(repeating: 0x5A, count: 10)).write(
                to: folder.appendingPathComponent(name))
        }
        let search = PersonalData(folder: folder.path, niks: [nik])
        for name in plants.keys {
            let hits = try await search.found(in: [folder.appendingPathComponent(name).path])
            #expect(!hits.isEmpty, "\(name) is overlooked")
        }
        try await search.plantPacked(json, at: "\(folder.path)/packed")
        let packed = try await search.found(in: ["\(folder.path)/packed"])
        #expect(packed.contains { $0.contains("unpacked from") })
        try Data("a NIK has 16 digits, such as 1471994612900007".utf8).write(to: folder.appendingPathComponent("innocent"))
        let innocent = try await search.found(in: ["\(folder.path)/innocent"])
        #expect(innocent == [])
    }
}

/// Where numbers could be left, and the search for them.
struct PersonalData: Sendable {
    static let service = ServiceKey("disdukcapil/kartu-keluarga")!
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let script = "\(root)/Tests/Support/PersonalData/search.py"

    let folder: String
    let niks: [String]
    /// What else is looked for: `card OCTETS`, `name TEXT`.
    var others: [String] = []
    var cores: String { "\(folder)/cores" }
    func core(_ name: String) -> String { "\(cores)/\(name).core" }

    /// Runs a Python script. The numbers are typed to it: they stand in no list of processes.
    private func python(_ arguments: [String], typing numbers: some Sequence<String>) async throws -> (
        status: TerminationStatus, words: String
    ) {
        let result = try await Subprocess.run(
            .path(FilePath("\(Self.root)/.build/venv/bin/python")), arguments: Arguments(["-B"] + arguments),
            input: .string(numbers.joined(separator: "\n")), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput + result.standardError)
    }

    /// Visits by touch in Chromium, whose profile and memory are left in the folder.
    func browse(_ demo: DemoProcess, _ niks: some Sequence<String>) async throws {
        let (status, words) = try await python(
            [
                "\(Self.root)/Tests/Browser/visitors.py", "--screen", "http://127.0.0.1:\(demo.screenPort)/", "--service",
                "\(Self.service)", "--profile", "\(folder)/profile", "--cores", cores,
            ], typing: niks)
        #expect(status == .exited(0), "\(words)")
    }

    func dump(_ pid: pid_t, _ name: String) async throws {
        let (status, words) = try await python([Self.script, "core", "\(pid)", core(name)], typing: [])
        #expect(status == .exited(0), "\(words)")
    }

    /// What was found below some paths, one line each.
    func found(in paths: [String]) async throws -> [String] {
        let (status, words) = try await python([Self.script, "find"] + paths, typing: niks + others)
        print(words)
        let lines = words.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("searched") }, "\(words)")
        let hits = lines.filter { $0.hasPrefix("FOUND") }
        #expect(status == .exited(hits.isEmpty ? 0 : 1), "\(words)")
        return hits
    }

    /// Writes some octets as gzip does, with others before them.
    func plantPacked(_ octets: Data, at path: String) async throws {
        let program = "import gzip, sys; open(sys.argv[1], 'wb').write(b'noise' + gzip.compress(sys.stdin.buffer.read()))"
        let (status, words) = try await python(["-c", program, path], typing: [String(decoding: octets, as: UTF8.self)])
        #expect(status == .exited(0), "\(words)")
    }
}

extension DemoProcess {
    /// Goes up to where a typed NIK waits to be confirmed, and leaves in the middle after `body`.
    func withTypedNIK(_ nik: String, _ body: @Sendable () async throws -> Void) async throws {
        try await screen.converse { screens, say in
            var script = VisitScript(service: PersonalData.service, nik: Secret(nik.utf8), reply: .leave)
            for try await message in screens {
                let here = { PageMessage(visit: VisitID(message.visit), revision: message.revision, $0) }
                if message.screen.kind == .confirm {
                    try await body()
                    return try await say(here(.touch(.cancel)))
                }
                if case .say(let content) = script.shown(message) { try await say(here(content)) }
            }
            throw NotStarted(description: "the kiosk closed the connection before a NIK was typed")
        }
    }
}
