public import ArgumentParser
import ESCPOS
import ProjectFiles
public import ReceiptMarkup

/// `anjungan template check FILE…`.
public struct CheckOptions: QuickWork {
    @Argument(help: "ReceiptLine files; - is standard input.")
    var files: [String]

    @Option(help: ArgumentHelp("Fields for Mustache: a JSON file, - for standard input, or the JSON object itself.", valueName: "json"))
    var data: String?

    public init() {}

    public var readsStandardInput: Bool { files.contains("-") || data == "-" }

    public func work(drawing _: any DotRenderer) -> CommandOutput {
        CommandOutput { output in
            var lines = ""
            // What was found before a file that cannot be read is told, too.
            defer { output.bytes = Array(lines.utf8) }
            for file in files {
                for line in try TemplateFile(file).receipt(data: data).ignored { lines += line + "\n" }
            }
            if !lines.isEmpty { throw ExitCode.failure }
        }
    }
}

/// `anjungan template text FILE`.
public struct TextOptions: QuickWork {
    @OptionGroup var markup: MarkupOptions

    @Option(help: "Characters across the paper: 48 and 42 on 80 mm, 32 on 58 mm.")
    var columns = 48

    public init() {}

    public func validate() throws {
        guard (1...255).contains(columns) else { throw ValidationError("--columns takes 1 to 255, not \(columns).") }
    }

    public var readsStandardInput: Bool { markup.readsStandardInput }

    public func work(drawing _: any DotRenderer) -> CommandOutput {
        CommandOutput { $0.bytes = Array((try markup.layout(columns: columns).layout.plainText + "\n").utf8) }
    }
}

/// `anjungan template render FILE`.
public struct RenderOptions: QuickWork {
    @OptionGroup var markup: MarkupOptions

    @OptionGroup var target: TargetOptions

    @Option(name: .shortAndLong, help: "Where the bytes go; - is standard output.")
    var output: String

    public init() {}

    public var readsStandardInput: Bool { markup.readsStandardInput }

    public func work(drawing renderer: any DotRenderer) -> CommandOutput {
        CommandOutput { output in
            let model = try target.model()
            let (layout, ignored) = try markup.layout(columns: model.columns)
            output.warnings = ignored
            output.bytes = try ReceiptEncoder(model: model, renderer: renderer).encode(layout)
            output.path = self.output
        }
    }
}

/// `anjungan template decode FILE`, without its picture.
public struct ListingOptions: QuickWork {
    /// The ESC/POS stream.
    @Argument(help: "The ESC/POS stream; - is standard input.")
    public var file: String

    public init() {}

    public var readsStandardInput: Bool { file == "-" }

    public func work(drawing _: any DotRenderer) -> CommandOutput {
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

extension MarkupOptions {
    var readsStandardInput: Bool { file == "-" || data == "-" }
}
