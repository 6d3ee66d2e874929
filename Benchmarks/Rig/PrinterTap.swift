import NIOCore
import NIOPosix
import Synchronization

/// Stands between a kiosk and its printer, passes everything on, and notes when each job's last byte went by.
///
/// A job's last byte is that of the question for its process ID (`GS ( H`), which ends every job
/// to a printer that proves its prints by process IDs.
struct PrinterTap: Sendable {
    /// One job on its way to the printer.
    struct Job: Sendable {
        var firstByte: ContinuousClock.Instant
        var lastByte: ContinuousClock.Instant
        /// With the questions that the kiosk put between its pieces.
        var bytes: [UInt8]
    }

    let port: Int
    private let jobs: AsyncStream<Job>

    /// The next job whose last byte went by or will go by.
    func nextJob() async throws -> Job {
        for await job in jobs { return job }
        throw CancellationError()
    }

    /// Runs a tap for the length of `body`.
    ///
    /// - Parameter printer: where the printer listens; asked anew for each connection, because it may be known only later.
    static func run<Result: Sendable>(
        to printer: @escaping @Sendable () throws -> Int, _ body: @Sendable (PrinterTap) async throws -> Result
    ) async throws -> Result {
        let (jobs, report) = AsyncStream.makeStream(of: Job.self)
        let port = try await Workplace.freePort()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Nothing is taken in before the printer's side is connected.
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { kiosk in connect(kiosk, to: printer, report) }
            .bind(host: "127.0.0.1", port: port).get()
        let result: Result
        do {
            result = try await body(PrinterTap(port: port, jobs: jobs))
        } catch {
            try await server.close()
            throw error
        }
        try await server.close()
        return result
    }

    private static func connect(
        _ kiosk: any Channel, to printer: @escaping @Sendable () throws -> Int, _ report: AsyncStream<Job>.Continuation
    ) -> EventLoopFuture<Void> {
        kiosk.eventLoop.makeCompletedFuture { try printer() }
            .flatMap { port in
                ClientBootstrap(group: kiosk.eventLoop)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Passage(to: kiosk, watch: nil, report))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port)
            }
            .flatMap { printer in
                kiosk.eventLoop.makeCompletedFuture {
                    try kiosk.pipeline.syncOperations.addHandler(Passage(to: printer, watch: JobWatch(), report))
                }
            }
            .flatMap { kiosk.setOption(.autoRead, value: true) }
    }
}

/// Passes what arrives on to the other side, after a look at it.
private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let otherSide: any Channel
    private var watch: JobWatch?
    private let report: AsyncStream<PrinterTap.Job>.Continuation

    init(to otherSide: any Channel, watch: JobWatch?, _ report: AsyncStream<PrinterTap.Job>.Continuation) {
        self.otherSide = otherSide
        self.watch = watch
        self.report = report
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = ContinuousClock.now
        let buffer = Self.unwrapInboundIn(data)
        otherSide.writeAndFlush(buffer, promise: nil)
        if let job = watch?.see(Array(buffer.readableBytesView), at: now) { report.yield(job) }
    }

    func channelInactive(context: ChannelHandlerContext) { otherSide.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Tells jobs apart in what goes to a printer.
struct JobWatch {
    private var first: ContinuousClock.Instant?
    private var bytes: [UInt8] = []

    /// `GS ( H`, six bytes follow, function 48, process ID, then its four characters.
    private static let question: [UInt8] = [0x1D, 0x28, 0x48, 6, 0, 48, 48]
    private static let questionLength = question.count + 4
    /// What is shorter and stands outside a job is the kiosk asking how the printer is.
    private static let shortestPiece = 64

    /// The job that ends in `chunk`, if one does.
    mutating func see(_ chunk: [UInt8], at now: ContinuousClock.Instant) -> PrinterTap.Job? {
        if first == nil, chunk.count < Self.shortestPiece { return nil }
        let begun = first ?? now
        first = begun
        let unseen = max(0, bytes.count - Self.questionLength + 1)
        bytes += chunk
        guard let end = endOfQuestion(from: unseen) else { return nil }
        defer {
            first = nil
            bytes = []
        }
        return PrinterTap.Job(firstByte: begun, lastByte: now, bytes: Array(bytes[..<end]))
    }

    private func endOfQuestion(from start: Int) -> Int? {
        guard bytes.count >= Self.questionLength else { return nil }
        let place = (start...bytes.count - Self.questionLength).first { bytes[$0...].starts(with: Self.question) }
        return place.map { $0 + Self.questionLength }
    }
}
