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
        try printer(document(of: .printers, name, in: directory), named: name)
    }

    /// Reads a document as the printer model `name`.
    public static func printer(_ document: YAMLDocument, named name: String) throws(YAMLError) -> PrinterModel {
        try document.read { PrinterReader(name: name, keys: $0).read() }
    }

    /// The printer models that have a file, sorted.
    public static func printerNames(in directory: String) -> [String] { names(of: .printers, in: directory) }

    /// As ``printer(named:in:)``, of `directory/readers`.
    public static func reader(named name: String, in directory: String) throws(YAMLError) -> ReaderModel {
        try reader(document(of: .readers, name, in: directory), named: name)
    }

    /// Reads a document as the reader model `name`.
    public static func reader(_ document: YAMLDocument, named name: String) throws(YAMLError) -> ReaderModel {
        try document.read { ReaderReader(name: name, keys: $0).read() }
    }

    /// Reads every file of `directory/readers`, sorted by id.
    /// - Throws: ``YAMLError`` with everything that is wrong in the first file that is.
    public static func readers(in directory: String) throws(YAMLError) -> [ReaderModel] {
        var models: [ReaderModel] = []
        for name in names(of: .readers, in: directory) { models.append(try reader(named: name, in: directory)) }
        return models
    }

    /// As ``printer(named:in:)``, of `directory/scanners`.
    public static func scanner(named name: String, in directory: String) throws(YAMLError) -> ScannerModel {
        try scanner(document(of: .scanners, name, in: directory), named: name)
    }

    /// Reads a document as the scanner model `name`.
    public static func scanner(_ document: YAMLDocument, named name: String) throws(YAMLError) -> ScannerModel {
        try document.read { ScannerReader(name: name, keys: $0).read() }
    }

    /// Reads every file of `directory/scanners`, sorted by id.
    /// - Throws: ``YAMLError`` with everything that is wrong in the first file that is.
    public static func scanners(in directory: String) throws(YAMLError) -> [ScannerModel] {
        var models: [ScannerModel] = []
        for name in names(of: .scanners, in: directory) { models.append(try scanner(named: name, in: directory)) }
        return models
    }

    /// A folder of `Devices/`.
    private enum Folder: String {
        case printers, readers, scanners

        var singular: Substring { rawValue.dropLast() }
    }

    private static func names(of folder: Folder, in directory: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(folder)")) ?? []
        return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }.sorted()
    }

    private static func document(of folder: Folder, _ name: String, in directory: String) throws(YAMLError) -> YAMLDocument {
        let known = names(of: folder, in: directory)
        if known.contains(name) { return try YAMLDocument(file: "\(directory)/\(folder)/\(name).yaml") }
        let nearest = known.nearest(to: name).joined(separator: ", ")
        let remedy =
            known.isEmpty
            ? "name the folder that holds \(folder)/*.yaml"
            : "nearest are \(nearest); ls \(directory)/\(folder) shows all \(known.count), and a new model is a new file there"
        throw YAMLError(
            YAMLProblem(
                YAMLPlace(file: "\(directory)/\(folder)"), "no \(folder.singular) model is called “\(name)”", remedy: remedy))
    }
}
