import Hummingbird
import LoopbackWeb
import NIOCore
import NIOPosix
import Testing

@testable import Stage

/// Servers that are cancelled while somebody is at the door: swift-nio ends the program when it drops an accepted connection
/// that is open.
@Suite(.timeLimit(.minutes(15))) struct UnservedTests {
    private static let rounds = 40
    private static let visitorsPerRound = 32

    @Test func aPageThatIsCancelledWhileVisitorsComeLetsThemGo() async throws {
        let router = Router()
        router.get("/") { _, _ in "page" }
        for _ in 0..<Self.rounds {
            let visitors = try await serving(router) { port in try await Self.crowd(at: port) }
            for visitor in visitors { try await visitor.closeFuture.get() }
        }
    }

    @Test func aRelayThatIsCancelledWhileKiosksComeLetsThemGo() async throws {
        for _ in 0..<Self.rounds {
            let visitors = try await withServer { wire in
                _ = await wire.isCutOff()
            } _: { port in
                try await Self.crowd(at: port)
            }
            for visitor in visitors { try await visitor.closeFuture.get() }
        }
    }

    /// Connected as far as the kernel is concerned; some of them the server has not seen yet.
    private static func crowd(at port: Int) async throws -> [any Channel] {
        try await withThrowingTaskGroup { group in
            for _ in 0..<visitorsPerRound {
                group.addTask {
                    try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: port).get()
                }
            }
            return try await group.reduce(into: [any Channel]()) { $0.append($1) }
        }
    }
}
