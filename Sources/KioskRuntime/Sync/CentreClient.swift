import AsyncHTTPClient
import Enrolment
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SyncProtocol

/// The centre as a kiosk reaches it over HTTP.
struct CentreClient: Sendable {
    /// With a slash at the end.
    let url: String
    private let client: HTTPClient
    /// nil: a centre on this machine, without keys.
    private let credentials: Credentials?

    /// How long the centre may take for one batch before its answer counts as lost.
    private static let patience = TimeAmount.seconds(30)
    /// An acknowledgement has some hundred octets.
    private static let longestAnswer = 64 * 1024

    init(url: String, credentials: Credentials? = nil) {
        self.url = url
        self.credentials = credentials
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(15))
        configuration.httpVersion = .http1Only
        // A centre that is away is known at once; when to call again is the machine's to say.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    /// Lets go of its connections; to be called once, at the end.
    func close() async throws { try await client.shutdown() }

    /// What keeps the certificate for this centre young; nil where there are no keys.
    func renewal(logger: Logger) -> EnrolmentWatch? {
        credentials.map { EnrolmentWatch($0, client: EnrolmentClient(url: url), logger: logger) }
    }

    /// Sends one batch. Sending it again is harmless.
    func send(_ batch: Batch) async throws(SyncMachine.Failure) -> Acknowledgement {
        let (response, body) = try await post(batch)
        let words = "HTTP \(response.status.code): \(String(decoding: body.prefix(300), as: UTF8.self))"
        credentials?.heard(status: Int(response.status.code), body)
        switch response.status.code {
        case 200:
            do {
                return try JSONDecoder().decode(Acknowledgement.self, from: body)
            } catch {
                throw .refused("the answer is no acknowledgement: \(error)")
            }
        case 429, 503:
            // RFC 9110 clause 10.2.3; a date is taken for no answer, since kiosk clocks may be wrong.
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            throw .busy(words, retryAfter: seconds.map { .seconds(max(0, min($0, 86_400))) })
        default: throw .refused(words)
        }
    }

    private func post(_ batch: Batch) async throws(SyncMachine.Failure) -> (HTTPClientResponse, Data) {
        do {
            var request = HTTPClientRequest(url: url + "v1/entries")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: Batch.mediaType)
            let octets = batch.octets
            request.body = .bytes(ByteBuffer(bytes: octets))
            try credentials?.prepare(&request, batch: octets)
            let response = try await client.execute(request, timeout: Self.patience)
            return (response, Data(try await response.body.collect(upTo: Self.longestAnswer).readableBytesView))
        } catch let error as EnrolmentError {
            throw .refused(error.detail)
        } catch {
            if let words = credentials?.failed(error, at: url) { throw .refused(words) }
            throw .away("\(url) did not answer: \(error)")
        }
    }
}
