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
            does. With --png, standard error tells on which printer the picture was drawn, and what of the stream is not in it. A \
            stream that breaks off inside a command is told and drawn up to there. Exit: 0 told, 1 the stream breaks off, the file \
            cannot be read or the picture not written, 64 wrong use.
            """)

    @Argument(help: "The ESC/POS stream; - is standard input.")
    var file: String

    @Option(help: "Where to write the picture of the paper, drawn as the printer would print it.")
    var png: String?

    @OptionGroup var target: TargetOptions

    func run() throws {
        let stream = try CommandFiles.read(file)
        let told = ListingWork(file: file).listing(of: stream)
        try CommandFiles.write(told.bytes ?? [], to: told.path)
        if let png { try draw(stream, to: png) }
        if let end = told.failure { throw end }
    }

    private func draw(_ stream: [UInt8], to png: String) throws {
        let model = try target.model()
        let paper = PrintedPaper(of: stream, on: model, renderer: TicketRaster())
        CommandFiles.warn(["drawn as \(model.id) prints it, \(model.dots) dots wide"] + paper.ignored.map { "not drawn: \($0)" })
        guard let picture = DotImage.stacked(paper.sheets) else {
            throw CommandFiles.Failure(description: "\(file) moves no paper, so there is no picture")
        }
        try CommandFiles.write(try PNG.encode(picture), to: png)
    }
}
