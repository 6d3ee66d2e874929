import CUPSPrinting
import Conditions
import DeviceEmulators
import Glibc
import PrintBench
import Testing

/// What `lpstat` shows of a printer on which nothing is being printed.
@Suite(.timeLimit(.minutes(15))) struct IdleQueueTests {
    typealias Bench = SchedulerBench

    @Test func lpstatShowsThatAnIdlePrinterHasNoPaperUntilItHasSome() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { device in
                try await bench.withMirror(device) {
                    bench.printer.set(.paperOut, true)
                    try await bench.untilQueue {
                        $0.contains("idle") && $0.contains("Alerts: media-empty-error") && $0.contains("media-empty")
                    }
                    bench.printer.set(.paperOut, false)
                    try await bench.untilQueue { $0.contains("idle") && $0.contains("Alerts: none") && !$0.contains("media-empty") }
                    bench.printer.set(.coverOpen, true)
                    try await bench.untilQueue { $0.contains("cover-open-error") }
                }
            }
        }
    }

    @Test func aJobLeavesNothingOfItselfOnTheQueue() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { device in
                try await bench.withMirror(device) {
                    bench.printer.set(.paperOut, true)
                    let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                    try await bench.untilQueue { $0.contains("media-empty-error") }
                    #expect(try await bench.spooler.cancel(named: BenchPrinter.id(1)) == 1)
                    try await bench.until(job, is: .canceled)
                    // Nobody prints, and the paper is still out.
                    try await bench.untilQueue { $0.contains("idle") && $0.contains("media-empty-error") }
                    bench.printer.set(.paperOut, false)
                    try await bench.untilQueue { $0.contains("Alerts: none") }
                    let next = try await bench.spooler.submit(BenchPrinter.id(2), BenchPrinter.ticket(2))
                    try await bench.until(next, is: .completed)
                    try await bench.untilQueue { $0.contains("idle") && $0.contains("Alerts: none") && !$0.contains("printed") }
                }
            }
        }
    }

    @Test func nearEndStaysOnTheQueueAfterAJob() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { device in
                try await bench.withMirror(device) {
                    bench.printer.set(.nearEnd, true)
                    try await bench.untilQueue { $0.contains("media-low-warning") }
                    let job = try await bench.spooler.submit(BenchPrinter.id(1), BenchPrinter.ticket(1))
                    try await bench.until(job, is: .completed)
                    try await bench.untilQueue { $0.contains("idle") && $0.contains("media-low-warning") }
                }
            }
        }
    }

    @Test func aKioskThatStopsLeavesAQueueThatSaysNobodyLooks() async throws {
        try await Bench.run { bench, _ in
            try await bench.withDeviceLayer { device in
                bench.printer.set(.paperOut, true)
                try await bench.withMirror(device) { try await bench.untilQueue { $0.contains("media-empty-error") } }
                #expect(try await bench.spooler.queueState().reasons == ["offline-report"])
                bench.printer.set(.paperOut, false)
                try await bench.withMirror(device) { try await bench.untilQueue { $0.contains("Alerts: none") } }
            }
        }
    }

    @Test func aSchedulerThatIsStartedAnewIsToldAnew() async throws {
        try await Bench.run { bench, cupsd in
            try await bench.withDeviceLayer { device in
                try await bench.withMirror(device) {
                    try await bench.untilQueue { $0.contains("Alerts: none") }
                    await cupsd.stop(SIGKILL)
                    bench.printer.set(.coverOpen, true)
                    let second = try Cupsd(bench.scheduler)
                    try await bench.spooler.waitUntilReady()
                    try await bench.untilQueue { $0.contains("cover-open-error") }
                    await second.stop(SIGTERM)
                }
            }
        }
    }
}
