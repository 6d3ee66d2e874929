import ArgumentParser
import TemplateOptions
import TicketRaster

/// `anjungan template text FILE`.
struct TemplateText: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text",
        abstract: "Show the layout of a ReceiptLine file as plain text on standard output.",
        discussion: "Exit: 0 shown, 1 the file cannot be read or filled, 64 wrong use.")

    @OptionGroup var options: TextOptions

    func run() throws { try options.work(drawing: TicketRaster()).deliver() }
}
