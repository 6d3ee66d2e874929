import ArgumentParser
import DeviceEmulators
import ESCPOS
import PictureRaster
import ProjectFiles
import ReceiptMarkup
import TemplateWork
import TicketRaster

/// `anjungan template decode FILE`.
struct TemplateDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Explain any ESC/POS stream command by command, and draw what a printer makes of it.",
        discussion: """
            Prints one line for each command: its offset in bytes, its bytes in hexadecimal (the first of many), its name, and what it \
            does. What the printer of --printer does not know is told on standard error with --png. Exit: 0 told, 1 the file cannot be \
            read or the picture not written, 64 wrong use.
            """)

    @Argument(help: "The ESC/POS stream; - is standard input.")
    var file: String

    @Option(help: "Where to write the picture of the paper, drawn as the printer would print it.")
    var png: String?

    @Option(help: "The printer that draws the picture: a file of Devices/printers without .yaml.")
    var printer = "emulated-80"

    func run() throws {
        let stream = try CommandFiles.read(file)
        try CommandFiles.write(ListingWork.listing(of: stream), to: "-")
        guard let png else { return }
        let paper = PrintedPaper(of: stream, on: try .named(printer, width: nil), renderer: TicketRaster())
        CommandFiles.warn(paper.ignored.map { "not drawn: \($0)" })
        guard let picture = DotImage.stacked(paper.sheets) else {
            throw CommandFiles.Failure(description: "\(file) moves no paper, so there is no picture")
        }
        try CommandFiles.write(try PNG.encode(picture), to: png)
    }
}
