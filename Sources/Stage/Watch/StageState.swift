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
    }

    var screen: Program
    var paper: Program
    var centre: Program
    /// The kiosk's process; nil before it has answered.
    var kioskProcess: Int?
    var kioskAnswers: Bool
    var printer: Printer
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
    }
}
