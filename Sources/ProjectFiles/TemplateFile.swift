import Foundation
import PaperTemplates
import ReceiptMarkup

/// A file of markup as a command was given it, with what is known about where it lies.
public struct TemplateFile {
    private let path: String
    private let source: String
    /// The folder it lies in; nil for standard input.
    private let folder: TemplateFolder?
    /// It lies in `Kiosk/templates`, which only a technician may write to.
    private let isTechnicians: Bool

    /// Reads the file; `-` is standard input.
    public init(_ path: String) throws {
        self.path = path
        source = String(decoding: try CommandFiles.read(path), as: UTF8.self)
        folder = path == "-" ? nil : TemplateFolder(of: path)
        isTechnicians = Self.isTechnicians(folder)
    }

    private static func isTechnicians(_ folder: TemplateFolder?) -> Bool {
        guard let folder, let kiosk = (try? ProjectFolders.find())?.kiosk, let templates = TemplateFolder("\(kiosk)/templates") else {
            return false
        }
        return folder.realPath == templates.realPath || folder.realPath.hasPrefix(templates.realPath + "/")
    }

    /// The receipt, and what is to be said about it with its place in the file.
    public func receipt(data: String?) throws -> FilledReceipt {
        guard data != nil || isTechnicians else {
            return FilledReceipt(receipt: Receipt(parsing: source), file: path, lines: [])
        }
        let filled = try template().traced(try fields(data: data))
        let receipt = Receipt(parsing: filled.markup, allowingDeviceCommands: isTechnicians)
        return FilledReceipt(receipt: receipt, file: path, lines: filled.lines)
    }

    private func template() throws -> PaperTemplate {
        try PaperTemplate(source, file: path) { folder?.partial($0) }
    }

    /// What `--data` holds (JSON, or a file of it), else the sample beside the template.
    /// `logo` comes from `logo.png` beside the template where the data do not give one.
    private func fields(data: String?) throws -> Fields {
        var fields = try read(data)
        if fields["logo"] == nil, source.contains("logo"), let folder, let png = try? CommandFiles.read("\(folder.path)/logo.png") {
            fields["logo"] = Base64(bytes: png).map { .base64($0) }
        }
        return fields
    }

    private func read(_ data: String?) throws -> Fields {
        if let data, data.drop(while: \.isWhitespace).first == "{" {
            return try TemplateData.fields(json: Array(data.utf8), file: "--data")
        }
        let file = data ?? sample
        guard let file else { return [:] }
        return try TemplateData.fields(json: try CommandFiles.read(file), file: file)
    }

    /// `samples/NAME.json` beside `NAME.receipt`, where there is one.
    private var sample: String? {
        guard let folder, let name = path.split(separator: "/").last?.split(separator: ".").first else { return nil }
        let file = "\(folder.path)/samples/\(name).json"
        return access(file, R_OK) == 0 ? file : nil
    }
}
