import CUPSPrinting
import SyncProtocol

/// What CUPS says of the stock lane's jobs, held against the sheets that really came out of its printer.
///
/// A pure value, by the same rules as ours: a sheet counts when it is cut off and printed to its last line.
struct StockFindings: Hashable, Sendable {
    /// Jobs that CUPS took.
    private(set) var handed = 0
    /// Jobs that CUPS did not take.
    private(set) var refused = 0
    /// Jobs that CUPS calls completed.
    private(set) var completed = 0
    /// Jobs of which a whole sheet came out.
    private(set) var whole = 0
    /// Jobs that CUPS is through with, or knows nothing of any more, and of which no whole sheet is there.
    private(set) var missing: [String] = []
    /// Those of them that CUPS calls completed.
    private(set) var untrue = 0
    /// Jobs with more than one whole sheet, and how many there are.
    private(set) var repeated: [PaperFindings.Repeated] = []
    /// Sheets in the tray that are no whole ticket, and pieces that hang on a whole one.
    private(set) var pieces = 0
    /// Jobs that CUPS has not finished.
    private(set) var underWay = 0
    /// The printer prints, or something keeps it from printing: what it holds may still come out.
    private(set) var printerIsBusy = false

    init(_ account: StockAccount, paper: PaperAccount) {
        let names = Set(account.handed)
        // A piece that hangs on a whole ticket stands before it, so the whole one is the last.
        let sheets = paper.sheets.filter(\.isWholeTicket).compactMap { $0.printIDs.last ?? $0.printID }.filter(names.contains)
        let counts = Dictionary(grouping: sheets) { $0 }.mapValues(\.count)
        let states = Dictionary(grouping: account.jobs.filter { names.contains($0.name) }, by: \.name).mapValues { $0.map(\.state) }
        handed = account.handed.count
        refused = account.refused.count
        let calledCompleted = names.filter { states[$0]?.contains(.completed) ?? false }
        completed = calledCompleted.count
        whole = counts.count
        let active = names.filter { states[$0]?.contains { !$0.isFinished } ?? false }
        underWay = active.count
        missing = account.handed.filter { !active.contains($0) && counts[$0] == nil }
        untrue = missing.count { calledCompleted.contains($0) }
        repeated = counts.filter { $0.value > 1 }.map { PaperFindings.Repeated(name: $0.key, count: $0.value) }.sorted {
            $0.name < $1.name
        }
        let hanging = paper.sheets.filter(\.isWholeTicket).map { max(0, $0.printIDs.count - 1) }.reduce(0, +)
        pieces = paper.sheets.count { $0.finishedAt != nil && !$0.isWholeTicket } + hanging
        printerIsBusy = paper.printer.state != "ready" || paper.sheets.contains { $0.finishedAt == nil }
    }

    /// Copies beyond the first.
    var doubled: Int { repeated.map { $0.count - 1 }.reduce(0, +) }
    /// What is missing may still come.
    var isAtRest: Bool { underWay == 0 && !printerIsBusy }

    var mood: StageLedger.Mood {
        if doubled + pieces > 0 { return .wrong }
        guard isAtRest else { return .busy }
        return missing.isEmpty ? .quiet : .wrong
    }

    /// What CUPS says, and what the tray says.
    var words: Sentence {
        Sentence(
            "CUPS biasa: kata CUPS selesai \(completed) dari \(handed), utuh di kertas \(whole); "
                + "\(isAtRest ? "hilang" : "belum ada") \(missing.count), ganda \(doubled), sepotong \(pieces)",
            "Stock CUPS: CUPS says completed \(completed) of \(handed), whole on paper \(whole); "
                + "\(isAtRest ? "lost" : "not there yet") \(missing.count), doubled \(doubled), pieces \(pieces)")
    }

    var notes: [Sentence] {
        var notes: [Sentence] = []
        if untrue > 0 {
            notes.append(
                Sentence("\(untrue) disebut selesai tanpa lembar utuh", "\(untrue) called completed without a whole sheet"))
        }
        if underWay > 0 { notes.append(Sentence("\(underWay) masih di antrean", "\(underWay) still in the queue")) }
        if refused > 0 { notes.append(Sentence("\(refused) tidak diterima CUPS", "\(refused) not taken by CUPS")) }
        return notes
    }
}
