import FreePort
import NIOCore
import NIOPosix
import Synchronization

/// Stands between a kiosk and its printer, passes everything on, and notes when each job's last byte went by.
///
/// A job's last byte is that of the question for its process ID (`GS ( H`), which ends every job to a printer that proves
/// its prints so. The job is told of when the printer has answered: until then it is busy, and would hold up the next one.
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

    /// The next job that the printer has proved or will prove.
    func nextJob() async throws -> Job {
        for await job in jobs { return job }
        throw CancellationError()
    }

    /// The first job that began behind an instant; what came before it, such as a start's blank slip, is somebody else's.
    func job(since instant: ContinuousClock.Instant) async throws -> Job {
        while true {
            let job = try await nextJob()
            if job.firstByte >= instant { return job }
        }
    }

    /// Runs a tap for the length of `body`.
    ///
    /// - Parameter printer: where the printer listens; asked anew for each connection, because it may be known only later.
    static func run<Result: Sendable>(
        to printer: @escaping @Sendable () throws -> Int, _ body: @Sendable (PrinterTap) async throws -> Result
    ) async throws -> Result {
        let (jobs, report) = AsyncStream.makeStream(of: Job.self)
        let port = try await FreePort.any()
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
                    .channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: port)
            }
            .flatMap { printer in
                kiosk.eventLoop.makeCompletedFuture {
                    let watch = JobWatch { report.yield($0) }
                    try kiosk.pipeline.syncOperations.addHandler(Passage(to: printer) { watch.sees($0, at: $1) })
                    try printer.pipeline.syncOperations.addHandler(Passage(to: kiosk) { chunk, _ in watch.sees(answer: chunk) })
                }
                .flatMap { printer.setOption(.autoRead, value: true) }
                .flatMap { kiosk.setOption(.autoRead, value: true) }
            }
    }
}

/// Passes what arrives on to the other side, and shows it to somebody.
private final class Passage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let otherSide: any Channel
    private let show: ([UInt8], ContinuousClock.Instant) -> Void

    init(to otherSide: any Channel, showing show: @escaping ([UInt8], ContinuousClock.Instant) -> Void) {
        self.otherSide = otherSide
        self.show = show
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = ContinuousClock.now
        let buffer = Self.unwrapInboundIn(data)
        otherSide.writeAndFlush(buffer, promise: nil)
        show(Array(buffer.readableBytesView), now)
    }

    func channelInactive(context: ChannelHandlerContext) { otherSide.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Tells jobs apart in what goes to a printer, and their proofs in what it answers.
private final class JobWatch {
    private let report: (PrinterTap.Job) -> Void
    private var first: ContinuousClock.Instant?
    private var bytes: [UInt8] = []
    /// The job that was sent whole, and what of the answers came since.
    private var unproved: (job: PrinterTap.Job, answers: [UInt8])?

    /// `GS ( H`, six bytes follow, function 48, process ID, then its four characters.
    private static let question: [UInt8] = [0x1D, 0x28, 0x48, 6, 0, 48, 48]
    /// What stands before the four characters in the answer.
    private static let answer: [UInt8] = [0x37, 0x22]
    private static let idLength = 4
    /// What is shorter and stands outside a job is the kiosk asking how the printer is.
    private static let shortestPiece = 64

    init(report: @escaping (PrinterTap.Job) -> Void) { self.report = report }

    /// Takes in what goes to the printer.
    func sees(_ chunk: [UInt8], at now: ContinuousClock.Instant) {
        if first == nil, chunk.count < Self.shortestPiece { return }
        let begun = first ?? now
        first = begun
        let whole = Self.question.count + Self.idLength
        let unseen = max(0, bytes.count - whole + 1)
        bytes += chunk
        guard bytes.count >= whole,
            let place = (unseen...bytes.count - whole).first(where: { bytes[$0...].starts(with: Self.question) })
        else { return }
        unproved = (PrinterTap.Job(firstByte: begun, lastByte: now, bytes: Array(bytes[..<(place + whole)])), [])
        first = nil
        bytes = []
    }

    /// Takes in what the printer says.
    func sees(answer chunk: [UInt8]) {
        guard let (job, earlier) = unproved else { return }
        let answers = earlier + chunk
        unproved = (job, answers)
        let wanted = Self.answer + job.bytes.suffix(Self.idLength)
        guard answers.indices.contains(where: { answers[$0...].starts(with: wanted) }) else { return }
        unproved = nil
        report(job)
    }
}
