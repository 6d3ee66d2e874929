public import ESCPOS
import Foundation
public import StrictYAML

/// Reads what a device can do from `Devices/`, one text file for each model; `Devices/README.md` documents the keys.
///
/// No code asks for a model by name: a quirk is a key here.
public enum DeviceProfiles {
    /// Reads `directory/printers/NAME.yaml`.
    /// - Parameter directory: the folder `Devices`.
    /// - Throws: ``YAMLError`` with everything that is wrong; for an unknown name it names the nearest, and where all are.
    public static func printer(named name: String, in directory: String) throws(YAMLError) -> PrinterModel {
        let known = printerNames(in: directory)
        guard known.contains(name) else {
            let nearest = known.nearest(to: name).joined(separator: ", ")
            let remedy =
                known.isEmpty
                ? "name the folder that holds printers/*.yaml"
                : "nearest are \(nearest); ls \(directory)/printers shows all \(known.count), and a new model is a new file there"
            throw YAMLError(
                YAMLProblem(YAMLPlace(file: "\(directory)/printers"), "no printer model is called “\(name)”", remedy: remedy))
        }
        return try printer(YAMLDocument(file: "\(directory)/printers/\(name).yaml"), named: name)
    }

    /// Reads a document as the printer model `name`.
    public static func printer(_ document: YAMLDocument, named name: String) throws(YAMLError) -> PrinterModel {
        try document.read { PrinterReader(name: name, keys: $0).read() }
    }

    /// The printer models that have a file, sorted.
    public static func printerNames(in directory: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/printers")) ?? []
        return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }.sorted()
    }
}
