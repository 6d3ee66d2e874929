import NIOCore
import NIOPosix

/// A front end that speaks lines, as `socat` does.
struct LineClient {
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var lines: AsyncThrowingStream<String, any Error>.AsyncIterator

    static func run(_ path: String, _ body: (inout LineClient) async throws -> Void) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path) {
            channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        try await channel.executeThenClose { inbound, outbound in
            let (stream, continuation) = AsyncThrowingStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var rest: [UInt8] = []
                    do {
                        for try await buffer in inbound {
                            for octet in buffer.readableBytesView {
                                if octet == 0x0A {
                                    continuation.yield(String(decoding: rest, as: UTF8.self))
                                    rest = []
                                } else {
                                    rest.append(octet)
                                }
                            }
                        }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
                var client = LineClient(outbound: outbound, lines: stream.makeAsyncIterator())
                try await body(&client)
                group.cancelAll()
            }
        }
    }

    func send(_ line: String) async throws { try await outbound.write(ByteBuffer(string: line + "\n")) }

    /// The next line.
    mutating func next() async throws -> String {
        guard let line = try await lines.next(isolation: #isolation) else { throw CancellationError() }
        return line
    }
}
