import ESCPOS
import TemplateWork

/// The plain way to write the arguments of `anjungan template`: files, and options each followed by its value.
/// Whatever else there is, help and mistakes above all, is the full program's.
struct QuickArguments {
    private var files: [String] = []
    private var options: [String: String] = [:]

    /// What the whole command line asks for; nil where the full program has to look at it.
    static func work(_ arguments: [String]) -> (any QuickWork)? {
        guard arguments.count > 2, arguments[1] == "template", let plain = QuickArguments(arguments[3...]) else { return nil }
        return switch arguments[2] {
        case "check": plain.check
        case "text": plain.text
        case "render": plain.render
        case "decode": plain.decode
        default: nil
        }
    }

    private init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else {
                files.append(argument)
                continue
            }
            guard let value = rest.popFirst(), value == "-" || !value.hasPrefix("-") else { return nil }
            guard options.updateValue(value, forKey: argument == "-o" ? "--output" : argument) == nil else { return nil }
        }
    }

    private func has(only names: Set<String>) -> Bool { names.isSuperset(of: options.keys) }

    private var markup: Markup? { files.count == 1 ? Markup(file: files[0], data: options["--data"]) : nil }

    private var check: CheckWork? {
        guard !files.isEmpty, has(only: ["--data"]) else { return nil }
        return CheckWork(files: files, data: options["--data"])
    }

    private var text: TextWork? {
        guard let markup, has(only: ["--data", "--columns"]), let columns = Int(options["--columns"] ?? "48"), (1...255).contains(columns)
        else { return nil }
        return TextWork(markup, columns: columns)
    }

    private var render: RenderWork? {
        guard let markup, has(only: ["--data", "--printer", "--width", "--output"]), let path = options["--output"] else { return nil }
        let width = options["--width"].map { Int($0).flatMap(PrinterModel.PaperWidth.init) }
        if let width, width == nil { return nil }
        return RenderWork(markup, printer: options["--printer"], width: width ?? nil, path: path)
    }

    private var decode: ListingWork? { files.count == 1 && options.isEmpty ? ListingWork(file: files[0]) : nil }
}
