public import ArgumentParser
import DeviceProfiles
public import ESCPOS
import ReceiptMarkup
import StrictYAML

/// The markup that a command is about.
struct MarkupOptions: ParsableArguments {
    @Argument(help: "The ReceiptLine file; - is standard input.")
    var file: String

    @Option(help: ArgumentHelp("Fields for Mustache: a JSON file, - for standard input, or the JSON object itself.", valueName: "json"))
    var data: String?

    /// The receipt; what is ignored of it is told on standard error.
    func receipt() throws -> FilledReceipt {
        let filled = try TemplateFile(file).receipt(data: data)
        CommandFiles.warn(filled.ignored)
        return filled
    }
}

/// The printer and the roll that a command prints for.
struct TargetOptions: ParsableArguments {
    @Option(help: "The printer's model: a file of Devices/printers without .yaml; without it generic-80 or generic-58.")
    var printer: String?

    @Option(help: "Millimetres of the roll, 80 or 58; without it the model's own.")
    var width: PrinterModel.PaperWidth?

    func model() throws -> PrinterModel { try .named(printer, width: width) }
}

/// Millimetres of the roll, as `--width` takes them.
extension PrinterModel.PaperWidth: ExpressibleByArgument {}

extension PrinterModel {
    /// The model of `Devices/printers`, with another roll in it where `width` asks for one.
    static func named(_ name: String?, width: PaperWidth?, standard: PaperWidth = .mm80) throws -> PrinterModel {
        let folder = try ProjectFolders.find().devices
        do {
            let model = try DeviceProfiles.printer(named: name ?? "generic-\((width ?? standard).rawValue)", in: folder)
            guard let width, width != model.paperWidth else { return model }
            guard width.rawValue < model.paperWidth.rawValue else {
                throw ValidationError(
                    "\(model.name) takes paper of \(model.paperWidth.rawValue) mm, not \(width.rawValue); leave --width out or name another --printer."
                )
            }
            return model.narrowed(to: width)
        } catch let error as YAMLError {
            throw ValidationError(error.problems.map(\.description).joined(separator: "\n"))
        }
    }

    /// The same printer with a narrower roll: it prints what 48 mm of it can hold.
    private func narrowed(to width: PaperWidth) -> PrinterModel {
        var model = self
        model.paperWidth = width
        model.dots = min(dots, 48 * dotsPerMillimetre)
        model.columns = model.dots / (dots / columns)
        return model
    }
}
