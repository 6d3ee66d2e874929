import AsyncHTTPClient
import Foundation
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import Stage

/// A stage with stand-ins for everybody, and a browser's hands.
struct StageBench: Sendable {
    let port: Int
    let kiosk: KioskStandIn
    let paper: PaperStandIn
    let relay: NetworkRelay
    /// The processes that the stage may kill.
    let processes: Mutexed<[String: Int32]>

    final class Mutexed<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        func callAsFunction() -> Value { value.withLock { $0 } }
        func set(_ new: Value) { value.withLock { $0 = new } }
    }

    struct NotRunning: Error, CustomStringConvertible { var description: String }

    struct Reply: Sendable {
        var status: Int
        var text: String
        var type: String?
        var policy: String?
    }

    static func with(_ day: HonestDay = HonestDay(printed: 2), _ body: @escaping @Sendable (StageBench) async throws -> Void) async throws {
        let kiosk = KioskStandIn()
        kiosk.says(KioskAccount(status: day.kiosk, tickets: day.tickets, isWhole: true))
        let paper = PaperStandIn()
        let report = day.centre
        try await serving(paper.router()) { paperPort in
            try await serving(centreStandIn(report)) { centrePort in
                try await run(kiosk, paper, paperPort, centrePort, body)
            }
        }
    }

    private static func run(
        _ kiosk: KioskStandIn, _ paper: PaperStandIn, _ paperPort: Int, _ centrePort: Int,
        _ body: @Sendable (StageBench) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Kiosk/stage").path
        // Nobody listens on port 1: the screen stays away, and a visit waits for it.
        let configuration = Stage.Configuration(
            port: 0, screenPort: 1, paperPort: paperPort, centrePort: centrePort, technicianSocket: "/nowhere", pageDirectory: page,
            services: [ServiceKey("disdukcapil/kartu-keluarga")!], visits: 3)
        let relay = NetworkRelay(centre: ListenAddress(port: centrePort), logger: logger)
        let processes = Mutexed<[String: Int32]>([:])
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let stage = try Stage(
            configuration: configuration, kiosk: kiosk, relay: relay,
            pid: { name in
                guard let process = processes()[name] else { throw NotRunning(description: "no file for \(name)") }
                return process
            }, logger: logger, onListening: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stage.run() }
            var bound = ports.makeAsyncIterator()
            let port = try #require(await bound.next())
            try await body(StageBench(port: port, kiosk: kiosk, paper: paper, relay: relay, processes: processes))
            group.cancelAll()
        }
    }

    func ask(_ method: String, _ path: String, headers: [(String, String)] = []) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Reply(
            status: Int(response.status.code), text: String(buffer: body), type: response.headers.first(name: "Content-Type"),
            policy: response.headers.first(name: "Content-Security-Policy"))
    }

    @discardableResult func press(_ action: String) async throws -> Reply { try await ask("POST", "actions/\(action)") }

    /// Watches the stage until an event has each of `words`.
    func watch(for words: String...) async throws {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(port)/events"), timeout: .seconds(40))
        var seen = ""
        for try await buffer in response.body {
            seen += String(buffer: buffer)
            guard let end = seen.range(of: "\n\n", options: .backwards) else { continue }
            if words.allSatisfy(seen[..<end.lowerBound].split(separator: "\n\n").last.map(String.init)?.contains ?? { _ in false }) {
                return
            }
            seen = String(seen[end.upperBound...])
        }
        Issue.record("the stage ended before it said \(words)")
    }
}
