import Logging
import LoopbackWeb
import NIOCore
import NIOPosix
import Synchronization

/// The TCP side of the printer: listens while there is power, serves one connection at a time.
struct PrinterPort: Sendable {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let reservation: Shared
    private let wanted: ListenAddress

    /// Keeps the port for as long as anybody could want to listen on it again.
    private final class Shared: Sendable {
        let held: PortReservation
        init(_ held: consuming PortReservation) { self.held = held }
    }

    init(_ wanted: ListenAddress) throws {
        self.wanted = wanted
        reservation = Shared(try PortReservation(wanted))
    }

    func serve(_ printer: EmulatedPrinter) async throws {
        while !Task.isCancelled {
            let losses = printer.look { $0.powerLosses }
            if printer.look({ $0.isPowered }) {
                try await listen(printer, until: losses)
            } else {
                await printer.wait { $0.isPowered }
            }
        }
    }

    /// Serves until the power fails once more than `losses` times.
    private func listen(_ printer: EmulatedPrinter, until losses: Int) async throws {
        let backlog = Backlog()
        let server = try await open(backlog)
        printer.binding.printerListens(
            on: ListenAddress(host: wanted.host, port: reservation.held.address.port ?? wanted.port),
            isWhole: printer.configuration.paper == nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await printer.wait { $0.powerLosses != losses } }
            group.addTask { await Self.serve(backlog, server, printer) }
            try await group.next()
            group.cancelAll()
        }
        try await server.close()
        // Those that were never served are closed by being dropped.
        _ = backlog.takeAll()
    }

    private func open(_ backlog: Backlog) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                // One is taken in for each time that we ask; the others wait in the kernel.
                .serverChannelOption(.autoRead, value: false)
                .serverChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512))
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        backlog.add(Unserved(try Self.connection(channel), on: channel))
                    }
                }
                .bind(to: reservation.held.address).get()
        } catch let error as IOError {
            throw EmulatorError.listening(on: wanted, option: "--printer", errnoCode: error.errnoCode)
        }
    }

    /// Reads no more than is asked for.
    static func connection(_ channel: any Channel) throws -> Connection {
        let watermark = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(lowWatermark: 1, highWatermark: 1)
        return try Connection(wrappingChannelSynchronously: channel, configuration: .init(backPressureStrategy: watermark))
    }

    private static func serve(_ backlog: Backlog, _ server: any Channel, _ printer: EmulatedPrinter) async {
        server.read()
        for await _ in backlog.arrivals {
            for arrival in backlog.takeAll() {
                guard let connection = arrival.take() else { continue }
                await serve(connection, printer)
                server.read()
            }
        }
    }

    /// Until the connection ends or the task is cancelled.
    static func serve(_ connection: Connection, _ printer: EmulatedPrinter) async {
        do {
            try await connection.executeThenClose { inbound, outbound in
                let answers = printer.connect()
                defer { printer.disconnect() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for await bytes in answers { try await outbound.write(ByteBuffer(bytes: bytes)) } }
                    for try await buffer in inbound {
                        // Not reading on is what makes the host wait; what it has sent stays in order.
                        if !printer.look({ $0.acceptsInput }) { await printer.wait { $0.acceptsInput } }
                        printer.change { $0.receive(buffer.readableBytesView, at: $1) }
                    }
                    group.cancelAll()
                }
            }
        } catch is CancellationError {
            // The power went off, or the emulator stops.
        } catch {
            printer.logger.debug("a connection to the printer broke", metadata: ["error": "\(error)"])
        }
    }
}

/// Connections that were taken in and wait to be served.
private final class Backlog: Sendable {
    private let connections = Mutex<[Unserved<PrinterPort.Connection>]>([])
    let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() { (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

    func add(_ connection: Unserved<PrinterPort.Connection>) {
        connections.withLock { $0.append(connection) }
        arrival.yield()
    }

    func takeAll() -> [Unserved<PrinterPort.Connection>] {
        connections.withLock { connections in
            defer { connections = [] }
            return connections
        }
    }
}
