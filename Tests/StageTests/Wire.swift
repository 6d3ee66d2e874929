import LoopbackWeb
import NIOCore

@testable import Stage

/// One TCP connection of a test.
struct Wire {
    let channel: any NIOCore.Channel
    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let output: NIOAsyncChannelOutboundWriter<ByteBuffer>

    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, hands the connection to `body`, closes it.
    static func connect<Value: Sendable>(to port: Int, _ body: (inout Wire) async throws -> Value) async throws -> Value {
        try await lend(RelayLine.connect(to: ListenAddress(port: port)), body)
    }

    static func lend<Value: Sendable>(_ channel: Channel, _ body: (inout Wire) async throws -> Value) async throws -> Value {
        try await channel.executeThenClose { input, output in
            var wire = Wire(channel: channel.channel, input: input.makeAsyncIterator(), output: output)
            return try await body(&wire)
        }
    }

    func send(_ words: String) async throws { try await output.write(ByteBuffer(string: words)) }
    func send(_ bytes: [UInt8]) async throws { try await output.write(ByteBuffer(bytes: bytes)) }

    /// Says that nothing more will be said; still listens.
    func hangUp() async throws {
        // Ending a connection on which nothing more comes in closes it with what it has not sent yet.
        try await channel.writeAndFlush(ByteBuffer()).get()
        output.finish()
    }

    /// What comes next; empty at the end.
    mutating func receive() async throws -> [UInt8] {
        guard let more = try await input.next(isolation: #isolation) else { return [] }
        return Array(more.readableBytesView)
    }

    /// Everything until the other end has said everything.
    mutating func receiveAll() async throws -> [UInt8] {
        var all: [UInt8] = []
        while let more = try await input.next(isolation: #isolation) { all += more.readableBytesView }
        return all
    }

    /// Waits for the end, however it comes.
    mutating func isCutOff() async -> [UInt8] {
        do { return try await receiveAll() } catch { return [] }
    }
}

/// Runs a TCP server that treats each connection as `conversation` says, while `body` works with its port.
func withServer<Value: Sendable>(
    _ conversation: @escaping @Sendable (inout Wire) async throws -> Void, _ body: @Sendable (Int) async throws -> Value
) async throws -> Value {
    let server = try await RelayLine.listen(on: ListenAddress(port: 0))
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await server.executeThenClose { arrivals in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for try await arrival in arrivals {
                        guard let connection = arrival.take() else { continue }
                        // A connection that breaks is what these tests are about.
                        group.addTask { try? await Wire.lend(connection, conversation) }
                    }
                }
            }
        }
        let value = try await body(server.channel.localAddress!.port!)
        group.cancelAll()
        return value
    }
}
