import Conditions
import DeviceEmulators
import ESCPOS

// What must be true of paper and journal when everything is over.

extension Lab {
    /// Nothing waits and nothing moves, at the kiosk and at the printer.
    var isQuiet: Bool {
        guard let kiosk, kiosk.queue.isEmpty, kiosk.machine.isFree, kiosk.machine.status.isReady else { return false }
        return printer.isIdle && line.isEmpty
    }

    /// Every sentence is one broken promise.
    func violations() -> [String] {
        var found: [String] = []
        if !isQuiet { found.append("the printer is well again and the kiosk is not: \(kiosk.map { "\($0.machine.status)" } ?? "dead")") }
        for print in ledger.order {
            guard let entry = ledger.entries[print] else { continue }
            guard let result = entry.result else {
                found.append("\(print) is lost: asked for, and without a result")
                continue
            }
            found += violations(of: print, result, entry.linesWhenSettled)
        }
        return found + strangers()
    }

    private func violations(of print: LabPrint, _ result: PrintResult, _ linesWhenSettled: Int) -> [String] {
        var found: [String] = []
        let lines = (1...print.lines).map { line in sheets.reduce(0) { $0 + $1.lines.count { $0 == "\(print.name) \(line)" } } }
        let isWhole = lines.allSatisfy { $0 > 0 }
        if lines.contains(where: { $0 > 1 }) { found.append("\(print) is doubled: \(lines)") }
        switch result.outcome {
        case .printed, .processed:
            if !isWhole { found.append("\(print) is called \(result.outcome.rawValue) and is not whole: \(lines)") }
            if linesWhenSettled < print.lines {
                found.append("\(print) was called \(result.outcome.rawValue) after \(linesWhenSettled) of \(print.lines) lines")
            }
            if isWhole, !sheets.contains(where: { $0.finishedAt != nil && !$0.isCut }), sheetsHolding(print).count > 1 {
                found.append("\(print) stands on \(sheetsHolding(print).count) sheets, and none was torn")
            }
        case .failed:
            if isWhole { found.append("\(print) is called failed (\(result.detail)) and is whole") }
            let now = self.lines(of: print)
            if now > linesWhenSettled { found.append("\(print) came out after it had failed: \(linesWhenSettled) lines, now \(now)") }
        case .sent, .unknown: break
        }
        // Whoever puts in a new roll tears off what has come out, perhaps right behind that word.
        let isTornBehindIt = sheets.contains { $0.finishedAt != nil && !$0.isCut && $0.lines.last == "SALINAN" }
        if print.copy > 1, isWhole, !isTornBehindIt, !sheetsHolding(print).contains(where: { $0.lines.contains("SALINAN") }) {
            found.append("\(print) is a copy without SALINAN")
        }
        return found
    }

    private func sheetsHolding(_ print: LabPrint) -> [Sheet] {
        sheets.filter { $0.lines.contains { $0.hasPrefix(print.name + " ") } }
    }

    /// A ticket that the journal calls printed has its sheet for itself.
    private func strangers() -> [String] {
        guard model.cutter != .none else { return [] }
        return ledger.order.compactMap { print in
            guard [.printed, .processed].contains(ledger.entries[print]?.result?.outcome) else { return nil }
            for sheet in sheetsHolding(print) {
                let others = ledger.order.filter { other in other != print && sheet.lines.contains { $0.hasPrefix(other.name + " ") } }
                if !others.isEmpty { return "\(print) shares its sheet with \(others)" }
            }
            return nil
        }
    }
}
