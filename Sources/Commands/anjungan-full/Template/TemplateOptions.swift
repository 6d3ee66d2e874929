public import ArgumentParser
public import ESCPOS
import TemplateWork

/// The markup that a command is about.
struct MarkupOptions: ParsableArguments {
    @Argument(help: "The ReceiptLine file; - is standard input.")
    var file: String

    @Option(help: ArgumentHelp("Fields for Mustache: a JSON file, - for standard input, or the JSON object itself.", valueName: "json"))
    var data: String?

    var markup: Markup { Markup(file: file, data: data) }
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
    /// As ``PrinterChoice`` has it; a wrong one is wrong use.
    static func named(_ name: String?, width: PaperWidth?, standard: PaperWidth = .mm80) throws -> PrinterModel {
        do {
            return try PrinterChoice.model(name, width: width, standard: standard)
        } catch let error as PrinterChoice.Wrong {
            throw ValidationError(error.description)
        }
    }
}

extension CommandOutput {
    /// Delivers it; what fails becomes the exit code.
    func run() throws {
        do {
            try deliver()
        } catch is Found {
            throw ExitCode.failure
        } catch let error as PrinterChoice.Wrong {
            throw ValidationError(error.description)
        }
    }
}
