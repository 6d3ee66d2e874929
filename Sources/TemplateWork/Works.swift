public import ESCPOS
public import ProjectFiles
public import ReceiptMarkup

/// A ReceiptLine file and its fields, as a command names them.
public struct Markup {
    let file: String
    let data: String?

    /// - Parameters:
    ///   - file: `-` is standard input.
    ///   - data: Fields for Mustache: a JSON file, `-`, or the JSON object itself.
    public init(file: String, data: String?) { (self.file, self.data) = (file, data) }

    var readsStandardInput: Bool { file == "-" || data == "-" }

    /// The receipt, and where its lines stand.
    public func receipt() throws -> FilledReceipt { try TemplateFile(file).receipt(data: data) }
}

/// `anjungan template check FILE…`.
public struct CheckWork: QuickWork {
    let files: [String]
    let data: String?
    let printer: String?
    let width: PrinterModel.PaperWidth?

    /// The files and the fields of each; with a printer or a roll also what that prints otherwise.
    public init(files: [String], data: String?, printer: String? = nil, width: PrinterModel.PaperWidth? = nil) {
        (self.files, self.data, self.printer, self.width) = (files, data, printer, width)
    }

    public var readsStandardInput: Bool { files.contains("-") || data == "-" }

    public func output(drawing renderer: any DotRenderer) -> CommandOutput {
        CommandOutput { output in
            let model = printer == nil && width == nil ? nil : try PrinterChoice.model(printer, width: width)
            var lines = ""
            // What was found before a file that cannot be read is told, too.
            defer { output.bytes = Array(lines.utf8) }
            for file in files {
                let filled = try TemplateFile(file).receipt(data: data)
                let notes = model.map { filled.notes(on: $0, drawing: renderer) } ?? []
                for line in filled.ignored + notes { lines += line + "\n" }
            }
            if !lines.isEmpty { throw CommandOutput.Found() }
        }
    }
}

/// `anjungan template text FILE`.
public struct TextWork: QuickWork {
    let markup: Markup
    let columns: Int

    /// `columns`: characters across the paper, 1 to 255.
    public init(_ markup: Markup, columns: Int) { (self.markup, self.columns) = (markup, columns) }

    public var readsStandardInput: Bool { markup.readsStandardInput }

    public func output(drawing _: any DotRenderer) -> CommandOutput {
        CommandOutput { output in
            let filled = try markup.receipt()
            output.warnings = filled.ignored
            output.bytes = Array((filled.receipt.layout(columns: columns).plainText + "\n").utf8)
        }
    }
}

/// `anjungan template render FILE`.
public struct RenderWork: QuickWork {
    let markup: Markup
    let printer: String?
    let width: PrinterModel.PaperWidth?
    let path: String

    /// `path` is where the bytes go; the others as ``PrinterChoice`` has them.
    public init(_ markup: Markup, printer: String?, width: PrinterModel.PaperWidth?, path: String) {
        (self.markup, self.printer, self.width, self.path) = (markup, printer, width, path)
    }

    public var readsStandardInput: Bool { markup.readsStandardInput }

    public func output(drawing renderer: any DotRenderer) -> CommandOutput {
        CommandOutput { output in
            let model = try PrinterChoice.model(printer, width: width)
            let filled = try markup.receipt()
            let encoded = try ReceiptEncoder(model: model, renderer: renderer).encoded(filled.receipt.layout(columns: model.columns))
            output.warnings = filled.ignored + filled.told(encoded.notes, columns: model.columns)
            output.bytes = encoded.bytes
            output.path = path
        }
    }
}

/// `anjungan template decode FILE`, without its picture.
public struct ListingWork: QuickWork {
    let file: String

    /// The ESC/POS stream; `-` is standard input.
    public init(file: String) { self.file = file }

    public var readsStandardInput: Bool { file == "-" }

    public func output(drawing _: any DotRenderer) -> CommandOutput {
        do { return listing(of: try CommandFiles.read(file)) } catch { return CommandOutput { _ in throw error } }
    }

    /// A line for each command of `stream`; that it breaks off inside a command is the failure.
    public func listing(of stream: [UInt8]) -> CommandOutput {
        CommandOutput { output in
            let listing = CommandListing(stream)
            output.bytes = Array(listing.lines.map { $0 + "\n" }.joined().utf8)
            guard let end = listing.unfinished else { return }
            throw CommandFiles.Failure(
                description: "\(file) breaks off after \(stream.count) bytes, inside the command that begins at \(end.offset); "
                    + "if it should be whole, record it again")
        }
    }
}
