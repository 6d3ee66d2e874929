import ArgumentParser
import ESCPOS
import ReceiptMarkup
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

    @OptionGroup var markup: MarkupOptions

    @Option(help: "The printer's model: a file of Devices/printers without .yaml; without it generic-80 or generic-58.")
    var printer: String?

    @Option(help: "Millimetres of the roll, 80 or 58; without it the model's own.")
    var width: PrinterModel.PaperWidth?

    @Option(name: .shortAndLong, help: "Where the bytes go; - is standard output.")
    var output: String

    func run() throws {
        let model = try PrinterModel.named(printer, width: width)
        let (receipt, ignored) = try TemplateFile(markup.file).receipt(data: markup.data)
        CommandFiles.warn(ignored)
        let encoder = ReceiptEncoder(model: model, renderer: TicketRaster())
        try CommandFiles.write(try encoder.encode(receipt.layout(columns: model.columns)), to: output)
    }
}
