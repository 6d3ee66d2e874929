import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
public import SyncProtocol

/// Asks a running kiosk how it is, over its technician socket.
public struct TechnicianClient: Sendable {
    let socket: String

    /// - Parameter socket: the path that the kiosk's configuration gives as `technician_socket`.
    public init(socket: String) {
        self.socket = socket
    }

    /// No kiosk answers there, or not with what was asked for.
    public struct Away: Error, Sendable, CustomStringConvertible {
        public var description: String
        /// There is one, and it refuses.
        public var isRefusal = false
    }

    public func status() async throws -> KioskStatus { try await ask(.GET, "/v1/status", within: .seconds(5)) }

    /// The tickets of today, in the order of issue.
    public func tickets() async throws -> [TicketStatus] { try await ask(.GET, "/v1/tickets", within: .seconds(5)) }

    /// Has both chains of the journal followed from end to end.
    public func verify() async throws -> JournalVerification { try await ask(.POST, "/v1/journal/verify", within: .seconds(120)) }

    /// A test slip with a new code, to be printed on `printer`.
    public func slip(of printer: String) async throws -> SlipOrder {
        try await ask(.POST, "/v1/printers/\(Self.segment(printer))/slip", within: .seconds(5))
    }

    /// Says that somebody has read `code` on the last slip of `printer`.
    public func prove(_ printer: String, code: String) async throws -> SlipProof {
        let body = try TechnicianJSON.encoder.encode(SlipReading(code: code))
        return try await ask(.POST, "/v1/printers/\(Self.segment(printer))/proof", body, within: .seconds(5))
    }

    /// Says that a new roll was put into `printer`, where no sensor sees that.
    public func renewRoll(of printer: String) async throws -> KioskStatus.Roll? {
        try await ask(.POST, "/v1/printers/\(Self.segment(printer))/roll", within: .seconds(5))
    }

    /// How full the journal is and how far its chains have got.
    public func journal() async throws -> JournalFigures { try await ask(.GET, "/v1/journal", within: .seconds(10)) }

    /// Up to 500 entries of one chain of the journal behind `sequence`.
    public func entries(after sequence: UInt64, _ epoch: Epoch, _ lane: Lane) async throws -> [EntryFacts] {
        try await ask(.GET, "/v1/journal/entries?epoch=\(epoch)&lane=\(lane)&after=\(sequence)", within: .seconds(30))
    }

    /// What the centre would be sent of a chain behind `sequence`.
    public func batch(after sequence: UInt64, _ epoch: Epoch, _ lane: Lane) async throws -> Batch {
        try Batch(
            decoding: [UInt8](try await send(.GET, "/v1/journal/batch?epoch=\(epoch)&lane=\(lane)&after=\(sequence)", within: .seconds(30)))
        )
    }

    /// Brings the journal what `anjungan-central import` has written.
    public func acknowledge(_ answers: [Acknowledgement]) async throws -> [AcknowledgementReceipt] {
        try await ask(.POST, "/v1/journal/acknowledgements", try JSONEncoder().encode(answers), within: .seconds(30))
    }

    /// Says that the clock is right.
    public func confirmClock() async throws -> JournalFigures { try await ask(.POST, "/v1/journal/clock", within: .seconds(10)) }

    /// Says that the journal was restored from an old copy, or cloned.
    public func beginNewEpoch(reason: String) async throws -> JournalFigures {
        try await ask(.POST, "/v1/journal/epoch", try TechnicianJSON.encoder.encode(Reasoned(reason: reason)), within: .seconds(10))
    }

    /// Ends the emergency at this kiosk.
    public func endEmergency(reason: String) async throws -> EndedEmergency {
        try await ask(.POST, "/v1/emergency/end", try TechnicianJSON.encoder.encode(Reasoned(reason: reason)), within: .seconds(10))
    }

    /// A name as one segment of a path.
    private static func segment(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? name
    }

    /// A kiosk that is away is known at once, and no connection is kept that a kiosk would wait for when it ends.
    private static func configuration(_ patience: TimeAmount) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: patience, read: patience)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private func ask<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ content: Data? = nil, within patience: TimeAmount
    ) async throws -> Answer {
        try TechnicianJSON.decoder.decode(Answer.self, from: try await send(method, path, content, within: patience))
    }

    private func send(_ method: HTTPMethod, _ path: String, _ content: Data? = nil, within patience: TimeAmount) async throws -> Data {
        guard let url = URL(httpURLWithSocketPath: socket, uri: path) else {
            throw Away(description: "\(socket) is no path of a socket; correct technician_socket")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        if let content { request.body = .bytes(content) }
        let body: ByteBuffer
        let status: HTTPResponseStatus
        do {
            (status, body) = try await HTTPClient.withHTTPClient(configuration: Self.configuration(patience)) { [request] client in
                let response = try await client.execute(request, timeout: patience)
                return (response.status, try await response.body.collect(upTo: 64 << 20))
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Away(description: "no kiosk answers at \(socket) (\(error)); start it with `anjungan run`, or look at its log")
        }
        guard status == .ok else {
            throw Away(
                description: "the kiosk at \(socket) answered HTTP \(status.code): \(String(buffer: body).prefix(300))", isRefusal: true)
        }
        return Data(body.readableBytesView)
    }
}
