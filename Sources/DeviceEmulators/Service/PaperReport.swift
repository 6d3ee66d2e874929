import ESCPOS
import FoundationEssentials

/// What `GET /paper.json` and `GET /events` say; in JSON the names are in snake case.
struct PaperReport: Encodable, Hashable, Sendable {
    struct SheetReport: Encodable, Hashable, Sendable {
        var number: Int
        /// Line by line what can be read; left out of the event stream.
        var text: String?
        var codes: [String]?
        var printID: String?
        var millimetres: Double
        var rows: Int
        var cut: Bool
        var startedAt: String
        /// Nil while the sheet hangs in the printer.
        var finishedAt: String?
        /// Its dots can still be had.
        var picture: Bool
    }

    struct PrinterReport: Encodable, Hashable, Sendable {
        var model: String
        var name: String
        var dots: Int
        var dotsPerMillimetre: Int
        /// Rows between head and knife: the end of the running sheet that is still inside.
        var knifeRows: Int
        /// `off`, `hung`, `cover-open`, `paper-out`, `cutter-jam`, `head-hot`, `broken`, `printing` or `ready`.
        var state: String
        var faults: [String]
        var metresLeft: Double
        var rollMetres: Double
        var nearEnd: Bool
        var bufferedBytes: Int
        var bufferBytes: Int
        var runningSheet: Int
        var revision: Int
    }

    struct EventReport: Encodable, Hashable, Sendable {
        var number: Int
        var at: String
        var event: String
        var sheet: Int?
        var cut: Bool?
        var detail: String?
    }

    var sheets: [SheetReport]
    var printer: PrinterReport
    var events: [EventReport]?

    /// Everything that is kept.
    static func whole(_ mechanism: PrinterMechanism, _ clock: WallClock) -> PaperReport {
        let sheets = (mechanism.finishedSheets + (mechanism.runningSheet.map { [$0] } ?? [])).map { sheet in
            var report = SheetReport(sheet, mechanism, clock)
            report.text = sheet.text
            report.codes = sheet.codes
            return report
        }
        return PaperReport(sheets: sheets, printer: PrinterReport(mechanism), events: mechanism.events.map { EventReport($0, clock) })
    }

    /// What an onlooker needs after a change: the state, and the last sheets without their text.
    static func glance(_ mechanism: PrinterMechanism, _ clock: WallClock, sheets count: Int) -> PaperReport {
        let sheets = mechanism.finishedSheets.suffix(count) + (mechanism.runningSheet.map { [$0] } ?? [])
        return PaperReport(sheets: sheets.map { SheetReport($0, mechanism, clock) }, printer: PrinterReport(mechanism), events: nil)
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

extension PaperReport.SheetReport {
    /// A missing print id and a sheet that is not finished are said in so many words: null.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(number, forKey: .number)
        try container.encodeIfPresent(text, forKey: .text)
        try container.encodeIfPresent(codes, forKey: .codes)
        try container.encode(printID, forKey: .printID)
        try container.encode(millimetres, forKey: .millimetres)
        try container.encode(rows, forKey: .rows)
        try container.encode(cut, forKey: .cut)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(finishedAt, forKey: .finishedAt)
        try container.encode(picture, forKey: .picture)
    }

    private enum CodingKeys: CodingKey {
        case number, text, codes, printID, millimetres, rows, cut, startedAt, finishedAt, picture
    }

    init(_ sheet: Sheet, _ mechanism: PrinterMechanism, _ clock: WallClock) {
        self.init(
            number: sheet.number, text: nil, codes: nil, printID: sheet.printID, millimetres: sheet.millimetres, rows: sheet.rows,
            cut: sheet.isCut, startedAt: clock.iso(after: sheet.startedAt), finishedAt: sheet.finishedAt.map { clock.iso(after: $0) },
            picture: sheet.picture != nil || sheet.finishedAt == nil)
    }
}

extension PaperReport.PrinterReport {
    init(_ mechanism: PrinterMechanism) {
        self.init(
            model: mechanism.model.id, name: mechanism.model.name, dots: mechanism.model.dots,
            dotsPerMillimetre: mechanism.model.dotsPerMillimetre, knifeRows: mechanism.knifeRows, state: Self.state(of: mechanism),
            faults: mechanism.faults.map(\.rawValue).sorted(), metresLeft: mechanism.metresLeft,
            rollMetres: mechanism.settings.rollMetres, nearEnd: mechanism.flags.contains(.paperNearEnd),
            bufferedBytes: mechanism.bufferedBytes, bufferBytes: mechanism.settings.bufferBytes ?? mechanism.model.bufferBytes,
            runningSheet: mechanism.runningSheetNumber, revision: mechanism.revision)
    }

    private static func state(of mechanism: PrinterMechanism) -> String {
        let flags = mechanism.flags
        if !mechanism.isPowered { return "off" }
        if mechanism.isHung { return "hung" }
        if flags.contains(.coverOpen) { return "cover-open" }
        if flags.contains(.paperEnd) { return "paper-out" }
        if flags.contains(.cutterError) { return "cutter-jam" }
        if flags.contains(.unrecoverableError) { return "broken" }
        if flags.contains(.autoRecoverableError) { return "head-hot" }
        return mechanism.isIdle ? "ready" : "printing"
    }
}

extension PaperReport.EventReport {
    init(_ event: PrinterEvent, _ clock: WallClock) {
        self.init(number: event.number, at: clock.iso(after: event.at), event: "", sheet: nil, cut: nil, detail: nil)
        switch event.kind {
        case .sheetStarted(let number): (self.event, sheet) = ("sheet-started", number)
        case .sheetFinished(let number, let cut): (self.event, sheet, self.cut) = ("sheet-finished", number, cut)
        case .processIDAnswered(let id): (self.event, detail) = ("process-id-answered", id)
        case .bufferCleared(let bytes): (self.event, detail) = ("buffer-cleared", "\(bytes) bytes")
        case .fault(let fault, let on): (self.event, detail) = (on ? "fault-on" : "fault-off", fault.rawValue)
        case .rollLoaded(let metres): (self.event, detail) = ("roll-loaded", "\(metres) m")
        case .connected: self.event = "connected"
        case .disconnected: self.event = "disconnected"
        case .drawerOpened: self.event = "drawer-opened"
        case .ignored(let what): (self.event, detail) = ("ignored", what)
        }
    }
}
