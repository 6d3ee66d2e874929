import Conditions
public import SyncProtocol

/// A day's report as aligned text, for a terminal.
public struct ReportTable: Sendable, CustomStringConvertible {
    private let report: DayReport

    private static let columns: [(words: String, english: String, path: @Sendable (TicketCounts) -> Int)] = [
        ("terbit", "issued", { $0.issued }), ("tercetak", "printed", { $0.printed }), ("di layar", "screen", { $0.screen }),
        ("tak diketahui", "unknown", { $0.unknown }), ("batal", "void", { $0.void }), ("berjalan", "open", { $0.open }),
        ("(manual)", "(by hand)", { $0.manual }),
    ]

    public init(_ report: DayReport) { self.report = report }

    public var description: String {
        let parts = [counts, alarms, chains, epochs, rolls, incidents, refusals].compactMap(\.self)
        return (["Hari / day \(report.day)    dibuat / made \(report.made)"] + parts).joined(separator: "\n\n") + "\n"
    }

    private var counts: String {
        guard !report.agencies.isEmpty else { return "Belum ada tiket. / No ticket yet." }
        var rows = [["Instansi, layanan"] + Self.columns.map(\.words), ["agency, service"] + Self.columns.map(\.english)]
        for agency in report.agencies {
            rows.append([agency.name ?? agency.agency] + Self.numbers(agency.counts))
            for service in agency.services { rows.append(["  " + (service.name ?? service.service)] + Self.numbers(service.counts)) }
        }
        rows.append(["JUMLAH / TOTAL"] + Self.numbers(report.counts))
        return Self.table(rows)
    }

    private var chains: String? {
        guard !report.chains.isEmpty else { return nil }
        let rows = report.chains.map { ["\($0.site)/\($0.kiosk) \($0.lane)", "\($0.upto)", "\($0.waiting)", $0.contact] }
        return Self.table(
            [["Anjungan", "diterima", "menunggu", "kontak terakhir"], ["kiosk", "received", "waiting", "last contact"]] + rows)
    }

    private var epochs: String? {
        let lines = report.chains.compactMap { chain in
            chain.follows.map { former in
                let here = former.isHere ? "lengkap / all here" : "belum lengkap / not all here"
                let rest = former.isDamaged ? ", jurnal lama rusak / damaged, more may have been: keep its folder journal.damaged-…" : ""
                let mark = former.isHere && !former.isDamaged ? " " : "!"
                return "\(mark) \(chain.site)/\(chain.kiosk) \(chain.epoch.prefix(8)) ← \(former.epoch?.prefix(8) ?? "?"): "
                    + "\(former.upto) \(here)\(rest); \(former.reason)"
            }
        }
        return lines.isEmpty ? nil : (["Jurnal baru / new epochs"] + lines).joined(separator: "\n")
    }

    private var alarms: String? {
        guard !report.alarms.isEmpty else { return nil }
        let lines = report.alarms.map { alarm in
            let words =
                switch alarm.code {
                case .kioskSilent: "tidak ada kabar sejak / silent since"
                case .emergency where alarm.isFromAbove == true: "keadaan darurat dari pusat di atas sejak / emergency from above since"
                case .emergency: "keadaan darurat sejak / emergency since"
                case .siteOutdated: "data mal lain sejak / another site bundle since"
                default: "catatan menunggu sejak / entries waiting since"
                }
            return "! \(alarm.site)/\(alarm.kiosk) \(alarm.code.rawValue): \(words) \(alarm.since)"
        }
        return (["Perlu tindakan / action needed"] + lines).joined(separator: "\n")
    }

    private var rolls: String? {
        guard !report.rolls.isEmpty else { return nil }
        let rows = report.rolls.map { roll in
            let sign = roll.certainty == .about ? "±" : "≤"
            let state = [(roll.isLow, "hampir habis / low"), (roll.isUnproven, "belum diuji / not proven")].filter(\.0).map(\.1)
            return [
                "\(roll.site)/\(roll.kiosk) \(roll.printer)", roll.tickets.map { "\(sign) \($0)" } ?? "?",
                roll.left.map { "\(sign) \($0 / 1000) m" } ?? "?", state.joined(separator: ", "),
            ]
        }
        return Self.table([["Kertas", "sisa tiket", "sisa kertas", "keadaan"], ["paper", "tickets left", "paper left", "state"]] + rows)
    }

    private var incidents: String? {
        guard !report.incidents.isEmpty else { return nil }
        let lines = report.incidents.map { incident in
            let state = incident.resolved.map { "selesai / resolved \($0)" } ?? "belum selesai / open, \(incident.last)"
            return "\(incident.resolved == nil ? "!" : " ") \(incident.site)/\(incident.kiosk) \(incident.lane) \(incident.code.rawValue): "
                + "\(incident.detail); \(incident.entries) disimpan terpisah / put aside; \(state)"
        }
        return (["Masalah / incidents"] + lines).joined(separator: "\n")
    }

    private var refusals: String? {
        guard !report.refusals.isEmpty else { return nil }
        let lines = report.refusals.map { refusal in
            let who = refusal.site.isEmpty ? "tak dikenal / stranger" : "\(refusal.site)/\(refusal.kiosk)"
            return "! \(who) \(refusal.code): \(refusal.detail); \(refusal.first) – \(refusal.last)"
        }
        return (["Ditolak / turned away"] + lines).joined(separator: "\n")
    }

    private static func numbers(_ counts: TicketCounts) -> [String] { columns.map { String($0.path(counts)) } }

    /// The first column stands left, the others right.
    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
