import ArgumentParser
import ESCPOS
import ReceiptMarkup
import TicketRaster

/// `anjungan template preview FILE`.
struct TemplatePreview: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the paper as a printer will print it.",
        discussion: """
            Rows, positions, pictures and codes are right to the dot; letters stand in for the printer's own, in its own cells. A dotted \
            line shows where the knife goes. What is ignored, or printed otherwise than the markup says, is told on standard error. The picture is a PNG, or an SVG where the file ends in .svg or --format says so. \
            Exit: 0 written, 1 not, 64 wrong use.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case png, svg }

    @OptionGroup var markup: MarkupOptions

    @OptionGroup var target: TargetOptions

    @Option(name: .shortAndLong, help: "Where the picture goes; - is standard output.")
    var output: String

    @Option(help: "png or svg; without it as the file's name ends.")
    var format: Format?

    func run() throws {
        let model = try target.model()
        let filled = try markup.receipt()
        CommandFiles.warn(filled.notes(on: model))
        let layout = filled.receipt.layout(columns: model.columns)
        let sheets = try PaperPainter(model: model, renderer: TicketRaster()).sheets(of: layout)
        guard let picture = DotImage.stacked(sheets) else {
            throw CommandFiles.Failure(description: "\(markup.file) moves no paper, so there is no picture")
        }
        switch format ?? (output.hasSuffix(".svg") ? .svg : .png) {
        case .png: try CommandFiles.write(try PNG.encode(picture), to: output)
        case .svg: try CommandFiles.write(Array(picture.svg(dotsPerMillimetre: model.dotsPerMillimetre).utf8), to: output)
        }
    }
}
