import ArgumentParser
import TemplateWork
import TicketRaster

/// `anjungan template render FILE`.
struct TemplateRender: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Write the bytes that print a ReceiptLine file on a printer.",
        discussion: """
            The bytes may go to the printer as they are, for instance by `anjungan template render … -o - | lp -o raw`. What is \
            ignored, or printed otherwise than the markup says, is told on standard error. Exit: 0 written, 1 not, 64 wrong use.
            """)

    @OptionGroup var markup: MarkupOptions

    @OptionGroup var target: TargetOptions

    @Option(name: .shortAndLong, help: "Where the bytes go; - is standard output.")
    var output: String

    func run() throws {
        let work = RenderWork(markup.markup, printer: target.printer, width: target.width, path: output)
        try work.output(drawing: TicketRaster()).run()
    }
}
