/// What really came out of the emulated printer: its `paper.json`.
struct PaperAccount: Hashable, Sendable, Decodable {
    struct Sheet: Hashable, Sendable {
        var number: Int
        /// `TICKET.COPY`; nil on a sheet without one.
        var printID: String?
        /// Every print id that stands on it: two where a piece of one ticket hangs on the next.
        var printIDs: [String] = []
        /// Cut off, and printed down to the line that ends a ticket.
        var isWholeTicket: Bool
        var startedAt: String
        /// nil while it hangs in the printer.
        var finishedAt: String?
    }

    struct Printer: Hashable, Sendable, Decodable {
        /// `off`, `hung`, `cover-open`, `paper-out`, `cutter-jam`, `head-hot`, `broken`, `printing` or `ready`.
        var state: String
        var faults: [String]
        /// Grows with every change; one that is lower than before is another emulator's.
        var revision: Int
    }

    struct Event: Hashable, Sendable, Decodable {
        var number: Int
        var at: String
    }

    var sheets: [Sheet]
    var printer: Printer
    var events: [Event]?

    /// From when on every sheet is known, given what was known `before`; nil while nothing can have been printed yet.
    ///
    /// The emulator keeps its sheets from its start, but not its first event for ever.
    func sheetsKnownSince(before: (account: PaperAccount, since: String?)?) -> String? {
        let isSameEmulator = before.map { $0.account.printer.revision <= printer.revision } ?? false
        let first = events?.first
        let since =
            first.flatMap { $0.number == 1 ? $0.at : nil } ?? (isSameEmulator ? before?.since : nil)
            ?? first?.at
        guard let since, let oldest = sheets.first, oldest.number > 1 else { return since }
        return max(since, oldest.startedAt)
    }
}

extension PaperAccount.Sheet: Decodable {
    private enum Keys: String, CodingKey { case number, text, printId, cut, startedAt, finishedAt }

    /// Every ticket ends with the line “Berlaku sampai 23.59 hari ini”.
    private static let lastWords = "Berlaku"

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Keys.self)
        number = try keys.decode(Int.self, forKey: .number)
        printID = try keys.decodeIfPresent(String.self, forKey: .printId)
        let text = try keys.decodeIfPresent(String.self, forKey: .text) ?? ""
        printIDs = text.split(separator: "\n").map { String($0.filter { $0 != " " }) }.filter {
            $0.wholeMatch(of: /[0-9A-HJKMNP-TV-Z]{26}\.[0-9]+/) != nil
        }
        isWholeTicket = try keys.decode(Bool.self, forKey: .cut) && text.contains(Self.lastWords)
        startedAt = try keys.decode(String.self, forKey: .startedAt)
        finishedAt = try keys.decodeIfPresent(String.self, forKey: .finishedAt)
    }
}
