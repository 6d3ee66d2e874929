import CUPSPrinting
import DeviceSocket
import PrintBench
import Testing

@Suite(.timeLimit(.minutes(15))) struct SpoolerTests {
    @Test func withoutASchedulerNothingWasAskedOfIt() async {
        let spooler = Spooler(.socket(path: "/tmp/anjungan-nobody-listens-here.sock"), queue: "ticket")
        await #expect(throws: SpoolerError(.unreachable, "")) { try await spooler.submit(BenchPrinter.id(1), []) }
    }

    /// libcups has no words for it, not even empty ones.
    @Test func aSchedulerThatHangsUpBreaksTheExchangeInWords() async throws {
        let hangUp = try HangUp()
        let spooler = Spooler(.socket(path: hangUp.path), queue: "ticket")
        await #expect(throws: SpoolerError(.interrupted, "")) { try await spooler.jobs() }
        await #expect(throws: SpoolerError(.interrupted, "")) { try await spooler.submit(BenchPrinter.id(1), [0x41]) }
        withExtendedLifetime(hangUp) {}
    }

    @Test func aPathThatNoSocketCanHaveIsRefusedInWords() async {
        let spooler = Spooler(.socket(path: "/tmp/" + String(repeating: "x", count: 120)), queue: "ticket")
        await #expect(throws: SpoolerError(.invalid, "")) { try await spooler.jobs() }
        let scheduler = PrivateScheduler(
            directory: "/tmp/" + String(repeating: "x", count: 120), deviceSocket: "/tmp/d", backend: "/bin/true")
        #expect(throws: SchedulerError(.pathTooLong, "")) { try scheduler.prepare() }
    }

    @Test func aMissingBackendIsRefusedInWords() {
        let scheduler = PrivateScheduler(directory: "/tmp/anjungan-no-backend", deviceSocket: "/tmp/d", backend: "/nowhere/escpos")
        #expect(throws: SchedulerError(.missing, "")) { try scheduler.prepare() }
    }

    @Test func aQueueThatDoesNotExistIsRefused() async throws {
        try await SchedulerBench.run { bench, _ in
            let spooler = Spooler(bench.scheduler.address, queue: "receipt")
            await #expect(throws: SpoolerError(.refused, "")) { try await spooler.submit(BenchPrinter.id(1), [0x41]) }
        }
    }
}
