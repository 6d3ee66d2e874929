import Foundation
import Testing

/// `anjungan template` as technicians run it.
@Suite struct TemplateCommandTests {
    struct Outcome: Equatable {
        var status: Int32
        var output: Data
        var errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    static let root = TicketTemplateTests.templates.deletingLastPathComponent().deletingLastPathComponent().path

    /// The program stands beside the test bundle.
    static let program: URL = {
        let test = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: test).deletingLastPathComponent().appending(path: "anjungan")
    }()

    static func template(_ arguments: String..., input: String = "") throws -> Outcome {
        try run(program, ["template"] + arguments, input: input)
    }

    /// In the project's folder.
    static func run(_ program: URL, _ arguments: [String], input: String = "") throws -> Outcome {
        let folder = try Folder()
        try Data(input.utf8).write(to: URL(filePath: folder.path("input")))
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: root)
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ANJUNGAN_") }
        // Files, not pipes: they hold whatever comes.
        let (output, errors) = (folder.path("output"), folder.path("errors"))
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.path("input")))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try Data(contentsOf: URL(filePath: output)),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    /// A folder of its own, which goes when the test ends.
    final class Folder {
        private let url = FileManager.default.temporaryDirectory.appending(path: "template-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

        deinit { _ = try? FileManager.default.removeItem(at: url) }

        func path(_ name: String) -> String { url.appending(path: name).path }

        func file(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: path(name)))
            return path(name)
        }
    }

    @Test func textIsTheLayoutAndOneLineEnd() throws {
        let folder = try Folder()
        let outcome = try Self.template("text", try folder.file("a.receipt", "|left | right|"), "--columns", "20")
        #expect(outcome.text == "left           right\n" && outcome.errors == "" && outcome.status == 0)
    }

    @Test func withoutDataBracesAreReceiptLinesOwn() throws {
        let outcome = try Self.template("text", "-", "--columns", "32", input: "{{name}}\n=")
        #expect(!outcome.text.contains("missing") && outcome.status == 0)
    }

    @Test func withDataFieldsAreFilled() throws {
        for data in [#"{"name": "Zaenab | Siti"}"#, try Folder().path("none")] {
            let outcome = try Self.template("text", "-", "--columns", "32", "--data", data, input: "|{{name}}")
            #expect(
                data.hasPrefix("{") ? outcome.text == "Zaenab | Siti\n" : outcome.status == 1 && outcome.errors.contains("cannot be read"))
        }
    }

    @Test func aMissingFieldIsNamedWithItsPlace() throws {
        let outcome = try Self.template("text", "-", "--data", "{}", input: "a\n {{name}}")
        #expect(outcome.status == 1 && outcome.errors.contains("-:2:2: the data have no field “name”"))
    }

    @Test(
        arguments: [
            ("{\"a\":\n x}", ":2:2: "), ("{\"a\": \"x\"", ":1:10: "), ("", ":1:1: "), ("[]", ": the data must be one JSON object"),
            (#"{"a": [1, {"b": 1e999}]}"#, ": "),
        ]) func dataThatAreNoJSONAreNamedWithTheirPlace(_ json: String, _ place: String) throws
    {
        let folder = try Folder()
        let data = try folder.file("fields.json", json)
        let outcome = try Self.template("text", "-", "--data", data, input: "{{a}}")
        #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains(data + place), "\(outcome.errors)")
    }

    @Test func checkNamesWhatIsIgnoredAndExits1() throws {
        let folder = try Folder()
        let path = try folder.file("a.receipt", "fine\n{colour:red}\n")
        let outcome = try Self.template("check", path)
        #expect(outcome.status == 1)
        #expect(outcome.text.firstMatch(of: /^.*a\.receipt:2:\d+: .+\n$/) != nil, "\(outcome.text)")
        let clean = try Self.template("check", try folder.file("b.receipt", "fine\n="))
        #expect(clean.status == 0 && clean.output.isEmpty)
    }

    @Test func checkFillsTheMallsTemplatesWithTheirSamples() throws {
        let paths = MallTemplateTests.names.map { "Kiosk/templates/\($0).receipt" }
        let outcome = try Self.template("check", paths[0], paths[1], paths[2], paths[3], paths[4], paths[5])
        #expect(outcome.status == 0 && outcome.text == "" && outcome.errors == "")
    }

    @Test func aDeviceCommandOfAStrangersFileIsIgnored() throws {
        let folder = try Folder()
        let path = try folder.file("a.receipt", "{command:\\x1bp\\x00}\na")
        let outcome = try Self.template("render", path, "--printer", "generic-80", "-o", "-")
        #expect(outcome.status == 0 && outcome.errors.contains("a.receipt:1:"))
        #expect(!outcome.output.contains(0x70))
    }

    @Test func aPartialBehindALinkOutOfTheFolderIsNotTaken() throws {
        let (folder, elsewhere) = (try Folder(), try Folder())
        let target = try elsewhere.file("b.receipt", "stranger")
        try FileManager.default.createSymbolicLink(atPath: folder.path("b.receipt"), withDestinationPath: target)
        let path = try folder.file("a.receipt", "{{>b}}")
        let outcome = try Self.template("text", path, "--data", "{}")
        #expect(outcome.status == 1 && outcome.errors.contains("no file b.receipt") && outcome.output.isEmpty)
    }

    @Test func whatIsRenderedDecodesToItsCommands() throws {
        let folder = try Folder()
        let (bytes, picture) = (folder.path("a.bin"), folder.path("a.png"))
        #expect(try Self.template("render", "Kiosk/templates/survei.receipt", "--width", "58", "-o", bytes).status == 0)
        let outcome = try Self.template("decode", bytes, "--png", picture, "--printer", "generic-58")
        #expect(outcome.status == 0 && outcome.errors == "drawn as generic-58 prints it, 384 dots wide\n")
        #expect(outcome.text.drop { $0 == " " }.hasPrefix("0  1B 40 "))
        #expect(outcome.text.contains("TERIMA KASIH"))
        #expect(try Data(contentsOf: URL(filePath: picture)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func aStreamThatEndsTooEarlyIsToldAndDrawnUpToThere() throws {
        let folder = try Folder()
        let picture = folder.path("a.png")
        let outcome = try Self.template("decode", "-", "--png", picture, "--width", "58", input: "ab\n\u{1D}v0")
        #expect(outcome.text.split(separator: "\n").last?.contains("missing") == true && outcome.status == 1)
        #expect(outcome.errors.contains("drawn as generic-58 prints it"))
        #expect(outcome.errors.contains("- breaks off after 6 bytes, inside the command that begins at 3"), "\(outcome.errors)")
        #expect(try Data(contentsOf: URL(filePath: picture)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test(arguments: ["a.png", "a.svg"]) func previewWritesThePicture(_ name: String) throws {
        let folder = try Folder()
        let target = folder.path(name)
        let outcome = try Self.template("preview", "Kiosk/templates/ticket.receipt", "--width", "80", "-o", target)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let data = try Data(contentsOf: URL(filePath: target))
        // Text of an SVG is text.
        let isDrawing = data.starts(with: Data("<svg ".utf8)) && data.range(of: Data("</tspan>".utf8)) != nil
        #expect(name.hasSuffix("svg") ? isDrawing : data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    /// No font has U+10FFFD, and such bars are too wide for 58 mm.
    private static let doubtful = "fine\n|a\u{10FFFD}|\n{option:code128,3}\n{code:ABCDEFGHIJ-KL}\n="

    @Test(arguments: ["render", "preview"]) func whatIsPrintedOtherwiseIsTold(_ command: String) throws {
        let folder = try Folder()
        let path = try folder.file("a.receipt", Self.doubtful)
        let outcome = try Self.template(command, path, "--width", "58", "-o", folder.path("out.png"))
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("\(path):2: missing-glyph: No installed font has U+10FFFD"), "\(outcome.errors)")
        #expect(outcome.errors.contains("\(path):4: code-narrowed: "), "\(outcome.errors)")
    }

    @Test func checkTellsThatOnlyOfThePrinterThatIsNamed() throws {
        let folder = try Folder()
        let file = try folder.file("a.receipt", Self.doubtful)
        #expect(try Self.template("check", file).status == 0)
        let narrow = try Self.template("check", file, "--printer", "emulated-58")
        #expect(narrow.status == 1 && narrow.text.contains("\(file):2: missing-glyph") && narrow.text.contains("\(file):4: code-narrowed"))
        let wide = try Self.template("check", file, "--printer", "emulated-80")
        #expect(wide.status == 1 && wide.text.contains("missing-glyph") && !wide.text.contains("code-narrowed"), "\(wide.text)")
    }

    @Test func aCodeThatIsPrintedAsItsTextIsTold() throws {
        let folder = try Folder()
        let file = try folder.file("a.receipt", "{option:code128,2}\n{code:\(String(repeating: "Ab", count: 20))}\n=")
        let check = try Self.template("check", file, "--width", "58")
        #expect(check.status == 1 && check.text.contains(":2: code-in-letters: "), "\(check.text)")
    }

    @Test func theLineOfATemplateIsToldAndNotThatOfTheFilledMarkup() throws {
        let folder = try Folder()
        let path = try folder.file("a.receipt", "{{#items}}\n|{{.}}|\n{{/items}}\n|{{last}}|\n=")
        let outcome = try Self.template(
            "render", path, "--data", #"{"items": ["a", "b", "c"], "last": "\#u{10FFFD}"}"#, "-o", folder.path("out"))
        #expect(
            outcome.errors == "\(path):4: missing-glyph: No installed font has U+10FFFD; a box is printed. Install a font that has it.\n")
    }

    @Test func textTellsWhatIsIgnored() throws {
        let outcome = try Self.template("text", "-", input: "fine\n{colour:red}\n=")
        #expect(outcome.status == 0 && outcome.errors.hasPrefix("-:2:"), "\(outcome.errors)")
    }

    @Test func anUnknownPrinterIsRefusedWithThoseThatAreLikeIt() throws {
        let outcome = try Self.template("render", "Kiosk/templates/survei.receipt", "--printer", "generic80", "-o", "-")
        #expect(outcome.status != 0 && outcome.errors.contains("nearest are generic-80,") && outcome.output.isEmpty)
        #expect(outcome.errors.contains("/printers shows all "))
    }
}
