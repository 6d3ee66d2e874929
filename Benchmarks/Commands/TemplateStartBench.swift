import ArgumentParser
import Foundation

/// What one `anjungan template render` costs.
struct TemplateStartBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "template-start", abstract: "Cold start: `anjungan template render` from start to end, without shaped text.",
        discussion: "A process each time; the program's files are in the page cache.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How many starts.")
    var count = 50

    var words: String { "--count \(count)" }

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count takes 1 to 10000, not \(count).") }
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let render = { (name: String) in
            ["template", "render", "Kiosk/templates/\(name).receipt", "--printer", "emulated-80", "--output", "/dev/null"]
        }
        let rendered = try await Child.times(program.path, render("survei"), count: count)
        let ticket = try await Child.times(program.path, render("ticket"), count: count)
        var figures = [
            Figure("without a picture, p50", rendered.median, .atMost(10)), Figure("without a picture, shortest", rendered.shortest),
            Figure("without a picture, longest", rendered.longest), Figure("the ticket with its logo, p50", ticket.median, .atMost(10)),
            Figure("the ticket with its logo, shortest", ticket.shortest),
            .beside("the ticket by `anjungan-full`, p50", try await Child.times(program.full, render("ticket"), count: count).median),
            .beside("`anjungan --help`, p50", try await Child.times(program.path, ["--help"], count: count).median),
            .beside("`true`, p50", try await Child.times("/usr/bin/true", [], count: count).median),
        ]
        var remarks = program.remarks
        do {
            let peer = try await PythonPeer.install()
            figures.append(
                .beside(
                    "`python -c \"import escpos.printer\"`, p50",
                    try await Child.times(peer.python, ["-c", "import escpos.printer"], count: count).median))
        } catch {
            remarks.append("python-escpos could not be measured: \(error)")
        }
        return Measured(title: "`anjungan template render`, \(count) starts", figures: figures, remarks: remarks)
    }
}
