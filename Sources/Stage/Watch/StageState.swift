import FoundationEssentials
import SyncProtocol

/// Everything the page shows: `GET /state.json` and each event; in JSON the names are in snake case.
struct StageState: Hashable, Sendable, Encodable {
    /// A program whose page is shown in a frame.
    struct Program: Hashable, Sendable, Encodable {
        var url: String
        var answers: Bool
    }

    struct Printer: Hashable, Sendable, Encodable {
        /// As the emulator names it; nil before it has answered.
        var state: String?
        var faults: [String]
    }

    /// The lane beside ours.
    struct Stock: Hashable, Sendable, Encodable {
        var url: String
        var answers: Bool
        var printer: Printer
    }

    /// What CUPS says of the stock lane, and what its tray says.
    struct StockFigures: Hashable, Sendable, Encodable {
        var handed: Int
        var refused: Int
        var completed: Int
        var whole: Int
        var lost: Int
        var untrue: Int
        var doubled: Int
        var pieces: Int
        var underWay: Int
        var atRest: Bool
    }

    struct Network: Hashable, Sendable, Encodable {
        var cut: Bool
    }

    struct Line: Hashable, Sendable, Encodable {
        var mood: StageLedger.Mood
        var words: Sentence
        var notes: [Sentence]
    }

    struct Figures: Hashable, Sendable, Encodable {
        var issued: Int
        var onPaper: Int
        var screen: Int
        var void: Int
        var unknown: Int
        var open: Int
        var atCentre: Int?
        var waiting: UInt64
        var lost: Int
        var doubled: Int
        var contradictions: Int
    }

    struct Ledger: Hashable, Sendable, Encodable {
        var figures: Figures
        var paper: Line
        var centre: Line
        var verdict: Line
        var reasons: [Sentence]
        /// nil without the lane, or before it has answered.
        var stock: Line?
        var stockFigures: StockFigures?
    }

    var screen: Program
    var paper: Program
    var centre: Program
    /// The kiosk's process; nil before it has answered.
    var kioskProcess: Int?
    var kioskAnswers: Bool
    var printer: Printer
    /// nil without that lane.
    var stock: Stock?
    var network: Network
    var visits: VisitProgress
    /// A kill of cupsd waits for a job to be under way.
    var cupsdIsHunted: Bool
    var ledger: Ledger
    /// What the last button did.
    var news: Sentence?

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

extension StageState.Ledger {
    init(_ ledger: StageLedger) {
        let counts = ledger.counts
        figures = StageState.Figures(
            issued: ledger.issued, onPaper: ledger.onPaper, screen: counts.screen, void: counts.void,
            unknown: counts.unknown,
            open: counts.open, atCentre: ledger.centre.atCentre, waiting: ledger.centre.waiting,
            lost: ledger.lost,
            doubled: ledger.doubled, contradictions: ledger.contradictions)
        paper = StageState.Line(
            mood: ledger.paperMood, words: ledger.paperLine, notes: ledger.paperNotes)
        centre = StageState.Line(
            mood: ledger.centreMood, words: ledger.centreLine, notes: ledger.centreNotes)
        verdict = StageState.Line(mood: ledger.verdictMood, words: ledger.verdictLine, notes: [])
        reasons = ledger.reasons
        stock = ledger.stock.map { StageState.Line(mood: $0.mood, words: $0.words, notes: $0.notes) }
        stockFigures = ledger.stock.map { stock in
            StageState.StockFigures(
                handed: stock.handed, refused: stock.refused, completed: stock.completed, whole: stock.whole, lost: stock.missing.count,
                untrue: stock.untrue, doubled: stock.doubled, pieces: stock.pieces, underWay: stock.underWay, atRest: stock.isAtRest)
        }
    }
}
