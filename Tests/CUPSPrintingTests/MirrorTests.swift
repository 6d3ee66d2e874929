import Conditions
import DeviceSocket
import Logging
import Synchronization
import Testing

@testable import CUPSPrinting

/// A queue that cannot be told how its printer is.
@Suite(.timeLimit(.minutes(15))) struct MirrorTests {
    /// Keeps what is logged.
    private struct Book: LogHandler {
        final class Lines: Sendable {
            let all = Mutex<[String]>([])
        }
        let lines: Lines
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message)") } }
    }

    @Test func aQueueThatStaysAwayIsAskedEverMoreSeldomAndLoggedOnce() async throws {
        let lines = Book.Lines()
        let (status, statuses) = AsyncStream.makeStream(of: PrinterStatus.self)
        let (rests, rested) = AsyncStream.makeStream(of: Duration.self)
        statuses.yield(PrinterStatus(isReady: true, conditions: []))
        var mirror = QueueMirror(
            spooler: Spooler(.socket(path: "/tmp/anjungan-no-cups-here"), queue: "ticket"), statuses: { status },
            settlements: { AsyncStream { _ in } }, words: { _ in "" }, logger: Logger(label: "mirror") { _ in Book(lines: lines) })
        mirror.rest = { rested.yield($0) }
        let running = Task { [mirror] in try await mirror.run() }
        var pauses: [Duration] = []
        for await pause in rests {
            pauses.append(pause)
            if pauses.count == 8 { break }
        }
        #expect(pauses == [2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        running.cancel()
        try? await running.value
        #expect(lines.all.withLock { $0 }.filter { $0.contains("how its printer is") }.count == 1)
    }

    @Test func anotherTroubleIsLoggedAndOneThatIsOverIsForgotten() {
        var trouble = QueueMirror.Trouble()
        let hadTrouble = trouble.ends()
        #expect(!hadTrouble)
        let first = trouble.meets(SpoolerError(.refused, "no such queue"))
        let second = trouble.meets(SpoolerError(.refused, "no such queue"))
        let other = trouble.meets(SpoolerError(.unreachable, "nobody listens"))
        #expect([first.isNew, second.isNew, other.isNew] == [true, false, true])
        let isOver = trouble.ends()
        #expect(isOver)
        let next = trouble.meets(SpoolerError(.refused, "no such queue"))
        #expect(next == first)
    }
}
