import Foundation
import PrintBench
import Testing

/// The filter as cupsd runs it: what one document may cost.
@Suite(.timeLimit(.minutes(15))) struct FilterTests {
    /// A folder with a queue's PPD, a document and, where a test wants one, a `pdftoppm` of its own.
    final class Bench {
        let folder = FileManager.default.temporaryDirectory.appending(path: "filter-\(UUID().uuidString.prefix(8))")

        init(_ document: [UInt8], pageMaker: String? = nil) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("*AnjunganModel: \"emulated-80\"\n".utf8).write(to: folder.appending(path: "queue.ppd"))
            try Data(document).write(to: folder.appending(path: "document"))
            if let pageMaker {
                let program = folder.appending(path: "pdftoppm").path
                try Data("#!/bin/sh\n\(pageMaker)\n".utf8).write(to: URL(filePath: program))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            }
        }

        deinit { _ = try? FileManager.default.removeItem(at: folder) }

        /// - Parameters:
        ///   - limits: what the shell puts on the filter beforehand.
        ///   - seconds: how long pages may take.
        func start(_ type: String, limits: String = ":", seconds: Int = 2) throws -> Process {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            let words = ["1", "citizen", "title", "1", "", folder.appending(path: "document").path]
            process.arguments = ["-c", "\(limits); exec \"$0\" \"$@\"", try BuiltProgram.path("escpos-filter")] + words
            process.environment = [
                "PPD": folder.appending(path: "queue.ppd").path, "ANJUNGAN_DEVICES_DIR": root.appending(path: "Devices").path,
                "PATH": "\(folder.path):/usr/bin:/bin", "CONTENT_TYPE": type, "TMPDIR": folder.path, "FOLDER": folder.path,
                "ANJUNGAN_FILTER_SECONDS": "\(seconds)",
            ]
            for name in ["output", "errors"] { try Data().write(to: folder.appending(path: name)) }
            process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "output"))
            process.standardError = try FileHandle(forWritingTo: folder.appending(path: "errors"))
            try process.run()
            return process
        }

        func run(_ type: String, limits: String = ":", seconds: Int = 2) throws -> Int32 {
            let process = try start(type, limits: limits, seconds: seconds)
            process.waitUntilExit()
            return process.terminationStatus
        }

        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        }

        /// What the page maker says of itself, once it has.
        func pageMaker() async throws -> pid_t {
            while true {
                if let text = try? text("pid"), text.hasSuffix("\n"), let pid = pid_t(text.dropLast()) { return pid }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private static let pdf = PDF.pages(1, width: 204, height: 100, draw: "0 50 204 20 re f")
    private static let sleeper = "echo $$ > \"$FOLDER/pid\"; exec sleep 1000"

    @Test(arguments: [
        ("application/vnd.anjungan.receipt", "fine\n|\u{10FFFD}|\n=", "WARNING: line 2: missing-glyph: No installed font has U+10FFFD"),
        ("application/vnd.anjungan.receipt", "{option:code128,4}\n{code:ABCDEFGHIJ-KLMNOP-QR}", "WARNING: line 2: code-narrowed: "),
        ("text/plain", "one\ntwo\n\u{10FFFD}", "WARNING: line 3: missing-glyph"),
    ])
    func whatIsPrintedOtherwiseIsInTheSchedulersLog(_ type: String, _ document: String, _ line: String) throws {
        let bench = try Bench(Array(document.utf8))
        #expect(try bench.run(type) == 0)
        let errors = try bench.text("errors")
        #expect(errors.split(separator: "\n").contains { $0.hasPrefix(line) }, "\(errors)")
    }

    @Test func theFilterAndItsPageMakerHaveLimitsOfMemoryAndProcessor() throws {
        let bench = try Bench(Self.pdf, pageMaker: "{ ulimit -v; ulimit -t; } > \"$FOLDER/limits\"; exit 1")
        #expect(try bench.run("application/pdf") == 1)
        #expect(try bench.text("limits") == "524288\n60\n")
    }

    @Test func aFilterThatHasUsedUpItsTimeSaysSo() throws {
        let bench = try Bench(Self.longText)
        #expect(try bench.run("text/plain", limits: "ulimit -t 3") == 1)
        #expect(
            try bench.text("errors") == "ERROR: the document takes more than 60 s of the processor; print it in parts, or a simpler one\n")
        #expect(try bench.text("output") == "")
    }

    @Test func aFilterThatGetsNoMemorySaysSo() throws {
        let bench = try Bench(Self.longText)
        #expect(try bench.run("text/plain", limits: "ulimit -v 120000") == 1)
        #expect(try bench.text("errors").contains("ERROR: the filter broke off, most likely for want of memory"))
        #expect(try bench.text("output") == "")
    }

    @Test func aPageMakerThatHasUsedUpItsTimeIsNamed() throws {
        let bench = try Bench(Self.pdf, pageMaker: "while :; do :; done")
        #expect(try bench.run("application/pdf", limits: "ulimit -t 3", seconds: 600) == 1)
        #expect(try bench.text("errors").contains("more than 60 s of the processor"))
        #expect(try bench.text("output") == "")
    }

    /// Every letter is drawn.
    private static let longText = Array(String(repeating: "漢字仮名交じり文の例文です\n", count: 3900).utf8)

    @Test func pagesThatTakeTooLongAreGivenUpAndTheirMakerIsEnded() async throws {
        let bench = try Bench(Self.pdf, pageMaker: Self.sleeper)
        #expect(try bench.run("application/pdf") == 1)
        #expect(try bench.text("errors").contains("took too long"))
        let maker = try await bench.pageMaker()
        #expect(kill(maker, 0) != 0)
    }

    @Test func aFilterThatIsKilledLeavesNoPageMakerBehind() async throws {
        let bench = try Bench(Self.pdf, pageMaker: Self.sleeper)
        let filter = try bench.start("application/pdf")
        let maker = try await bench.pageMaker()
        kill(filter.processIdentifier, SIGKILL)
        filter.waitUntilExit()
        // It is gone, or waits for whoever inherits the dead.
        while let state = try? String(contentsOfFile: "/proc/\(maker)/stat", encoding: .utf8), !state.contains(") Z") {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func aDocumentOfTooManyPagesIsRefusedAndNotCutShort() throws {
        let bench = try Bench(PDF.pages(41, width: 204, height: 10, draw: "0 5 204 2 re f"))
        #expect(try bench.run("application/pdf") == 1)
        #expect(try bench.text("errors").contains("more than 40 pages"))
        #expect(try bench.text("output") == "")
    }

    @Test(arguments: [("\n", 100_000), ("a", 500_000), ("a", 2 << 20)]) func aTextOfKilometresIsRefused(_ letter: String, _ count: Int)
        throws
    {
        for type in ["text/plain", "application/vnd.anjungan.receipt"] {
            let bench = try Bench(Array(String(repeating: letter, count: count).utf8))
            #expect(try bench.run(type) == 1)
            #expect(try bench.text("errors").contains("print it in parts"))
        }
    }

    @Test func aTextThatSpeaksOfPDFsIsPrintedAsText() throws {
        let bench = try Bench(Array("Berkas %PDF-1.4\n".utf8))
        #expect(try bench.run("text/plain") == 0)
        #expect(try bench.text("output").contains("Berkas %PDF-1.4"))
    }

    @Test func whatWasSubmittedAsAPDFMayBeginWithOtherOctets() throws {
        let bench = try Bench(Array("\u{FEFF}\n".utf8) + Self.pdf)
        #expect(try bench.run("application/pdf") == 0)
        #expect(try bench.text("errors") == "")
    }
}
