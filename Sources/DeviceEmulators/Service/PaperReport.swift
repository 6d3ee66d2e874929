import ESCPOS
import FoundationEssentials

/// What `GET /paper.json` and `GET /events` say; the names of the fields are the JSON's.
struct PaperReport: Codable, Hashable, Sendable {
    struct SheetReport: Codable, Hashable, Sendable {
        var number: Int
        /// Line by line what can be read; left out of the event stream.
        var text: String?
        var codes: [String]?
        var print_id: String?
        var millimetres: Double
        var rows: Int
        var cut: Bool
        var started_at: String
        /// Missing while the sheet hangs in the printer.
        var finished_at: String?
        /// Its dots can still be had.
        var picture: Bool
    }

    struct PrinterReport: Codable, Hashable, Sendable {
        var model: String
        var name: String
        var dots: Int
        var dots_per_millimetre: Int
        /// Rows between head and knife: the end of the running sheet that is still inside.
        var knife_rows: Int
        /// `off`, `hung`, `cover-open`, `paper-out`, `cutter-jam`, `printing` or `ready`.
        var state: String
        var faults: [String]
        var metres_left: Double
        var roll_metres: Double
        var near_end: Bool
        var buffered_bytes: Int
        var buffer_bytes: Int
        var running_sheet: Int
        var revision: Int
    }

    struct EventReport: Codable, Hashable, Sendable {
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
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

extension PaperReport.SheetReport {
    init(_ sheet: Sheet, _ mechanism: PrinterMechanism, _ clock: WallClock) {
        self.init(
            number: sheet.number, text: nil, codes: nil, print_id: sheet.printID, millimetres: sheet.millimetres, rows: sheet.rows,
            cut: sheet.isCut, started_at: clock.iso(after: sheet.startedAt), finished_at: sheet.finishedAt.map { clock.iso(after: $0) },
            picture: sheet.picture != nil || sheet.finishedAt == nil)
    }
}

extension PaperReport.PrinterReport {
    init(_ mechanism: PrinterMechanism) {
        self.init(
            model: mechanism.model.id, name: mechanism.model.name, dots: mechanism.model.dots,
            dots_per_millimetre: mechanism.model.dotsPerMillimetre, knife_rows: mechanism.knifeRows, state: Self.state(of: mechanism),
            faults: mechanism.faults.map(\.rawValue).sorted(), metres_left: mechanism.metresLeft,
            roll_metres: mechanism.settings.rollMetres, near_end: mechanism.flags.contains(.paperNearEnd),
            buffered_bytes: mechanism.bufferedBytes, buffer_bytes: mechanism.settings.bufferBytes ?? mechanism.model.bufferBytes,
            running_sheet: mechanism.runningSheetNumber, revision: mechanism.revision)
    }

    private static func state(of mechanism: PrinterMechanism) -> String {
        let flags = mechanism.flags
        if !mechanism.isPowered { return "off" }
        if mechanism.isHung { return "hung" }
        if flags.contains(.coverOpen) { return "cover-open" }
        if flags.contains(.paperEnd) { return "paper-out" }
        if flags.contains(.cutterError) { return "cutter-jam" }
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
