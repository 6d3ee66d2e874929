import Foundation
import Testing

/// `anjungan`, which starts quickly, and `anjungan-full`, which does all else, are one program to whoever calls it.
@Suite struct QuickStartTests {
    typealias Outcome = TemplateCommandTests.Outcome

    static let quick = TemplateCommandTests.program
    static let full = quick.deletingLastPathComponent().appending(path: "anjungan-full")

    /// What both do, which must be the same.
    private func both(_ arguments: [String], input: String = "") throws -> Outcome {
        let outcome = try TemplateCommandTests.run(Self.quick, arguments, input: input)
        #expect(try TemplateCommandTests.run(Self.full, arguments, input: input) == outcome, "\(arguments)")
        return outcome
    }

    /// The quick program in a folder where no other can help it, run in the project's.
    private func alone(_ arguments: [String], input: String = "") throws -> Outcome {
        let folder = try TemplateCommandTests.Folder()
        let copy = folder.path("anjungan")
        try FileManager.default.copyItem(at: Self.quick.resolvingSymlinksInPath(), to: URL(filePath: copy))
        return try TemplateCommandTests.run(URL(filePath: copy), arguments, input: input)
    }

    @Test(arguments: MallTemplateTests.names) func bothRenderTheMallsTemplatesAlike(_ name: String) throws {
        let path = "Kiosk/templates/\(name).receipt"
        for printer in ["emulated-80", "generic-58"] {
            let outcome = try both(["template", "render", path, "--printer", printer, "-o", "-"])
            #expect(outcome.status == 0 && outcome.output.starts(with: [0x1B, 0x40]), "\(outcome.errors)")
        }
        #expect(try both(["template", "text", path, "--columns", "42"]).status == 0)
        #expect(try both(["template", "check", path]).output.isEmpty)
    }

    @Test func whatNeedsNoShapedTextNeedsNoOtherProgram() throws {
        for (arguments, input) in [
            (["render", "Kiosk/templates/survei.receipt", "--printer", "emulated-80", "-o", "-"], ""),
            // The logo, and a QR code that the printer cannot make itself.
            (["render", "Kiosk/templates/ticket.receipt", "--printer", "generic-58", "-o", "-"], ""),
            (["render", "-", "--data", #"{"name": "Siti"}"#, "-o", "-"], "{{name}}\n="),
            (["text", "-"], "|a | b|"), (["decode", "-"], "\u{1B}@a\n"), (["check", "-"], "{colour:red}"),
        ] {
            let arguments = ["template"] + arguments
            let outcome = try alone(arguments, input: input)
            #expect(try TemplateCommandTests.run(Self.full, arguments, input: input) == outcome)
            #expect(!outcome.output.isEmpty && outcome.status == (arguments[1] == "check" ? 1 : 0), "\(outcome.errors)")
        }
    }

    @Test func withoutTheFullProgramItSaysWhereItShouldBe() throws {
        for arguments in [["--help"], ["template", "render", "-", "-o", "-"]] {
            let outcome = try alone(arguments, input: "نص")
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("/anjungan-full cannot be started: No such file"), "\(outcome.errors)")
        }
    }

    @Test func standardInputIsHandedOver() throws {
        let shaped = try both(["template", "render", "-", "--printer", "emulated-80", "-o", "-"], input: "نص\n=")
        // GS v 0 or GS ( L: dots.
        #expect(shaped.status == 0 && shaped.output.count > 200, "\(shaped.errors)")
        let wrong = try both(["template", "text", "-", "--data", "{}"], input: "a\n {{name}}")
        #expect(wrong.status == 1 && wrong.errors.contains("-:2:2: the data have no field “name”"))
        let data = try both(["template", "text", "Kiosk/templates/survei.receipt", "--data", "-"], input: #"{"a": x}"#)
        #expect(data.status == 1 && data.errors.contains("-:1:7"), "\(data.errors)")
    }

    /// What has gone through a pipe cannot be read from it again, and a pipe holds 64 KiB.
    @Test func standardInputFromAPipeIsHandedOver() throws {
        let folder = try TemplateCommandTests.Folder()
        let text = String(repeating: "a line that is long enough to fill a pipe\n", count: 3000) + "نص\n="
        let (file, piped, read) = (try folder.file("a.receipt", text), folder.path("piped.bin"), folder.path("read.bin"))
        let shell = URL(filePath: "/bin/sh")
        let script = "cat '\(file)' | '\(Self.quick.path)' template render - --printer emulated-80 -o '\(piped)'"
        #expect(try TemplateCommandTests.run(shell, ["-c", script]).status == 0)
        #expect(try TemplateCommandTests.run(Self.full, ["template", "render", file, "--printer", "emulated-80", "-o", read]).status == 0)
        let (bytes, same) = (try Data(contentsOf: URL(filePath: piped)), try Data(contentsOf: URL(filePath: read)))
        #expect(bytes.count > 100_000 && bytes == same)
    }

    @Test func whatTheFullProgramDoesKeepsItsOutputAndExitCode() throws {
        let folder = try TemplateCommandTests.Folder()
        let picture = folder.path("a.svg")
        #expect(try both(["template", "preview", "Kiosk/templates/ticket.receipt", "-o", picture]).status == 0)
        #expect(try String(contentsOfFile: picture, encoding: .utf8).hasPrefix("<svg "))
        let help = try both(["--help"])
        #expect(help.status == 0)
        for command in ["demo", "run", "doctor", "visit", "emulate", "site", "template", "printer", "config"] {
            #expect(help.text.contains("\n  \(command) "), "\(command)")
        }
        #expect(try both(["template", "render", "--help"]).text.contains("USAGE: anjungan template render <file>"))
        #expect(try both(["template", "render", "none", "-o", "-"]).status == 1)
        for wrong in [["template", "render", "none"], ["template", "text", "-", "--columns", "0"], ["none"], ["template", "decode"]] {
            #expect(try both(wrong).status == 64, "\(wrong)")
        }
        #expect(try both(["config"]).status == 0)
    }

    @Test func theQuickProgramLoadsNoLibraryOfShapedTextOrDevices() throws {
        let heavy = ["libpango", "libharfbuzz", "libglib", "libcups", "libusb", "libsqlite3", "libswift", "libFoundation"]
        let ldd = URL(filePath: "/usr/bin/ldd")
        let quick = try TemplateCommandTests.run(ldd, [Self.quick.path])
        #expect(quick.status == 0 && quick.text.contains("libc.so"))
        #expect(!heavy.contains { quick.text.contains($0) }, "\(quick.text)")
        let full = try TemplateCommandTests.run(ldd, [Self.full.path])
        #expect(["libpango", "libcups", "libusb"].allSatisfy { full.text.contains($0) }, "\(full.text)")
    }
}
