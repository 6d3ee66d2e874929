import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import SyncProtocol

/// The centre as a kiosk reaches it over HTTP.
struct CentreClient: Sendable {
    /// With a slash at the end.
    let url: String
    private let client: HTTPClient

    /// How long the centre may take for one batch before its answer counts as lost.
    private static let patience = TimeAmount.seconds(30)
    /// An acknowledgement has some hundred octets.
    private static let longestAnswer = 64 * 1024

    init(url: String) {
        self.url = url
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(15))
        configuration.httpVersion = .http1Only
        // A centre that is away is known at once; when to call again is the machine's to say.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    /// Lets go of its connections; to be called once, at the end.
    func close() async throws { try await client.shutdown() }

    /// Sends one batch. Sending it again is harmless.
    func send(_ batch: Batch) async throws(SyncMachine.Failure) -> Acknowledgement {
        try await ask("v1/entries", Batch.mediaType, batch.octets)
    }

    /// Asks for a number. Asking again gets the same one.
    func lease(_ request: NumberRequest) async throws(SyncMachine.Failure) -> NumberLease {
        let body: Data
        do { body = try JSONEncoder().encode(request) } catch { throw .refused("the request cannot be written: \(error)") }
        return try await ask("v1/numbers", "application/json", [UInt8](body))
    }

    private func ask<Answer: Decodable>(
        _ path: String, _ type: String, _ octets: [UInt8]
    ) async throws(SyncMachine.Failure) -> Answer {
        let (response, body) = try await post(path, type, octets)
        let words = "HTTP \(response.status.code): \(String(decoding: body.prefix(300), as: UTF8.self))"
        switch response.status.code {
        case 200:
            do {
                return try JSONDecoder().decode(Answer.self, from: body)
            } catch {
                throw .refused("the answer is not of this protocol: \(error)")
            }
        case 429, 503:
            // RFC 9110 clause 10.2.3; a date is taken for no answer, since kiosk clocks may be wrong.
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            throw .busy(words, retryAfter: seconds.map { .seconds(max(0, min($0, 86_400))) })
        default: throw .refused(words)
        }
    }

    private func post(
        _ path: String, _ type: String, _ octets: [UInt8]
    ) async throws(SyncMachine.Failure) -> (HTTPClientResponse, Data) {
        do {
            var request = HTTPClientRequest(url: url + path)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: octets))
            let response = try await client.execute(request, timeout: Self.patience)
            return (response, Data(try await response.body.collect(upTo: Self.longestAnswer).readableBytesView))
        } catch {
            throw .away("\(url) did not answer: \(error)")
        }
    }
}
