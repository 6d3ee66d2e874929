import Conditions
import KioskRuntime
import SyncProtocol

/// How much paper there is, and whether it can be printed on.
enum RollCheck {
    static func examine(_ status: KioskStatus?) -> [Finding] {
        guard let status else {
            return [.skipped(.roll, Words("tidak diperiksa, hanya anjungan yang tahu", "not examined, only the kiosk knows"))]
        }
        guard let roll = status.printer.roll else {
            return [.skipped(.roll, Words("gulungan tidak dihitung", "the roll is not counted"))]
        }
        let facts = Words("terpakai \(metres(roll.usedMillimetres, ",")) m, ", "\(metres(roll.usedMillimetres, ".")) m used, ") + left(roll)
        var findings: [Finding] = []
        if roll.isLow, !status.printer.conditions.contains(.mediaEmpty) { findings.append(.wrong(.roll, .mediaLow, facts)) }
        if roll.isUnproven {
            let since = roll.changedAt ?? ""
            findings.append(.wrong(.roll, .rollUnproven, Words("diganti \(since), ", "changed \(since), ") + facts))
        }
        return findings.isEmpty ? [.sound(.roll, facts)] : findings
    }

    private static func left(_ roll: KioskStatus.Roll) -> Words {
        guard let left = roll.leftMillimetres else { return Words("sisa tidak diketahui", "what is left is unknown") }
        let (indonesian, english) =
            switch roll.certainty {
            case .about: ("kira-kira", "about")
            case .atMost, .unknown: ("paling banyak", "at most")
            }
        let paper = Words("sisa \(indonesian) \(metres(left, ",")) m", "\(english) \(metres(left, ".")) m left")
        guard let tickets = roll.ticketsLeft else { return paper }
        return paper + Words(", \(indonesian) \(tickets) tiket", ", \(english) \(tickets) tickets")
    }

    /// One decimal.
    private static func metres(_ millimetres: Int, _ mark: String) -> String {
        "\(millimetres / 1000)\(mark)\(millimetres % 1000 / 100)"
    }
}
