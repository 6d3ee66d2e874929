import ArgumentParser
import TemplateWork
import TicketRaster

/// `anjungan template check FILE…`.
struct TemplateCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell what of a ReceiptLine file is ignored.",
        discussion: """
            Prints one line for each part that no printer would ever show, as FILE:LINE:COLUMN: what and why, and nothing for a file \
            without fault. Exit: 0 nothing is ignored, 1 something is, or the file cannot be read or filled, 64 wrong use.
            """)

    @Argument(help: "ReceiptLine files; - is standard input.")
    var files: [String]

    @Option(help: ArgumentHelp("Fields for Mustache: a JSON file, - for standard input, or the JSON object itself.", valueName: "json"))
    var data: String?

    func run() throws { try CheckWork(files: files, data: data).output(drawing: TicketRaster()).run() }
}
