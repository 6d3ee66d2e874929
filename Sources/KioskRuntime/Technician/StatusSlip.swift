public import Conditions
public import DeviceSocket
public import ESCPOS
import Foundation
public import KioskCore
public import PaperTemplates
import SyncProtocol

/// What the technician's slip (`status.receipt`) says: what is known, and of the rest that it is not known.
public struct StatusSlip: Sendable {
    /// The slip's own; its first line.
    public var printID: PrintID
    public var mall: String
    public var kiosk: String
    public var zone: TimeZoneOfIndonesia
    public var now: WallTime
    public var device: DeviceDescription
    public var model: PrinterModel
    /// How CUPS's queue is, in words.
    public var queue: String
    /// What a running kiosk says of itself, and its tickets of today in the order of issue; nil where none answers.
    public var kioskSays: (status: KioskStatus, tickets: [TicketStatus])?
    /// A condition in the technician's words.
    public var words: @Sendable (ConditionCode) -> String

    public init(
        printID: PrintID, mall: String, kiosk: String, zone: TimeZoneOfIndonesia, now: WallTime, device: DeviceDescription,
        model: PrinterModel, queue: String, kioskSays: (status: KioskStatus, tickets: [TicketStatus])?,
        words: @escaping @Sendable (ConditionCode) -> String
    ) {
        self.printID = printID
        self.mall = mall
        self.kiosk = kiosk
        self.zone = zone
        self.now = now
        self.device = device
        self.model = model
        self.queue = queue
        self.kioskSays = kioskSays
        self.words = words
    }

    /// For `status.receipt`, in Indonesian.
    public var fields: Fields {
        let prints = lastPrints
        return [
            "print_id": .text(printID.rawValue), "mall": .text(mall), "kiosk": .text(kiosk),
            "date": .text(ServiceDay(now, in: zone).indonesian), "time": .text(now.clock(in: zone)), "zone": .text(zone.abbreviation),
            "device": .text(device.name), "model": .text(device.modelName), "address": .text(device.address), "state": .text(state),
            "paper": .text("\(model.paperWidth.rawValue) mm, \(model.columns) huruf, \(model.dots) titik"),
            "roll": .text(kioskSays.map { Self.roll($0.status.printer.roll) } ?? Self.unknown), "queue": .text(queue),
            "journal": .text(kioskSays.map { journal($0.status.journal) } ?? Self.unknown),
            "centre": .text(kioskSays.map { centre($0.status.centre) } ?? Self.unknown),
            "prints": .list(prints), "no_prints": kioskSays == nil ? .text(Self.unknown) : "belum ada hari ini",
            "samples": .list(["ABCXYZ abcxyz 0123456789", "áéíóú àèìòù äöü ñ ç ß £ ½ é"]),
        ]
    }

    private static let unknown = "tidak diketahui: anjungan tidak menjawab"

    private var state: String {
        let reasons = device.status.conditions.sorted { $0.rawValue < $1.rawValue }.map(words)
        return ([device.status.isReady ? "siap" : "TIDAK SIAP"] + reasons).joined(separator: "; ")
    }

    private static func roll(_ roll: KioskStatus.Roll?) -> String {
        guard let roll else { return "tidak diikuti" }
        var parts: [String] = []
        switch (roll.leftMillimetres, roll.certainty) {
        case (let length?, .about): parts.append("kira-kira \(length / 1000) m lagi")
        case (let length?, _): parts.append("paling banyak \(length / 1000) m lagi")
        case (nil, _): parts.append("sisanya tidak diketahui")
        }
        if let tickets = roll.ticketsLeft { parts.append("kira-kira \(tickets) tiket") }
        if roll.isLow { parts.append("hampir habis") }
        if roll.isUnproven { parts.append("belum dibaca orang") }
        return parts.joined(separator: ", ")
    }

    private func journal(_ journal: KioskStatus.JournalState) -> String {
        let (entries, waiting) = journal.lanes.reduce((0, 0) as (UInt64, UInt64)) { ($0.0 + $1.sequence, $0.1 + $1.waiting) }
        return (["\(entries) catatan, \(waiting) belum di pusat"] + (journal.refusal.map { [words($0.condition)] } ?? [])).joined(
            separator: "; ")
    }

    private func centre(_ centre: KioskStatus.Centre) -> String {
        guard centre.url != nil else { return "tidak diatur" }
        let answered = centre.answeredAt.flatMap(WallTime.init(iso8601:)).map { "menjawab terakhir \($0.clock(in: zone))" }
        return [centre.condition.map(words), answered ?? "belum pernah menjawab"].compactMap(\.self).joined(separator: "; ")
    }

    /// The last five of today, the latest first.
    private var lastPrints: [FieldValue] {
        let tickets = kioskSays?.tickets ?? []
        return tickets.filter { !$0.prints.isEmpty }.suffix(5).reversed().map { ticket in
            let time = WallTime(iso8601: ticket.issuedAt)?.clock(in: zone) ?? ""
            return ["time": .text(time), "number": .text(ticket.number), "outcome": .text(Self.outcome(ticket.prints.last?.outcome))]
        }
    }

    /// At most eleven characters.
    private static func outcome(_ outcome: PrintOutcome?) -> String {
        switch outcome {
        case .printed: "tercetak"
        case .processed: "diproses"
        case .sent: "terkirim"
        case .failed: "gagal"
        case .unknown: "tidak pasti"
        case nil: "berjalan"
        }
    }
}

extension WallTime {
    /// Reads a time such as `2026-11-21T00:20:00.000Z`, as ``KioskStatus`` has them.
    public init?(iso8601 text: String) {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        guard let date = try? style.parse(text) else { return nil }
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
