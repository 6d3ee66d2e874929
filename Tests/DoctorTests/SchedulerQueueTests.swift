import CUPSPrinting
import Conditions
import Doctor
import Foundation
import KioskRuntime
import Subprocess
import SystemPackage
import Testing

/// The doctor at a real cupsd.
@Suite(.timeLimit(.minutes(15))) struct SchedulerQueueTests {
    /// Runs a private cupsd without queues while `body` does.
    static func scheduled(_ body: @Sendable (Patient, PrivateScheduler) async throws -> Void) async throws {
        try await Patient.examined { patient in
            let scheduler = PrivateScheduler(
                directory: "\(patient.folder)/cups", deviceSocket: "\(patient.folder)/devices.sock", backend: "/bin/true")
            try scheduler.prepare()
            defer { try? scheduler.remove() }
            var platform = PlatformOptions()
            platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
            _ = try await Subprocess.run(
                .path(FilePath(scheduler.executable)), arguments: Arguments(scheduler.arguments), platformOptions: platform, input: .none,
                output: .discarded, error: .discarded
            ) { execution in
                let outcome: Result<Void, any Error>
                do {
                    try await Spooler(scheduler.address, queue: "ticket").waitUntilReady()
                    outcome = .success(try await body(patient, scheduler))
                } catch {
                    outcome = .failure(error)
                }
                await execution.teardown(using: platform.teardownSequence)
                try outcome.get()
            }
        }
    }

    /// Everything sound but what cupsd really says.
    static func diagnosis(_ patient: Patient, _ scheduler: PrivateScheduler) async throws -> Diagnosis {
        try await patient.diagnosis(
            .sound { $0.queue = Instruments.live.queue },
            [
                patient.override("cups_server", scheduler.socketPath),
                patient.override("cups_configuration", "\(scheduler.directory)/etc/cupsd.conf"),
            ])
    }

    /// Runs one of CUPS's own tools on the private scheduler.
    static func run(_ tool: String, _ arguments: [String], _ scheduler: PrivateScheduler) async throws {
        let result = try await Subprocess.run(
            .name(tool), arguments: Arguments(arguments), environment: .inherit.updating(["CUPS_SERVER": scheduler.socketPath]),
            output: .discarded, error: .string(limit: 4096))
        #expect(result.terminationStatus.isSuccess, "\(tool): \(result.standardError)")
    }

    @Test func aQueueIsMissingThenRightThenWrongThenRightAgain() async throws {
        try await Self.scheduled { patient, scheduler in
            let missing = try await Self.diagnosis(patient, scheduler)
            #expect(missing.codes(.queue) == [.queueMissing])

            try await scheduler.addQueue("ticket", device: "ticket")
            let right = try await Self.diagnosis(patient, scheduler)
            #expect(right.codes == [])
            #expect(right.lines(.indonesian)[5].hasSuffix("ticket: escpos:ticket, abort-job, menerima pekerjaan"))

            try await Self.run("lpadmin", ["-p", "ticket", "-o", "printer-error-policy=retry-job"], scheduler)
            let wrong = try await Self.diagnosis(patient, scheduler)
            #expect(wrong.codes(.queue) == [.queuePolicy])
            #expect(wrong.lines(.english)[5].contains("printer-error-policy is retry-job, it must be abort-job"))

            // What the remedy says.
            try await Self.run(
                "lpadmin", ["-p", "ticket", "-v", "escpos:ticket", "-o", "printer-error-policy=abort-job"], scheduler)
            let mended = try await Self.diagnosis(patient, scheduler)
            #expect(mended.codes == [])

            try await Self.run("cupsdisable", ["ticket"], scheduler)
            try await Self.run("cupsreject", ["ticket"], scheduler)
            let closed = try await Self.diagnosis(patient, scheduler)
            #expect(closed.codes(.queue) == [.spoolerRefused])
            #expect(closed.lines(.english)[5].contains("stopped, run cupsenable ticket; rejecting jobs, run cupsaccept ticket"))

            try await Spooler(scheduler.address, queue: "ticket").install(deviceURI: "escpos:other")
            let elsewhere = try await Self.diagnosis(patient, scheduler)
            #expect(elsewhere.codes(.queue) == [.queuePolicy])
            #expect(elsewhere.lines(.english)[5].contains("device-uri is escpos:other, it must be escpos:ticket"))
        }
    }

    @Test func aMissingQueueCanBeMadeAsTheRemedySays() async throws {
        try await Self.scheduled { patient, scheduler in
            try await Self.run(
                "lpadmin", ["-p", "ticket", "-v", "escpos:ticket", "-o", "printer-error-policy=abort-job", "-E"], scheduler)
            let made = try await Self.diagnosis(patient, scheduler)
            #expect(made.codes == [])
        }
    }

    @Test func aSchedulerThatIsAwayIsNotAMissingQueue() async throws {
        try await Patient.examined { patient in
            for server in ["/nonexistent/cups.sock", "127.0.0.1:9"] {
                let diagnosis = try await patient.diagnosis(
                    .sound { $0.queue = Instruments.live.queue }, [patient.override("cups_server", server)])
                #expect(diagnosis.codes(.cups) == [.spoolerAway])
                #expect(diagnosis.findings(.queue).map(\.isExamined) == [false])
            }
        }
    }
}
