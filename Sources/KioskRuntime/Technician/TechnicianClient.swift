import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Asks a running kiosk how it is, over its technician socket.
public struct TechnicianClient: Sendable {
    let socket: String

    /// - Parameter socket: the path that the kiosk's configuration gives as `technician_socket`.
    public init(socket: String) {
        self.socket = socket
    }

    /// No kiosk answers there.
    public struct Away: Error, Sendable, CustomStringConvertible {
        public var description: String
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
            throw Away(description: "the kiosk at \(socket) answered HTTP \(status.code): \(String(buffer: body).prefix(300))")
        }
        return try TechnicianJSON.decoder.decode(Answer.self, from: Data(body.readableBytesView))
    }
}
