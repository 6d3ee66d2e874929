import CUPSPrinting
import Conditions
import DeviceSocket
import Foundation
import Journal
import KioskCore

/// What journal, paper and spooler say about the same visits, and where they contradict each other.
struct Story {
    var tickets: [TicketRecord]
    var prints: [PrintRecord]
    var sheets: [Paper.Sheet]
    var jobs: [SpoolerJob]

    var summary: String {
        let outcomes = Dictionary(grouping: prints) { outcome(of: $0)?.rawValue ?? "open" }.mapValues(\.count)
        return
            "kill test: \(tickets.count) tickets, \(sheets.count) sheets, \(jobs.count) jobs, prints \(outcomes.sorted { $0.key < $1.key })"
    }

    /// Empty when all is well.
    var contradictions: [String] {
        numbersTwice + openPrints + sheetsWithoutEntry + wrongSheetCounts + copiesWithoutSalinan + latePaper + jobsThatDisagree
    }

    private func outcome(of print: PrintRecord) -> PrintOutcome? {
        if case .settled(let result) = print.state { result.outcome } else { nil }
    }

    private var numbersTwice: [String] {
        Dictionary(grouping: tickets) { "\($0.ticket.number) on \($0.ticket.day)" }.filter { $1.count > 1 }.keys.map {
            "number \($0) was issued twice"
        }
    }

    private var openPrints: [String] {
        prints.filter { outcome(of: $0) == nil }.map { "print \($0.id) was never settled" }
    }

    /// Half sheets count too: the print id stands in their first line. Only blank feed has none.
    private var sheetsWithoutEntry: [String] {
        let known = Set(prints.map(\.id.rawValue))
        return sheets.compactMap { sheet in
            guard let id = sheet.printID else { return isBlank(sheet) ? nil : "a sheet without a print id says: \(sheet.text)" }
            return known.contains(id) ? nil : "sheet \(id) has no journal entry"
        }
    }

    private func isBlank(_ sheet: Paper.Sheet) -> Bool { sheet.text.allSatisfy(\.isWhitespace) }

    /// A whole ticket ends with the end of its day; what a crash cut off does not.
    private func isWhole(_ sheet: Paper.Sheet) -> Bool { sheet.cut && sheet.text.contains("Berlaku") }

    private var wrongSheetCounts: [String] {
        let whole = Dictionary(grouping: sheets.filter(isWhole)) { $0.printID ?? "" }.mapValues(\.count)
        return prints.compactMap { print in
            let count = whole[print.id.rawValue] ?? 0
            return switch outcome(of: print) {
            case .printed where count != 1: "print \(print.id) is called printed, and \(count) whole sheets came out: \(traces(of: print))"
            case .failed where count != 0: "print \(print.id) is called failed, and \(count) whole sheets came out"
            case .unknown where count > 1: "print \(print.id) came out \(count) times"
            case .processed, .sent: "print \(print.id) proves less than this printer can"
            case .printed, .failed, .unknown, nil: nil
            }
        }
    }

    /// Every sheet that says something of it, for whoever looks for the reason.
    private func traces(of print: PrintRecord) -> [Paper.Sheet] { sheets.filter { $0.text.contains(print.id.rawValue) } }

    private var copiesWithoutSalinan: [String] {
        sheets.filter(isWhole).compactMap { sheet in
            guard let copy = sheet.printID.flatMap(PrintCopy.init) else { return nil }
            return (copy.number > 1) == sheet.text.contains("SALINAN") ? nil : "sheet \(copy) and SALINAN do not go together"
        }
    }

    /// A whole sheet is out before the next visitor has a ticket.
    private var latePaper: [String] {
        let issued = tickets.map(\.ticket).sorted { $0.issuedAt < $1.issuedAt }
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return zip(issued, issued.dropFirst()).flatMap { ticket, next in
            sheets.filter { isWhole($0) && $0.printID?.hasPrefix(ticket.id.rawValue) == true }.compactMap { sheet in
                guard let finished = sheet.finishedAt.flatMap({ try? format.parse($0) }) else {
                    return "sheet \(sheet.printID ?? "") has no time"
                }
                let late = finished.timeIntervalSince1970 * 1000 - Double(next.issuedAt.milliseconds)
                return late > 0 ? "ticket \(ticket.number) came out \(Int(late)) ms after \(next.number) was issued" : nil
            }
        }
    }

    private var jobsThatDisagree: [String] {
        let outcomes = Dictionary(prints.map { ($0.id.rawValue, outcome(of: $0)) }) { first, _ in first }
        return jobs.compactMap { job in
            guard let outcome = outcomes[job.name] ?? nil else { return "job \(job.id) “\(job.name)”, \(job.state), has no settled print" }
            let agrees =
                switch job.state {
                case .completed: [.printed, .processed, .sent].contains(outcome)
                case .aborted: outcome == .failed
                case .canceled: [.failed, .unknown].contains(outcome)
                case .held: outcome == .unknown
                case .pending, .processing, .stopped: false
                }
            return agrees ? nil : "job “\(job.name)” is \(job.state) for CUPS and \(outcome) in the journal"
        }
    }
}
