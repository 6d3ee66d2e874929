import Broadcasting
public import Conditions
public import DeviceSocket
import ESCPOS
import Logging

// Asking for prints and ending them.

extension PrinterDevice {
    /// Prints `bytes` once under this id and returns when that is settled, whether or not the task is cancelled.
    ///
    /// An id that waits or runs is joined, a settled one gets its known result; either way `bytes` is ignored.
    /// While the printer cannot print, this waits; ``cancel(_:)`` ends it.
    public func print(_ id: PrintID, _ bytes: [UInt8]) async -> PrintResult {
        if let known = await known(id) { return known }
        return await withCheckedContinuation { continuation in enqueue(id, bytes) { continuation.resume(returning: $0) } }
    }

    /// Ends a print and returns its settled result; after that nothing of it comes out, unless the result is *unknown*.
    ///
    /// Already settled: the known result. Never seen: settled now as failed (`print-cancelled`), durably,
    /// so that a spooler's late job gets that answer.
    public func cancel(_ id: PrintID) async -> PrintResult {
        if let known = await known(id) { return known }
        return await withCheckedContinuation { continuation in withdraw(id) { continuation.resume(returning: $0) } }
    }

    /// As ``print(_:_:)``, for a caller that may go away before the end.
    func results(ofPrinting id: PrintID, _ bytes: [UInt8]) async -> AsyncStream<PrintResult> {
        let known = await known(id)
        return AsyncStream { stream in
            let waiter: @Sendable (PrintResult) -> Void = {
                stream.yield($0)
                stream.finish()
            }
            if let known { waiter(known) } else { enqueue(id, bytes, waiter) }
        }
    }

    /// As ``cancel(_:)``, for a caller that may go away before the end.
    func results(ofCancelling id: PrintID) async -> AsyncStream<PrintResult> {
        let known = await known(id)
        return AsyncStream { stream in
            let waiter: @Sendable (PrintResult) -> Void = {
                stream.yield($0)
                stream.finish()
            }
            if let known { waiter(known) } else { withdraw(id, waiter) }
        }
    }

    /// What need not be asked of the printer any more.
    private func known(_ id: PrintID) async -> PrintResult? {
        do {
            return try await ledger.result(of: id)
        } catch {
            return prints[id] == nil ? journalFailed(error) : nil
        }
    }

    private func enqueue(_ id: PrintID, _ bytes: [UInt8], _ waiter: @escaping @Sendable (PrintResult) -> Void) {
        if hasEnded {
            return waiter(PrintResult(.failed, reason: .deviceLayerAway, detail: "the device layer has stopped; nothing was sent"))
        }
        if prints[id] == nil {
            if isShuttingDown {
                end(id, PrintResult(.failed, reason: .printAbandoned, detail: "the device layer was shutting down"))
            } else {
                _ = prints.add(id, bytes)
            }
        }
        prints.join(id, waiter)
        startIfFree()
    }

    private func withdraw(_ id: PrintID, _ waiter: @escaping @Sendable (PrintResult) -> Void) {
        if hasEnded {
            return waiter(
                PrintResult(.unknown, reason: .deviceLayerAway, detail: "the device layer has stopped; its next start settles this"))
        }
        let cancelled = PrintResult(.failed, reason: .printCancelled, detail: "cancelled before its first byte was sent")
        guard let entry = prints[id] else {
            end(id, cancelled)
            return prints.join(id, waiter)
        }
        prints.join(id, waiter)
        switch entry.phase {
        case .queued: settleNow(entry.job.number, cancelled)
        case .inMachine: feed(.cancel(entry.job.number))
        case .settling: break
        }
    }

    /// Shutting down ends what waits as abandoned, and withdraws what runs.
    func shutDown() {
        isShuttingDown = true
        for id in prints.queued {
            guard let entry = prints[id] else { continue }
            settleNow(entry.job.number, PrintResult(.failed, reason: .printAbandoned, detail: "the device layer was shut down"))
        }
        if let running = prints.inMachine { feed(.cancel(running)) }
    }

    private func startIfFree() {
        guard machine.isFree, let next = prints.startNext() else { return }
        feed(.print(next))
    }

    /// Settles an id that was never printed here.
    private func end(_ id: PrintID, _ result: PrintResult) {
        settleNow(prints.add(id, [], phase: .settling(result)), result)
    }

    private func settleNow(_ job: Int, _ result: PrintResult) {
        prints.settle(job, result)
        report(.settle(job: job))
    }

    // MARK: The ledger

    /// Asks the ledger whether the first byte may be sent.
    func begin(_ job: Int) async {
        guard let entry = prints[job], entry.phase == .inMachine else { return }
        do {
            switch try await ledger.begin(entry.id) {
            case .begun: return feed(.begun(job))
            case .settled(let result): finish(job, result)
            case .underWay:
                // Begun in this run, and not by this entry: an earlier end could not be recorded.
                let result = PrintResult(.unknown, reason: .printInterrupted, detail: "begun before, and its end was never recorded")
                finish(job, try await ledger.settle(entry.id, result))
            }
        } catch {
            finish(job, journalFailed(error))
        }
        feed(.refused(job))
    }

    /// Writes down how a print ended, then tells whoever waits.
    func recordResult(of job: Int) async {
        guard let entry = prints[job], case .settling(let result) = entry.phase else { return }
        do {
            finish(job, try await ledger.settle(entry.id, result, paper: paper(of: entry.job, result)))
        } catch {
            // What happened to the paper is still true, and the next start will call it unknown.
            logger.error(
                "the end of a print could not be recorded",
                metadata: ["print": "\(entry.id)", "outcome": "\(result.outcome)", "error": "\(error)"])
            finish(job, result)
        }
    }

    /// What a print has moved, if any of it came out whole or may have: of one that failed nobody knows how much did.
    private func paper(of job: PrintJob, _ result: PrintResult) -> PaperUse? {
        switch result.outcome {
        case .printed, .processed, .sent, .unknown: PaperUse(printer: name, micrometres: PaperLength.micrometres(of: job.bytes, on: model))
        case .failed: nil
        }
    }

    private func finish(_ job: Int, _ result: PrintResult) {
        guard let entry = prints.remove(job) else { return }
        logger.info(
            "print settled",
            metadata: ["print": "\(entry.id)", "outcome": "\(result.outcome)", "reason": "\(result.reason?.rawValue ?? "")"])
        resultOnlookers.tell((entry.id, result))
        entry.resolve(result)
    }

    private func journalFailed(_ error: any Error) -> PrintResult {
        logger.error("the ledger refused a print", metadata: ["error": "\(error)"])
        return PrintResult(.failed, reason: .journalFailed, detail: "nothing was sent: \(error)")
    }
}
