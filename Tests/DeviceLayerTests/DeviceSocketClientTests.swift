import Conditions
import DeviceSocket
import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import PrintBench
import Testing

@testable import DeviceLayer

/// A device layer that has stopped answering must not keep anybody for ever.
@Suite(.timeLimit(.minutes(15))) struct DeviceSocketClientTests {
    /// The address of a device layer that takes connections and says nothing.
    private static func withSilentLayer(_ body: (String) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "anjungan-\(UUID().uuidString.prefix(8)).sock"
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false).bind(unixDomainSocketPath: path).get()
        defer { unlink(path) }
        try await body(path)
        try await server.close()
    }

    private static let silent = DeviceSocketClient.Failure(.silent, "")

    @Test func aQuestionWithoutAnAnswerEndsInWords() async throws {
        try await Self.withSilentLayer { path in
            let client = DeviceSocketClient(path: path, patience: .milliseconds(100))
            await #expect(throws: Self.silent) { try await client.devices() }
            await #expect(throws: Self.silent) { try await client.identity(of: "ticket") }
            await #expect(throws: Self.silent) { try await client.watch("ticket") { _ in } }
            let failure = await #expect(throws: DeviceSocketClient.Failure.self) { try await client.devices() }
            #expect(failure?.detail.contains("restart the kiosk") == true)
        }
    }

    /// More than the kernel holds, so that it waits in the middle of its writing.
    @Test(arguments: [8, 100_000]) func aPrintOfWhichNothingIsHeardEndsInWords(_ lines: Int) async throws {
        try await Self.withSilentLayer { path in
            let client = DeviceSocketClient(path: path)
            let (cancellations, _) = AsyncStream.makeStream(of: Void.self)
            let failure = await #expect(throws: Self.silent) {
                try await client.print(
                    DeviceSocketServerTests.request(1), BenchPrinter.ticket(1, lines: lines), silence: .milliseconds(100),
                    cancellations: cancellations, onStatus: { _ in })
            }
            #expect(failure?.detail.contains("only its paper tells") == true)
        }
    }

    @Test func everyWordBeginsTheTimeAnew() throws {
        let limit = SilenceLimit(.seconds(10))
        let channel = EmbeddedChannel(handler: SilenceGuard(limit))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/device")).wait()
        for _ in 0..<3 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(9))
            try channel.writeInbound(ByteBuffer(bytes: [1]))
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive && !limit.isOver)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive && limit.isOver)
    }

    @Test func whoWatchesWaitsOnlyForTheFirstWord() throws {
        let limit = SilenceLimit(.seconds(10), onlyAtFirst: true)
        let channel = EmbeddedChannel(handler: SilenceGuard(limit))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/device")).wait()
        try channel.writeInbound(ByteBuffer(bytes: [1]))
        channel.embeddedEventLoop.advanceTime(by: .hours(24))
        #expect(channel.isActive && !limit.isOver)
    }
}
