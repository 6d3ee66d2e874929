import AsyncHTTPClient
import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import LoopbackWeb
import NIOCore
import NIOHTTP1

/// Where the manual series is printed and entered: in the store itself, or through the centre that is writing it.
///
/// A running centre is asked over a unix socket in the store's folder, so that nobody but the store's owner can: whatever comes to its
/// page's port may come from any user of the machine.
public enum ManualDesk: Sendable {
    case store(CentralStore)
    case centre(socket: String)

    /// Opens the store in `directory`, or finds the centre that has it open.
    public static func open(directory: String) async throws(StoreError) -> ManualDesk {
        do throws(StoreError) {
            return .store(try await CentralStore.open(directory: directory))
        } catch {
            guard error.code == .owned else { throw error }
            return .centre(socket: StoreFolder(path: directory).desk)
        }
    }

    /// Sets numbers aside for printing: all orders or none. Durable when it returns.
    public func print(_ orders: [SheetOrder]) async throws(StoreError) -> [ManualSheet] {
        switch self {
        case .store(let store): try await store.printSheets(orders, at: .now)
        case .centre(let socket): try await Self.ask(socket, ManualRoutes.sheets, orders)
        }
    }

    /// Enters what was handed out: all or nothing. Durable when it returns.
    public func enter(_ entries: [ManualEntry]) async throws(StoreError) -> ManualReceipt {
        switch self {
        case .store(let store): try await store.enter(entries, at: .now)
        case .centre(let socket): try await Self.ask(socket, ManualRoutes.entries, entries)
        }
    }

    public func close() async throws(StoreError) {
        if case .store(let store) = self { try await store.close() }
    }

    private static func ask<Answer: Decodable>(_ socket: String, _ path: String, _ question: some Encodable) async throws(StoreError)
        -> Answer
    {
        guard let url = URL(httpURLWithSocketPath: socket, uri: path) else { throw StoreError(.failed, "\(socket) is no path of a socket") }
        do {
            var request = HTTPClientRequest(url: url.absoluteString)
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: json(question)))
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.httpVersion = .http1Only
            configuration.connectionPool.retryConnectionEstablishment = false
            let (status, body) = try await HTTPClient.withHTTPClient(configuration: configuration) { [request] client in
                let response = try await client.execute(request, timeout: .seconds(60))
                return (response.status.code, Data(try await response.body.collect(upTo: 16 << 20).readableBytesView))
            }
            if status == 200 { return try JSONDecoder().decode(Answer.self, from: body) }
            let problem = try JSONDecoder().decode(CentralServer.Problem.self, from: body).error
            throw StoreError(StoreError.Code(rawValue: problem.code) ?? .failed, problem.message)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(
                .owned,
                "another program has the store open, and no centre answers at \(socket) (\(error)); is it an older version? Restart it")
        }
    }
}

/// The desk of a running centre.
enum ManualRoutes {
    static let sheets = "/v1/manual/sheets"
    static let entries = "/v1/manual/entries"
    /// The longest path that a unix socket can have (unix(7), `sun_path`, with its zero).
    static let longestPath = 107
}

extension CentralServer {
    /// Serves the desk until the end; a store whose path is too long for a socket has none while its centre runs.
    func serveDesk() async throws {
        let path = store.folder.desk
        guard path.utf8.count <= ManualRoutes.longestPath else {
            return logger.warning("\(path) is too long for a socket; stop the centre to print or enter a manual series")
        }
        let router = Router()
        router.post("\(ManualRoutes.sheets)") { request, _ in
            let orders = try await Self.body([SheetOrder].self, of: request)
            return await answer { () throws(StoreError) in json(try await store.printSheets(orders, at: configuration.clock())) }
        }
        router.post("\(ManualRoutes.entries)") { request, _ in
            let entries = try await Self.body([ManualEntry].self, of: request)
            return await answer { () throws(StoreError) in json(try await store.enter(entries, at: configuration.clock())) }
        }
        let application = Application(
            router: router, server: .page, configuration: .init(address: .unixDomainSocket(path: path), serverName: nil),
            onServerRunning: { _ in chmod(path, 0o600) }, logger: quietLogger)
        do {
            try await application.run()
        } catch let error as IOError {
            logger.warning("\(path) cannot be served (\(error)); stop the centre to print or enter a manual series")
        }
    }

    private static func body<Body: Decodable>(_ type: Body.Type, of request: Request) async throws -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(try await request.body.collect(upTo: 16 << 20).readableBytesView))
        } catch {
            throw HTTPError(.badRequest, message: "This is no question of this version: \(error).")
        }
    }
}
