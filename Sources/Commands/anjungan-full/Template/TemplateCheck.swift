import ArgumentParser
import ESCPOS
import TemplateWork
import TicketRaster

/// `anjungan template check FILE…`.
struct TemplateCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell what of a ReceiptLine file is ignored, and what a printer prints otherwise.",
        discussion: """
            Prints one line for each part that no printer would ever show, as FILE:LINE:COLUMN: what and why. With --printer or \
            --width also, as FILE:LINE: what and why, what that printer prints otherwise than the markup says: a character that no \
            font has, a code with thinner bars. Nothing for a file without fault. Exit: 0 nothing was found, 1 something was, or the \
            file cannot be read or filled, 64 wrong use.
            """)

    @Argument(help: "ReceiptLine files; - is standard input.")
    var files: [String]

    @Option(help: ArgumentHelp("Fields for Mustache: a JSON file, - for standard input, or the JSON object itself.", valueName: "json"))
    var data: String?

    @Option(help: "A printer's model: a file of Devices/printers without .yaml.")
    var printer: String?

    @Option(help: "Millimetres of the roll, 80 or 58; without --printer of generic-80 or generic-58.")
    var width: PrinterModel.PaperWidth?

    func run() throws {
        try CheckWork(files: files, data: data, printer: printer, width: width).output(drawing: TicketRaster()).run()
    }
}
