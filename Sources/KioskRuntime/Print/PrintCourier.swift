import CUPSPrinting
import Conditions
import DeviceLayer
import DeviceSocket
import Logging

/// Brings a print to the printer by the configured route, and takes it back.
///
/// Whatever the spooler says or forgets, the outcome is the device layer's: it prints an id once,
/// so a submission may be repeated until the outcome is known.
struct PrintCourier: Sendable {
    let device: PrinterDevice
    let ledger: any PrintLedger
    /// nil: straight to the device layer.
    let spooler: Spooler?
    let logger: Logger
    /// Told what keeps the spooler from taking jobs, and nil when it takes them again.
    let onSpoolerTrouble: @Sendable (ConditionCode?) -> Void

    /// Waits until the print is settled.
    func deliver(_ id: PrintID, _ bytes: [UInt8]) async -> PrintResult {
        guard let spooler else { return await device.print(id, bytes) }
        let results = device.results()
        let result = await withTaskGroup(of: PrintResult?.self) { group in
            group.addTask { await Self.settled(id, results, ledger) }
            group.addTask {
                await submit(id, bytes, to: spooler)
                return nil
            }
            var known: PrintResult?
            while known == nil, let next = await group.next() { known = next }
            group.cancelAll()
            return known
        }
        guard let result else {
            // The program is stopping: what was begun is taken back, so that nothing comes out late.
            return await device.cancel(id)
        }
        return result
    }

    /// `results` was opened before the ledger is read, so that no result falls in between.
    private static func settled(
        _ id: PrintID, _ results: AsyncStream<(PrintID, PrintResult)>, _ ledger: any PrintLedger
    ) async -> PrintResult? {
        // A ledger that cannot be read now still gets its result from the device.
        if let known = try? await ledger.result(of: id) { return known }
        for await (settled, result) in results where settled == id { return result }
        return nil
    }

    /// Takes a print back; nothing of it comes out after this returns, or its outcome is unknown.
    func takeBack(_ id: PrintID) async -> PrintResult { await device.cancel(id) }

    /// Cancels what the spooler still holds of a print that did not surely come out, and takes back its claim that it did.
    ///
    /// Waits for a spooler that is away, so nobody may wait for this: the outcome is told first.
    func clearSpooler(of id: PrintID, _ result: PrintResult) async {
        guard let spooler else { return }
        switch result.outcome {
        case .printed, .processed, .sent: return
        case .failed, .unknown: break
        }
        await untilTheSpoolerAnswers("cancel \(id)") { () throws(SpoolerError) in try await spooler.withdraw(id) }
    }

    /// Brings the spooler's view in line with the ledger's, at start: a run that was killed may have left jobs of prints that are settled.
    func reconcile() async {
        guard let spooler else { return }
        var names: [PrintID] = []
        await untilTheSpoolerAnswers("list jobs") { () throws(SpoolerError) in
            names = try await spooler.jobs().filter { !$0.state.isFinished || $0.state == .completed }.compactMap { PrintID($0.name) }
        }
        for id in Set(names) {
            do {
                if let result = try await ledger.result(of: id) { await clearSpooler(of: id, result) }
            } catch {
                logger.error("the ledger cannot be read", metadata: ["print": "\(id)", "error": "\(error)"])
            }
        }
    }

    /// Submits, and again whenever the spooler has lost the job: one that is killed may forget what it has accepted.
    /// Ends when the task is cancelled, because the outcome is known.
    private func submit(_ id: PrintID, _ bytes: [UInt8], to spooler: Spooler) async {
        while !Task.isCancelled {
            await untilTheSpoolerAnswers("submit \(id)") { () throws(SpoolerError) in _ = try await spooler.submit(id, bytes) }
            var isHeld = true
            while isHeld, !Task.isCancelled {
                do {
                    try await ContinuousClock().sleep(for: Self.inspection)
                } catch {
                    return
                }
                await untilTheSpoolerAnswers("look for \(id)") { () throws(SpoolerError) in
                    isHeld = try await spooler.jobs().contains { $0.name == id.rawValue && !$0.state.isFinished }
                }
            }
        }
    }

    /// How often the spooler is asked whether it still has the job.
    private static let inspection = Duration.seconds(1)

    private static func condition(_ error: SpoolerError) -> ConditionCode {
        switch error.code {
        case .unreachable, .interrupted: .spoolerAway
        case .refused, .invalid: .spoolerRefused
        }
    }

    /// Repeats with growing pauses, until it works or the task is cancelled.
    private func untilTheSpoolerAnswers(_ what: String, _ exchange: () async throws(SpoolerError) -> Void) async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do throws(SpoolerError) {
                try await exchange()
                onSpoolerTrouble(nil)
                return
            } catch {
                logger.warning("the spooler did not answer as it should", metadata: ["doing": "\(what)", "error": "\(error)"])
                onSpoolerTrouble(Self.condition(error))
            }
            do {
                try await ContinuousClock().sleep(for: pause)
            } catch {
                return
            }
            pause = min(pause * 2, .seconds(5))
        }
    }
}
