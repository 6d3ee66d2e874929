import Conditions
import DeviceSocket
import NIOCore
import NIOPosix

/// A client of the device socket, as the backend is one.
struct SocketClient {
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    var frames: AsyncThrowingStream<ServerFrame, any Error>.AsyncIterator

    static func run(_ path: String, _ body: (inout SocketClient) async throws -> Void) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path) {
            channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        try await channel.executeThenClose { inbound, outbound in
            let (stream, continuation) = AsyncThrowingStream.makeStream(of: ServerFrame.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var decoder = FrameDecoder<ServerFrame>()
                    do {
                        for try await buffer in inbound {
                            for frame in try decoder.feed(buffer.readableBytesView) { continuation.yield(frame) }
                        }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
                var client = SocketClient(outbound: outbound, frames: stream.makeAsyncIterator())
                try await body(&client)
                group.cancelAll()
            }
        }
    }

    func send(_ frames: ClientFrame...) async throws { try await send(octets: frames.flatMap(\.bytes)) }
    func send(octets: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: octets)) }

    /// The next frame; nil when the server has closed.
    mutating func next() async throws -> ServerFrame? { try await frames.next(isolation: #isolation) }

    /// The next frame that is not a status.
    mutating func nextAnswer() async throws -> ServerFrame? {
        while let frame = try await next() {
            if case .status = frame { continue }
            return frame
        }
        return nil
    }

    /// Whether this status comes, sooner or later: on a busy machine others may come before it.
    mutating func sees(_ status: PrinterStatus) async throws -> Bool {
        while let frame = try await next() {
            if case .status(status) = frame { return true }
        }
        return false
    }
}
