import NIOCore
import NIOPosix
import Testing

@testable import anjungan_full

/// Which ports a demo takes.
@Suite struct PortsTests {
    @Test func aPortThatIsOnlyAWishGivesWayToAnyOtherAndANamedOneIsRefused() async throws {
        let free = try await LoopbackPort.anyFree()
        let other = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: free).get()
        let taken = try #require(other.localAddress?.port)
        let chosen = try await LoopbackPort.chosen(.rather(taken), for: "the paper of the second lane")
        #expect(chosen != taken)
        await #expect(throws: LoopbackPort.Unusable.self) { try await LoopbackPort.chosen(.only(taken), for: "the screen") }
        try await other.close()
        #expect(try await LoopbackPort.chosen(.rather(taken), for: "the paper of the second lane") == taken)
    }

    @Test func theSecondLaneOnlyWishesForItsUsualPort() { #expect(Ports().stockPaper == .rather(7074)) }
}
