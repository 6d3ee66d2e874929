import ArgumentParser
import TemplateOptions
import TicketRaster

/// `anjungan template render FILE`.
struct TemplateRender: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Write the bytes that print a ReceiptLine file on a printer.",
        discussion: """
            The bytes may go to the printer as they are, for instance by `anjungan template render … -o - | lp -o raw`. What is \
            ignored is told on standard error. Exit: 0 written, 1 not, 64 wrong use.
            """)

    @OptionGroup var options: RenderOptions

    func run() throws { try options.work(drawing: TicketRaster()).deliver() }
}
