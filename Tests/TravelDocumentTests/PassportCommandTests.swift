import DeviceEmulators
import DeviceLayer
import Foundation
import Logging
import Subprocess
import SystemPackage
import Testing

/// `anjungan reader passport` as a technician runs it, at a device layer that has an emulated reader.
@Suite(.timeLimit(.minutes(5))) struct PassportCommandTests {
    static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../.build/debug/anjungan-full")
        .path

    struct Bench: Sendable {
        let reader: ReaderModel
        let socket: String

        func passport(_ typed: String, _ arguments: String...) async throws -> (status: TerminationStatus, lines: [String]) {
            let result = try await Subprocess.run(
                .path(FilePath(PassportCommandTests.program)),
                arguments: Arguments(["reader", "passport", "--socket", socket, "--lang", "en"] + arguments),
                input: .string(typed), output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            let text = result.standardOutput + result.standardError
            return (result.terminationStatus, text.split(separator: "\n").map(String.init))
        }
    }

    static func with(_ folder: String, _ body: @Sendable (Bench) async throws -> Void) async throws {
        let model = ReaderModel(name: "meja")
        let logger = Logger(label: "passport") { _ in SwiftLogNoOpLogHandler() }
        let readers = CardReaders([model], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (listening, listens) = AsyncStream.makeStream(of: Void.self)
            let server = ControlServer(
                path: "\(folder)/control.sock", program: "test", control: DeviceControl(readers: readers), logger: logger,
                onListening: { listens.finish() })
            group.addTask { try await readers.run() }
            group.addTask {
                do { try await server.run() } catch is CancellationError {}
            }
            defer { group.cancelAll() }
            for await _ in listening {}
            for await event in readers.events() {
                if case .status(let status) = event, status.condition == nil { break }
            }
            try await body(Bench(reader: model, socket: "\(folder)/control.sock"))
        }
    }

    /// Until the card that was laid down can be spoken to.
    static func lay(_ card: DocumentCard, _ bench: Bench) async throws {
        try await ControlClient(path: bench.socket).connected { session in
            let events = try await session.events()
            bench.reader.insert(card)
            for await event in events { if case .card = event { return } }
        }
    }

    @Test func whatIsProvedIsSaidAndWhatIsPersonalIsMasked() async throws {
        try await Country.found { country in
            let document = try await country.issue()
            let trusted = "\(country.folder)/trusted"
            try FileManager.default.createDirectory(atPath: trusted, withIntermediateDirectories: false)
            try country.write(try country.read("csca.pem"), "trusted/csca.pem")
            try await Self.with(country.folder) { bench in
                try await Self.lay(try document.card(), bench)
                let verified = try await bench.passport(document.printed, "--authorities", trusted, "--portrait")
                #expect(verified.status == .exited(0) && verified.lines.first == "VERIFIED", "\(verified.lines)")
                #expect(
                    verified.lines.contains("Document: P UTO  ••••••2C3") && verified.lines.contains("Name: E•••••••"), "\(verified.lines)")
                #expect(verified.lines.contains("Portrait: jpeg, 48 × 64, \(DrawnPortrait.image.count) B"))

                // Typed by hand, and without anybody who is trusted.
                let typed = try await bench.passport("L898902C3 740812 120415\n", "--json")
                #expect(typed.status == .exited(1) && typed.lines.count == 1)
                #expect(typed.lines[0].contains(#""code":"noAuthority""#) && typed.lines[0].contains(#""result":"readNotVerified""#))

                let wrong = try await bench.passport("L898902C4 740812 120415\n")
                #expect(wrong.status == .exited(1) && wrong.lines.first == "REFUSED", "\(wrong.lines)")
                for line in verified.lines + typed.lines + wrong.lines {
                    #expect(!line.contains("ERIKSSON") && !line.contains("L898902C") && !line.contains("740812"), "\(line)")
                }

                for (input, arguments) in [("", []), ("nonsense", []), (document.printed, ["--authorities", "/nowhere"])] {
                    let misused = try await bench.passport(input, arguments.first ?? "--json", arguments.last ?? "--json")
                    #expect(misused.status == .exited(64), "\(misused.lines)")
                }
                bench.reader.remove()
            }
        }
    }
}
