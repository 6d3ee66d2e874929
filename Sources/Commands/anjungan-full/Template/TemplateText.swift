import ArgumentParser
import TemplateWork
import TicketRaster

/// `anjungan template text FILE`.
struct TemplateText: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text",
        abstract: "Show the layout of a ReceiptLine file as plain text on standard output.",
        discussion: "What is ignored is told on standard error. Exit: 0 shown, 1 the file cannot be read or filled, 64 wrong use.")

    @OptionGroup var markup: MarkupOptions

    @Option(help: "Characters across the paper: 48 and 42 on 80 mm, 32 on 58 mm.")
    var columns = 48

    func validate() throws {
        guard (1...255).contains(columns) else { throw ValidationError("--columns takes 1 to 255, not \(columns).") }
    }

    func run() throws { try TextWork(markup.markup, columns: columns).output(drawing: TicketRaster()).run() }
}
