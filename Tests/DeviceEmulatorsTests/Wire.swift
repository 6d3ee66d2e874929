import DeviceEmulators
import ESCPOS
import Logging
import LoopbackWeb
import NIOCore
import NIOPosix

/// One TCP connection to something under test.
struct Wire {
    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []

    /// Connects, hands the connection to `body`, closes it.
    static func connect<Value: Sendable>(
        to address: ListenAddress, _ body: (inout Wire) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { input, output in
            var wire = Wire(input: input.makeAsyncIterator(), output: output)
            return try await body(&wire)
        }
    }

    func send(_ commands: Command...) async throws { try await send(bytes: commands.flatMap(\.bytes)) }
    func send(bytes: [UInt8]) async throws { try await output.write(ByteBuffer(bytes: bytes)) }

    /// Waits for `count` bytes; fewer only when the connection ends.
    mutating func receive(_ count: Int) async throws -> [UInt8] {
        while received.count < count, let more = try await input.next(isolation: #isolation) { received += more.readableBytesView }
        defer { received.removeFirst(min(count, received.count)) }
        return Array(received.prefix(count))
    }

    /// Waits for the end of the connection. Returns what came before it; a reset is an end too.
    mutating func receiveAll() async -> [UInt8] {
        do {
            while let more = try await input.next(isolation: #isolation) { received += more.readableBytesView }
        } catch {
            return received
        }
        return received
    }
}

/// Runs a printer on free ports while `body` works with it.
func withPrinter<Value: Sendable>(
    _ change: (inout EmulatedPrinter.Configuration) -> Void = { _ in },
    _ body: @Sendable (EmulatedPrinter, EmulatedPrinter.Addresses) async throws -> Value
) async throws -> Value {
    var configuration = EmulatedPrinter.Configuration(
        paper: nil, settings: MechanismSettings(speed: 100_000, cutTime: .zero, reserveBytes: 64))
    change(&configuration)
    // Tests end by cancellation, which the web server reports as an error.
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let printer = EmulatedPrinter(model: .test, configuration: configuration, renderer: BlockRenderer(), logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await printer.run() }
        let value = try await body(printer, try await printer.addresses())
        group.cancelAll()
        return value
    }
}
