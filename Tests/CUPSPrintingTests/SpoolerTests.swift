import CUPSPrinting
import DeviceSocket
import PrintBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct SpoolerTests {
    @Test func withoutASchedulerNothingWasAskedOfIt() async {
        let spooler = Spooler(.socket(path: "/tmp/anjungan-nobody-listens-here.sock"), queue: "ticket")
        await #expect(throws: SpoolerError(.unreachable, "")) { try await spooler.submit(BenchPrinter.id(1), []) }
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
