import Foundation
import PaperTemplates

/// The fields of a template as a JSON object.
enum TemplateData {
    /// `file` is how messages call it.
    static func fields(json: [UInt8], file: String) throws(CommandFiles.Failure) -> Fields {
        do {
            return try JSONDecoder().decode(Fields.self, from: Data(json))
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw wrong(json, file)
        } catch let error as DecodingError {
            let path = (error.context?.codingPath ?? []).map(\.stringValue).joined(separator: ".")
            let detail = path.isEmpty ? "the data must be one JSON object, {…}" : "“\(path)”: \(error.context?.debugDescription ?? "")"
            throw CommandFiles.Failure(description: "\(file): \(detail); correct the JSON")
        } catch {
            throw CommandFiles.Failure(description: "\(file): \(error); correct the JSON")
        }
    }

    /// The decoder does not say where JSON ends to be JSON; the other reader of the library says how many bytes were right.
    private static func wrong(_ json: [UInt8], _ file: String) -> CommandFiles.Failure {
        do {
            _ = try JSONSerialization.jsonObject(with: Data(json))
            return CommandFiles.Failure(description: "\(file): this is no JSON; correct it")
        } catch {
            let detail = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
            let place = offset(in: detail, of: json).map { self.place(of: $0, in: json) } ?? ""
            return CommandFiles.Failure(description: "\(file)\(place): \(detail) Correct the JSON.")
        }
    }

    private static func offset(in detail: String, of json: [UInt8]) -> Int? {
        if let match = detail.firstMatch(of: /around character (\d+)/) { return Int(match.1).map { min($0, json.count) } }
        return detail.contains("end of file") ? json.count : nil
    }

    /// `:LINE:COLUMN`, from 1, the column in bytes.
    private static func place(of offset: Int, in json: [UInt8]) -> String {
        let before = json[..<offset]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return ":\(before.count { $0 == UInt8(ascii: "\n") } + 1):\(offset - lineStart + 1)"
    }
}

extension DecodingError {
    fileprivate var context: Context? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context):
            context
        @unknown default: nil
        }
    }
}
