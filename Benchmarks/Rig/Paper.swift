import Foundation
import FoundationNetworking

/// What came out of the demo's emulated printer: its `paper.json`.
struct Paper: Decodable, Sendable {
    struct Sheet: Decodable, Sendable {
        var millimetres: Double
        var cut: Bool
    }
    /// The latest; the printer keeps some.
    var sheets: [Sheet]

    static func read(port: Int) async throws -> Paper {
        guard let url = URL(string: "http://127.0.0.1:\(port)/paper.json") else { preconditionFailure("A port makes a valid address") }
        return try JSONDecoder().decode(Paper.self, from: try await URLSession.shared.data(from: url).0)
    }
}
