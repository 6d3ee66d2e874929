import Foundation
import HTTPTypes
import Hummingbird
import Journal
import LoopbackWeb
import NIOCore
import SyncProtocol

/// The journal on the technician socket.
struct JournalRoutes: Sendable {
    let desk: JournalDesk

    /// Acknowledgements of some chains have some hundred octets each.
    private static let longestRequest = 1 << 20

    func add(to router: Router<BasicRequestContext>) {
        router.get("/v1/journal") { _, _ in try await Self.answer { try await desk.figures() } }
        router.get("/v1/journal/entries") { request, _ in
            let (epoch, lane, after) = try Self.place(request)
            let limit = request.uri.queryParameters["limit"].flatMap { Int($0) } ?? Batch.maximumEntries
            return try await Self.answer {
                try await desk.entries(after: after, epoch, lane, limit: max(1, min(limit, Batch.maximumEntries)))
            }
        }
        router.get("/v1/journal/batch") { request, _ in
            let (epoch, lane, after) = try Self.place(request)
            let batch = try await Self.refusals { try await desk.batch(after: after, epoch, lane) }
            return Response.fresh(Batch.mediaType, batch.octets)
        }
        router.post("/v1/journal/acknowledgements") { request, _ in
            let body = try await request.body.collect(upTo: Self.longestRequest)
            // As the centre spells it, not as this socket does.
            guard let answers = try? JSONDecoder().decode([Acknowledgement].self, from: Data(body.readableBytesView)) else {
                throw HTTPError(.badRequest, message: "the body must be what anjungan-central import has written")
            }
            return try await Self.answer { try await desk.acknowledge(answers) }
        }
        router.post("/v1/journal/clock") { _, _ in try await Self.answer { try await desk.confirmClock() } }
        router.post("/v1/journal/epoch") { request, _ in
            let body = try await request.body.collect(upTo: 4096)
            guard let order = try? TechnicianJSON.decoder.decode(Reasoned.self, from: Data(body.readableBytesView)) else {
                throw HTTPError(.badRequest, message: #"the body must be like {"reason":"…"}"#)
            }
            return try await Self.answer { try await desk.beginNewEpoch(reason: order.reason) }
        }
    }

    private static func place(_ request: Request) throws -> (Epoch, Lane, UInt64) {
        let query = request.uri.queryParameters
        guard let epoch = query["epoch"].flatMap({ Epoch(String($0)) }),
            let lane = query["lane"].flatMap({ name in Lane.allCases.first { $0.description == name } }),
            let after = query["after"].flatMap({ UInt64($0) })
        else { throw HTTPError(.badRequest, message: "the query must have epoch, lane and after") }
        return (epoch, lane, after)
    }

    private static func answer(_ value: () async throws -> some Encodable) async throws -> Response {
        Response.fresh("application/json", try TechnicianJSON.encoder.encode(try await refusals(value)).map(\.self))
    }

    /// What the journal refuses is told in its words.
    private static func refusals<Value>(_ value: () async throws -> Value) async throws -> Value {
        do {
            return try await value()
        } catch let error as JournalError {
            throw HTTPError(.conflict, message: error.description)
        }
    }
}

/// Why a technician does something.
struct Reasoned: Codable {
    var reason: String
}
