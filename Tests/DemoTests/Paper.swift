import Foundation
import FoundationNetworking

/// What really came out of the emulated printer: its `paper.json`.
struct Paper: Decodable, Sendable {
    struct Sheet: Decodable, Sendable {
        var text: String
        var printID: String?
        var millimetres: Double
        var cut: Bool
        var startedAt: String?
        var finishedAt: String?

        enum CodingKeys: String, CodingKey {
            case text, millimetres, cut
            case printID = "print_id"
            case startedAt = "started_at"
            case finishedAt = "finished_at"
        }
    }
    var sheets: [Sheet]

    static func read(_ demo: DemoProcess) async throws -> Paper {
        try JSONDecoder().decode(Paper.self, from: try await get("paper.json", of: demo))
    }

    /// `GET` from the paper page.
    static func get(_ path: String, of demo: DemoProcess) async throws -> Data {
        let url = URL(string: "http://127.0.0.1:\(demo.paperPort)/\(path)")!
        return try await URLSession.shared.data(from: url).0
    }

    /// Presses a fault button of the paper page.
    static func press(_ fault: String, _ on: Bool, of demo: DemoProcess) async throws {
        var request = URLRequest(url: URL(string: "http://127.0.0.1:\(demo.paperPort)/faults/\(fault)/\(on ? "on" : "off")")!)
        request.httpMethod = "POST"
        _ = try await URLSession.shared.data(for: request)
    }
}
