import ArgumentParser
import ESCPOS
import PictureRaster
import ProjectFiles
import ReceiptMarkup
import TemplateWork
import TicketRaster

/// `anjungan template preview FILE`.
struct TemplatePreview: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the paper as a printer will print it.",
        discussion: """
            A PNG is right to the dot in its rows, positions, pictures and codes; letters stand in for the printer's own, in its own \
            cells. A dotted line shows where the knife goes. An SVG, where the file ends in .svg or --format says so, is the layout for \
            screens: its text stays text, in cells of 12 × 24, and a dashed line is a cut. What is ignored, or printed otherwise than the \
            markup says, is told on standard error. Exit: 0 written, 1 not, 64 wrong use.
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
        let filled = try markup.markup.receipt()
        CommandFiles.warn(filled.ignored + filled.notes(on: model, drawing: TicketRaster()))
        let layout = filled.receipt.layout(columns: model.columns)
        switch format ?? (output.hasSuffix(".svg") ? .svg : .png) {
        case .png: try CommandFiles.write(try PNG.encode(try picture(of: layout, on: model)), to: output)
        case .svg: try CommandFiles.write(Array(try layout.svg(renderer: TicketRaster()).utf8), to: output)
        }
    }

    private func picture(of layout: Layout, on model: PrinterModel) throws -> DotImage {
        let sheets = try PaperPainter(model: model, renderer: TicketRaster()).sheets(of: layout)
        guard let picture = DotImage.stacked(sheets) else {
            throw CommandFiles.Failure(description: "\(markup.file) moves no paper, so there is no picture")
        }
        return picture
    }
}
