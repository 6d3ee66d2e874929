import DeviceEmulators
import DeviceLayer
import Foundation
import PrintBench
import Testing

/// `anjungan reader` as a technician uses it: the program asks this process, which has an emulated reader.
@Suite(.timeLimit(.minutes(5))) struct ReaderCommandTests {
    static let identifier: [UInt8] = [0x04, 0xA2, 0x3B, 0x11, 0x5C, 0x80, 0x01]
    static let tag = TagCard(ContactlessTraits(identifier: identifier))

    struct Bench: Sendable {
        let model: ReaderModel
        let socket: String

        /// `anjungan reader …`
        func reader(_ arguments: String..., input: String = "") async throws -> PrinterBench.Outcome {
            let process = try PrinterBench.program(["reader", arguments[0], "--socket", socket] + arguments.dropFirst())
            return try await PrinterBench.outcome(of: process, input: Array(input.utf8))
        }
    }

    static func with(_ card: (any EmulatedCard)? = nil, _ body: @Sendable (Bench) async throws -> Void) async throws {
        let folder = "/tmp/reader-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = ReaderModel(name: "meja")
        let readers = CardReaders([model], logger: BenchPrinter.logger)
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        let server = ControlServer(
            path: "\(folder)/control.sock", program: "test", control: DeviceControl(readers: readers), logger: BenchPrinter.logger,
            onListening: { listens.finish() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await readers.run() }
            group.addTask {
                do { try await server.run() } catch is CancellationError {}
            }
            defer { group.cancelAll() }
            for await _ in listening {}
            if let card { model.insert(card) }
            for await event in readers.events() {
                if card == nil, case .status(let status) = event, status.condition == nil { break }
                if case .card = event { break }
            }
            try await body(Bench(model: model, socket: "\(folder)/control.sock"))
        }
    }

    @Test func listNamesReadersAndWhatTheyHoldButNoCardsNumber() async throws {
        try await Self.with(Self.tag) { bench in
            let listed = try await bench.reader("list")
            #expect(listed.status == 0 && listed.complained == "", "\(listed)")
            #expect(listed.said.contains("meja") && listed.said.contains("siap") && listed.said.contains("slot 0: kartu siap"))
            #expect(!listed.said.contains("04A23B"))
            let json = try await bench.reader("list", "--json")
            let readers = try #require(try JSONSerialization.jsonObject(with: Data(json.said.utf8)) as? [[String: Any]])
            #expect(readers.map { $0["name"] as? String } == ["meja"])
            #expect((readers[0]["slots"] as? [[String: Any]])?.first?["state"] as? String == "ready")
        }
    }

    @Test func theAnswerToResetIsExplainedOctetForOctet() async throws {
        try await Self.with(Self.tag) { bench in
            let explained = try await bench.reader("atr", "--lang", "en")
            #expect(explained.status == 0, "\(explained)")
            for word in ["TS   3B  direct convention", "historical bytes", "TCK", "Protocols: T=0, T=1"] {
                #expect(explained.said.contains(word), "\(word): \(explained.said)")
            }
            // A card with contacts, as ISO/IEC 7816-3 has it; no reader is needed.
            let given = try await bench.reader("atr", "--lang", "en", "--hex", "3B 95 95 40 FF AE 01 0E 03 00")
            #expect(given.status == 0 && given.said.contains("TA1  95  fastest rate F=512 D=16"), "\(given)")
            let wrong = try await bench.reader("atr", "--hex", "3C 00")
            #expect(wrong.status == 64 && wrong.complained.contains("begins with neither 3B nor 3F"), "\(wrong)")
        }
    }

    @Test func theNumberOfACardIsShownOnlyWhenItIsAskedFor() async throws {
        try await Self.with(Self.tag) { bench in
            let shown = try await bench.reader("uid")
            #expect(shown.status == 0 && shown.said.hasPrefix("04A23B115C8001\n"), "\(shown)")
            #expect(shown.said.contains("bukan bukti"))
            bench.model.insert(TagCard(ContactlessTraits(identifier: [0x08, 1, 2, 3])))
            let random = try await bench.reader("uid", "--json")
            let object = try JSONSerialization.jsonObject(with: Data(random.said.utf8)) as? [String: Any]
            #expect(object?["random"] as? Bool == true, "\(random)")
        }
    }

    @Test func commandsComeFromTheArgumentsOrFromStandardInput() async throws {
        try await Self.with(Self.tag) { bench in
            let one = try await bench.reader("apdu", "--lang", "en", "FF", "CA", "00", "00", "00")
            #expect(one.status == 0, "\(one)")
            #expect(one.said == "> FF CA 00 00 00\n< 04 A2 3B 11 5C 80 01  9000  done\n")
            let many = try await bench.reader("apdu", "--json", input: "# pilih\n00A4040000\n\n00B0000000\n")
            #expect(many.status == 1, "not carried out: \(many)")
            let lines = many.said.split(separator: "\n")
            #expect(
                lines.count == 2 && lines[0].contains(#""command":"00A4040000""#) && lines[0].contains(#""meaning":"INS tidak dikenal""#))
            for wrong in ["00 A4 0", "XX", "00A4"] {
                let refused = try await bench.reader("apdu", wrong)
                #expect(refused.status == 64, "\(refused)")
            }
        }
    }

    @Test func identifySaysWhatTheReaderIs() async throws {
        try await Self.with { bench in
            let identified = try await bench.reader("identify", "meja", "--lang", "en")
            #expect(identified.status == 0 && identified.said.contains("ANJUNGAN Emulated reader"), "\(identified)")
        }
    }

    @Test func whatCannotBeDoneHasACauseAndANextAction() async throws {
        try await Self.with { bench in
            let stranger = try await bench.reader("atr", "lain", "--lang", "en")
            #expect(stranger.status == 1)
            #expect(stranger.complained.contains("there is no reader “lain” among meja\nSee the devices' names"), "\(stranger)")
            let empty = try await bench.reader("apdu", "FFCA000000")
            #expect(empty.status == 1 && empty.complained.contains("Masukkan atau tempelkan kartu"), "\(empty)")
        }
    }

    @Test func watchTellsOfCardsUntilTheDeviceLayerEnds() async throws {
        try await Self.with { bench in
            let process = try PrinterBench.program(["reader", "watch", "--socket", bench.socket, "--json"])
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            defer {
                process.terminate()
                process.waitUntilExit()
            }
            var lines = LineReader(pipe)
            #expect(await lines.next()?.contains(#""event":"status""#) == true)
            bench.model.insert(Self.tag)
            var line = await lines.next()
            while let text = line, !text.contains(#""event":"card""#) { line = await lines.next() }
            #expect(line?.contains(#""contactless":true"#) == true && line?.contains("04A23B") == false)
        }
    }
}
