import Conditions
import Foundation
import Logging
import ResidentCardVerification
import Secrets
import Testing
import VerifierContract

/// A real program behind the port, that keeps the contract or breaks it.
@Suite(.timeLimit(.minutes(2))) struct VerifierProgramTests {
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    static let nik = "1471114101900001"

    static func next(_ events: inout AsyncStream<VerifierEvent>.AsyncIterator) async -> VerifierEvent? {
        await events.next(isolation: #isolation)
    }

    static func expect(_ event: VerifierEvent, _ events: inout AsyncStream<VerifierEvent>.AsyncIterator) async {
        let next = await next(&events)
        #expect(next == event)
    }

    /// Runs a program with some arguments and lends what it tells.
    static func with(
        _ arguments: [String],
        _ body: @Sendable (VerifierProgram, inout AsyncStream<VerifierEvent>.AsyncIterator) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let verifier = VerifierProgram(["\(folder)/emulated-verifier"] + arguments, logger: logger)
        var events = verifier.events().makeAsyncIterator()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await verifier.run() }
            try await body(verifier, &events)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func aVerifiedNumberArrivesForTheVisitThatAsked() async throws {
        try await Self.with(["--nik", Self.nik]) { verifier, events in
            await Self.expect(.status(VerifierStatus(condition: nil, detail: "emulated 1.0")), &events)
            verifier.want(7)
            await Self.expect(.result(visit: 7, nik: Secret(Self.nik.utf8)), &events)
            verifier.want(nil)
            verifier.want(8)
            await Self.expect(.result(visit: 8, nik: Secret(Self.nik.utf8)), &events)
        }
    }

    /// Cancelled, not only shut down; and it holds nothing open that is its starter's.
    @Test func aProgramEndsWithWhoStartedIt() async throws {
        let own = open("/dev/null", O_RDONLY)
        defer { close(own) }
        let mark = "/nowhere/\(UUID().uuidString)"
        try await Self.with(["--nik", Self.nik, "--fault", "none", "--once", mark]) { _, events in
            await Self.expect(.status(VerifierStatus(condition: nil, detail: "emulated 1.0")), &events)
            let process = try #require(Self.process(with: mark))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").sorted() == ["0", "1", "2"])
        }
        while Self.process(with: mark) != nil { await Task.yield() }
    }

    /// The process that has this among its arguments.
    private static func process(with argument: String) -> Int? {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int($0) } ?? []
        return processes.first { process in
            FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
                .map { String(decoding: $0, as: UTF8.self).split(separator: "\0").contains { $0 == argument } } ?? false
        }
    }

    @Test func aProgramThatIsNotReadySaysWhy() async throws {
        try await Self.with(["--fault", "unready"]) { _, events in
            await Self.expect(.status(VerifierStatus(condition: .verifierUnready, detail: "emulated 1.0: SAM is missing")), &events)
        }
    }

    /// It is started again after a second, and then does what it was asked for.
    @Test(arguments: ["crash", "garbage", "endless", "other", "double"])
    func aProgramThatBreaksTheContractIsStartedAgain(_ fault: String) async throws {
        let mark = FileManager.default.temporaryDirectory.appendingPathComponent("verifier-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: mark) }
        try await Self.with(["--nik", Self.nik, "--fault", fault, "--once", mark]) { verifier, events in
            verifier.want(7)
            var results = 0
            var wasAway = false
            while !(wasAway && results > 0), let event = await Self.next(&events) {
                switch event {
                case .status(let status): wasAway = wasAway || status.condition == .verifierAway
                case .result(_, let nik):
                    #expect(nik == Secret(Self.nik.utf8))
                    results += 1
                }
            }
            #expect(wasAway && results > 0)
        }
    }

    @Test func aProgramThatIsNotThereIsAState() async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let verifier = VerifierProgram(["/nowhere/verifier"], logger: logger)
        var events = verifier.events().makeAsyncIterator()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await verifier.run() }
            guard case .status(let status) = await Self.next(&events) else {
                Issue.record("no status")
                return
            }
            #expect(status.condition == .verifierAway && status.detail.contains("/nowhere/verifier cannot be started"))
            group.cancelAll()
        }
    }

    /// The suite for vendors accepts a program that keeps the contract, and names what another breaks.
    @Test(arguments: [("", 0), ("silent", 1), ("garbage", 1), ("other", 1), ("deaf", 1)])
    func theConformanceSuiteTellsOneFromTheOther(_ fault: String, _ status: Int) async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "\(Self.folder)/verifier-conformance")
        process.arguments = ["\(Self.folder)/emulated-verifier"] + (fault.isEmpty ? [] : ["--fault", fault])
        process.standardOutput = output
        try process.run()
        let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == CInt(status), "\(words)")
        #expect(words.contains(status == 0 ? "every check held" : "FAIL"), "\(words)")
    }
}
