import Broadcasting
import Enrolment
import Foundation
import HTTPTypes
import Hummingbird
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import SyncProtocol
import SyncTransport

/// What can be asked of a centre.
extension CentralServer {
    /// - Parameter admit: throws for whoever may not send this batch with this signature.
    func addIngest<Context: RequestContext>(
        to router: some RouterMethods<Context>,
        admit: @escaping @Sendable (Context, Batch, _ signature: BatchSignature?) async throws -> Void = { _, _, _ in }
    ) {
        router.post("/v1/entries") { request, context in
            // Before a single octet of the body is held in memory.
            if case .later(let pause, let maximum) = admission.enter() {
                return busy(pause, maximum)
            }
            defer { admission.leave() }
            return try await ingest(request) { try await admit(context, $0, $1) }
        }
    }

    /// - Parameter peer: whose certificate the request came with; nil without TLS.
    func addNumbers<Context: RequestContext>(
        to router: some RouterMethods<Context>, peer: @escaping @Sendable (Context) -> DeviceCertificate? = { _ in nil }
    ) {
        router.post("/v1/numbers") { request, context in
            let body = try await request.body.collect(upTo: 4096)
            let wish: NumberRequest
            do {
                wish = try JSONDecoder().decode(NumberRequest.self, from: Data(body.readableBytesView))
            } catch {
                throw HTTPError(.badRequest, message: "This is no request for a number: \(error).")
            }
            try peer(context)?.admit(wish)
            let told = Self.told(request)
            return await answer { () throws(StoreError) in
                json(try await store.lease(wish, told: told, in: configuration.timeZone, at: configuration.clock()))
            }
        }
    }

    func addHealth<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/v1/health") { _, _ in
            await answer { () throws(StoreError) in json(try await store.health()) }
        }
    }

    private func ingest(
        _ request: Request, _ admit: (Batch, _ signature: BatchSignature?) async throws -> Void
    ) async throws -> Response {
        let batch = try await batch(of: request)
        try await admit(batch, request.headers[.anjunganSignature].flatMap(BatchSignature.init(header:)))
        let waiting = HTTPField.Name(Batch.waitingHeader).flatMap { request.headers[$0] }.flatMap(Int.init)
        var result: IngestResult
        do throws(StoreError) {
            // Nothing has been waiting for longer than ten years; a figure that says so is an error somewhere.
            let contact = Contact(
                at: configuration.clock(), waiting: waiting.map { .seconds(max(0, min($0, 315_360_000))) }, told: Self.told(request))
            result = try await store.ingest(batch, contact)
        } catch {
            return unavailable(error)
        }
        result.acknowledgement.encodings = [Deflate.name]
        result.acknowledgement.maximumEntries = admission.maximumEntries
        log(result, batch.chain)
        return Response.fresh("application/json", json(result.acknowledgement))
    }

    /// What a kiosk says that it was told before.
    private static func told(_ request: Request) -> Told? {
        HTTPField.Name(Told.header).flatMap { request.headers[$0] }.flatMap(Told.init(headerValue:))
    }

    func addReports(to router: Router<BasicRequestContext>) {
        router.get("/v1/report") { request, _ in
            let day = try day(of: request)
            return await answer { () throws(StoreError) in try await report(day) }
        }
        router.get("/v1/events") { request, _ in
            let (changes, listener) = store.onlookers.add(first: ())
            return Response.events(request, changes) { _ in
                String(decoding: try await report(today), as: UTF8.self)
            } onClose: {
                listener.finish()
            }
        }
    }

    private func batch(of request: Request) async throws -> Batch {
        let tooLarge = HTTPError(
            .contentTooLarge, message: "A batch has at most \(Batch.readLimit) octets; send fewer entries at once.")
        if let length = request.headers[.contentLength].flatMap(Int.init), length > Batch.readLimit { throw tooLarge }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Batch.readLimit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
        let octets: [UInt8]
        do throws(Deflate.Failure) {
            octets = try unpacked(Array(body.readableBytesView), request.headers[.contentEncoding])
        } catch {
            if error == .tooLarge { throw tooLarge }
            throw HTTPError(.badRequest, message: "This is no batch of entries: it cannot be unpacked.")
        }
        do throws(EntryError) {
            return try Batch(decoding: octets)
        } catch {
            throw HTTPError(.badRequest, message: "This is no batch of entries: \(error).")
        }
    }

    /// Another coding than the one that is offered makes no batch, and is refused as such.
    private func unpacked(_ octets: [UInt8], _ coding: String?) throws(Deflate.Failure) -> [UInt8] {
        coding?.lowercased() == Deflate.name ? try Deflate.unpack(octets, limit: Batch.readLimit) : octets
    }

    private func day(of request: Request) throws -> ServiceDay {
        guard let text = request.uri.queryParameters["day"] else { return today }
        guard let day = ServiceDay(iso8601: String(text)) else {
            throw HTTPError(.badRequest, message: "“\(text)” is no day: write it as YYYY-MM-DD, like day=\(today).")
        }
        return day
    }

    func answer(_ body: () async throws(StoreError) -> [UInt8]) async -> Response {
        do throws(StoreError) {
            return Response.fresh("application/json", try await body())
        } catch {
            return unavailable(error)
        }
    }

    /// Nothing is acknowledged; whoever asked may ask again.
    private func unavailable(_ error: StoreError) -> Response {
        // What was asked for was wrong, or the store is.
        let level: Logger.Level = error.code == .refused ? .notice : .error
        logger.log(level: level, "the store refused", metadata: ["code": "\(error.code.rawValue)", "detail": "\(error)"])
        let problem = Problem(error: .init(message: error.detail, code: error.code.rawValue))
        guard error.code != .refused else { return Response.fresh("application/json", json(problem), status: .conflict) }
        var response = Response.fresh("application/json", json(problem), status: .serviceUnavailable)
        response.headers[.retryAfter] = "5"
        return response
    }

    /// There is no room for another batch; nothing of this one was read.
    private func busy(_ pause: Duration, _ maximum: Int) -> Response {
        logger.debug("turned a batch away", metadata: ["retry": "\(pause)"])
        let words = "The centre has as many batches at work as it takes; send this one again later."
        let problem = Problem(error: .init(message: words, code: "busy"), maximumEntries: maximum)
        var response = Response.fresh("application/json", json(problem), status: .serviceUnavailable)
        response.headers[.retryAfter] = String(pause.components.seconds)
        return response
    }

    private func log(_ result: IngestResult, _ chain: ChainName) {
        let name: Logger.Metadata = ["kiosk": "\(chain.site)/\(chain.kiosk)", "lane": "\(chain.lane)", "epoch": "\(chain.epoch)"]
        for line in result.notes { logger.notice("\(line)") }
        for line in result.unread { logger.warning("stored without being understood: \(line)", metadata: name) }
        guard let fault = result.acknowledgement.fault else { return }
        let level: Logger.Level = result.isNews ? .error : .debug
        logger.log(level: level, "\(fault.code.rawValue): \(fault.detail); \(result.aside) entries put aside", metadata: name)
    }

    /// The manner of the web server's own errors, and the store's code.
    struct Problem: Codable {
        struct Words: Codable {
            var message: String
            var code: String
        }
        var error: Words
        /// As ``Pressure``.
        var maximumEntries: Int?
    }
}

extension HTTPField.Name {
    /// Of a batch, by the kiosk's key.
    static let anjunganSignature: Self = {
        guard let name = Self(BatchSignature.header) else { preconditionFailure("\(BatchSignature.header) is a token") }
        return name
    }()
}

/// One line of JSON with sorted keys.
func json(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
        return [UInt8](try encoder.encode(value))
    } catch {
        preconditionFailure("Texts and whole numbers always fit into JSON: \(error)")
    }
}
