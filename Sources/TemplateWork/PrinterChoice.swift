import DeviceProfiles
public import ESCPOS
import ProjectFiles
import StrictYAML

/// The printer that a command is for, and the roll in it.
public enum PrinterChoice {
    /// Why there is no such printer, and what to write instead.
    public struct Wrong: Error, CustomStringConvertible {
        public var description: String
    }

    /// The model of `Devices/printers`, with another roll in it where `width` asks for one; `generic-80` or `generic-58` without a name.
    public static func model(
        _ name: String?, width: PrinterModel.PaperWidth?, standard: PrinterModel.PaperWidth = .mm80
    ) throws -> PrinterModel {
        let folder = try ProjectFolders.find().devices
        do {
            let model = try DeviceProfiles.printer(named: name ?? "generic-\((width ?? standard).rawValue)", in: folder)
            guard let width, width != model.paperWidth else { return model }
            guard width.rawValue < model.paperWidth.rawValue else {
                throw Wrong(
                    description:
                        "\(model.name) takes paper of \(model.paperWidth.rawValue) mm, not \(width.rawValue); leave --width out or name another --printer."
                )
            }
            return model.narrowed(to: width)
        } catch let error as YAMLError {
            throw Wrong(description: error.problems.map(\.description).joined(separator: "\n"))
        }
    }
}

extension PrinterModel {
    /// The same printer with a narrower roll: it prints what 48 mm of it can hold.
    fileprivate func narrowed(to width: PaperWidth) -> PrinterModel {
        var model = self
        model.paperWidth = width
        model.dots = min(dots, 48 * dotsPerMillimetre)
        model.columns = model.dots / (dots / columns)
        return model
    }
}
