import Foundation
import HTTPTypes
import Hummingbird
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import SyncProtocol
import Synchronization

@testable import Stage

/// A kiosk that says what it is told to say.
final class KioskStandIn: KioskVoice {
    private let words = Mutex<KioskAccount?>(nil)

    struct Away: Error {}

    @concurrent func account() async throws -> KioskAccount {
        guard let account = words.withLock({ $0 }) else { throw Away() }
        return account
    }

    func says(_ account: KioskAccount?) { words.withLock { $0 = account } }
}

/// The paper page, as far as the stage knows it.
final class PaperStandIn: Sendable {
    private let faults = Mutex<Set<String>>([])
    private let printing: AsyncStream<Void>
    private let print: AsyncStream<Void>.Continuation

    init() { (printing, print) = AsyncStream.makeStream(of: Void.self) }

    var currentFaults: Set<String> { faults.withLock { $0 } }

    /// The next onlooker sees a sheet being printed.
    func startsPrinting() { print.yield() }

    private func json(_ state: String) -> String {
        let names = currentFaults.sorted().map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"events":[],"printer":{"faults":[\#(names)],"revision":3,"state":"\#(state)"},"sheets":[]}"#
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/paper.json") { _, _ in Response.fresh("application/json", Array(self.json("ready").utf8)) }
        router.post("/faults/:name/:state") { _, context in
            let (name, isOn) = (try context.parameters.require("name"), try context.parameters.require("state") == "on")
            self.faults.withLock { faults in
                if isOn { faults.insert(name) } else { faults.remove(name) }
            }
            return HTTPResponse.Status.noContent
        }
        router.get("/events") { request, _ in
            let states = AsyncStream.makeStream(of: String.self)
            states.continuation.yield("ready")
            let waiting = Task {
                for await _ in self.printing { states.continuation.yield("printing") }
            }
            return Response.events(request, states.stream) {
                self.json($0)
            } onClose: {
                waiting.cancel()
                states.continuation.finish()
            }
        }
        return router
    }
}

/// A centre with one report.
func centreStandIn(_ report: DayReport) -> Router<BasicRequestContext> {
    let router = Router()
    router.get("/") { _, _ in "centre" }
    router.get("/v1/report") { _, _ in Response.fresh("application/json", Array(try JSONEncoder().encode(report))) }
    return router
}

/// Serves `router` on any free port while `body` works.
func serving<Value: Sendable>(
    _ router: Router<BasicRequestContext>, _ body: @Sendable (Int) async throws -> Value
) async throws -> Value {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let quiet = logger
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let responder = router.buildResponder()
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            let application = Application(
                responder: responder, server: .page, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: quiet)
            try await application.run()
        }
        var bound = ports.makeAsyncIterator()
        let value = try await body(await bound.next() ?? 0)
        group.cancelAll()
        return value
    }
}
