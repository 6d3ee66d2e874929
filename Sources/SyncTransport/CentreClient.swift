import AsyncHTTPClient
public import CardLookup
public import Enrolment
import Foundation
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import SyncProtocol
import Synchronization

/// The centre as a kiosk reaches it over HTTP, or a centre as the one below it does.
public struct CentreClient: Sendable {
    private let packing = PackingMemory()
    /// With a slash at the end.
    let url: String
    private let client: HTTPClient
    /// nil: a centre on this machine, without keys.
    private let credentials: Credentials?
    private let proxy: WebProxy?

    /// How long the centre may take for one batch before its answer counts as lost.
    private let patience: TimeAmount
    /// An acknowledgement has some hundred octets.
    private static let longestAnswer = 64 * 1024

    /// - Parameters:
    ///   - url: of the centre, like `http://127.0.0.1:7072/`.
    ///   - credentials: nil for a centre on this machine, without keys.
    ///   - proxy: nil where the centre can be reached without one; never used without TLS.
    ///   - isSlow: many chains share a thin line to it: few of them at once, and with patience.
    ///   - waits: the centre may be silent for a while before it answers, as it is with notices.
    public init(
        url: String, credentials: Credentials? = nil, proxy: WebProxy? = nil, isSlow: Bool = false, waits: Bool = false
    ) {
        self.url = url.hasSuffix("/") ? url : url + "/"
        self.credentials = credentials
        self.proxy = url.hasPrefix("https:") ? proxy : nil
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Over a thin line that loses every fifth packet, a handshake takes seconds, and a batch lies in the kernel's buffer for most of
        // its way: silence means nothing before the patience has ended. Only whoever waits for news wants to know that the line is dead.
        let news = TimeAmount.seconds(Int64(NoticeRequest.longestWait) + 15)
        let patience = isSlow ? TimeAmount.minutes(10) : waits ? news + .seconds(15) : .minutes(2)
        configuration.timeout = .init(connect: .seconds(20), read: waits ? news : patience)
        configuration.httpVersion = .http1Only
        configuration.proxy = self.proxy?.settings
        // A centre that is away is known at once; when to call again is the machine's to say.
        if isSlow { configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2 }
        self.patience = patience
        // A kiosk waits for news on one connection all the time. Another that it used for a batch is not worth the centre's memory for long.
        configuration.connectionPool.idleTimeout = .seconds(20)
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    /// Lets go of its connections; to be called once, at the end.
    public func close() async throws { try await client.shutdown() }

    /// What keeps the certificate for this centre young; nil where there are no keys.
    public func renewal(logger: Logger) -> EnrolmentWatch? {
        credentials.map { EnrolmentWatch($0, client: EnrolmentClient(url: url, proxy: proxy), logger: logger) }
    }

    /// Sends one batch. Sending it again is harmless.
    ///
    /// - Parameters:
    ///   - waiting: for how long the oldest entry that the centre does not have has been waiting.
    ///   - told: how far the centre had the chain, by its own word.
    ///   - signature: the kiosk's own, of a batch that came on a stick.
    public func send(
        _ batch: Batch, waiting: Duration? = nil, told: Told? = nil, signature: BatchSignature? = nil
    ) async throws(SyncMachine.Failure) -> Acknowledgement {
        var headers = [("Content-Type", Batch.mediaType)]
        if let waiting { headers.append((Batch.waitingHeader, String(max(0, waiting.components.seconds)))) }
        if let told { headers.append((Told.header, told.headerValue)) }
        if let signature { headers.append((BatchSignature.header, signature.headerValue)) }
        let octets = batch.octets
        let packed = packing.rule.withLock(\.packs) ? Deflate.pack(octets) : nil
        if packed != nil { headers.append(("Content-Encoding", Deflate.name)) }
        let sent = ContinuousClock.now
        do {
            let answer: Acknowledgement = try await ask(
                "v1/entries", headers, packed ?? octets, signing: signature == nil ? octets : nil)
            packing.rule.withLock {
                $0.answered(
                    octets: octets.count, after: ContinuousClock.now - sent, unpacks: answer.encodings?.contains(Deflate.name) ?? false)
            }
            return answer
        } catch {
            if case .refused = error { packing.rule.withLock { $0.refused() } }
            throw error
        }
    }

    /// Asks for a number. Asking again gets the same one.
    ///
    /// - Parameter told: how far the centre had the kiosk's transactions, by its own word: one that has less now gives no number.
    public func lease(_ request: NumberRequest, told: Told? = nil) async throws(SyncMachine.Failure) -> NumberLease {
        let body: Data
        do { body = try JSONEncoder().encode(request) } catch { throw .refused("the request cannot be written: \(error)") }
        let headers = [("Content-Type", "application/json")] + (told.map { [(Told.header, $0.headerValue)] } ?? [])
        return try await ask("v1/numbers", headers, [UInt8](body))
    }

    /// Asks what this kiosk should know; of a client that waits.
    public func notices(_ request: NoticeRequest) async throws(SyncMachine.Failure) -> Notices {
        let body: Data
        do { body = try JSONEncoder().encode(request) } catch { throw .refused("the request cannot be written: \(error)") }
        return try await ask("v1/notices", [("Content-Type", "application/json")], [UInt8](body))
    }

    /// Asks whose card it is. The centre answers a kiosk so often only.
    public func lookUp(_ question: CardQuestion) async throws(SyncMachine.Failure) -> CardAnswer {
        let body: Data
        do { body = try JSONEncoder().encode(question) } catch { throw .refused("the question cannot be written: \(error)") }
        return try await ask("v1/cards/lookup", [("Content-Type", "application/json")], [UInt8](body))
    }

    private func ask<Answer: Decodable>(
        _ path: String, _ headers: [(String, String)], _ octets: [UInt8], signing signed: [UInt8]? = nil
    ) async throws(SyncMachine.Failure) -> Answer {
        let (response, body) = try await post(path, headers, octets, signed)
        let words = "HTTP \(response.status.code): \(String(decoding: body.prefix(300), as: UTF8.self))"
        credentials?.heard(status: Int(response.status.code), body)
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
            let pressure = try? JSONDecoder().decode(Pressure.self, from: body)
            throw .busy(
                words, retryAfter: seconds.map { .seconds(max(0, min($0, 86_400))) }, maximumEntries: pressure?.maximumEntries)
        default: throw .refused(words)
        }
    }

    private func post(
        _ path: String, _ headers: [(String, String)], _ octets: [UInt8], _ signed: [UInt8]?
    ) async throws(SyncMachine.Failure) -> (HTTPClientResponse, Data) {
        do {
            var request = HTTPClientRequest(url: url + path)
            request.method = .POST
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(bytes: octets))
            try credentials?.prepare(&request, batch: signed)
            let response = try await client.execute(request, timeout: patience)
            return (response, Data(try await response.body.collect(upTo: Self.longestAnswer).readableBytesView))
        } catch let error as EnrolmentError {
            throw .refused(error.detail)
        } catch {
            if let words = credentials?.failed(error, at: url) { throw .refused(words) }
            throw .away("\(url) did not answer: \(proxy?.words(of: error) ?? "\(error)")")
        }
    }
}

/// Shared by the copies of a client.
private final class PackingMemory: Sendable {
    let rule = Mutex(PackingRule())
}
