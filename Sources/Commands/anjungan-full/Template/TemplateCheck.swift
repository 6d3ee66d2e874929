import ArgumentParser
import TemplateOptions
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

    @OptionGroup var options: CheckOptions

    func run() throws { try options.work(drawing: TicketRaster()).deliver() }
}
