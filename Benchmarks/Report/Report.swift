import Foundation

/// What one command measured.
struct Report: Sendable, Encodable {
    var title: String
    var figures: [Figure]
    /// What a reader must know to judge the figures.
    var remarks: [String] = []
    /// Repeats it.
    var command: String

    /// Better than `other` by the first figure that has an aim, or by the first of all where none has.
    func isBetter(than other: Report) -> Bool {
        guard let index = figures.firstIndex(where: { $0.aim != nil }) ?? figures.indices.first, index < other.figures.count else {
            return false
        }
        if case .atLeast = figures[index].aim { return figures[index].value > other.figures[index].value }
        return figures[index].value < other.figures[index].value
    }

    /// A table for people.
    var table: String {
        let rows = figures.map { figure in
            [
                (figure.isBeside ? "  beside: " : "") + figure.name, Self.number(figure.value) + " " + figure.unit.rawValue,
                Self.words(figure),
            ]
        }
        let widths = [0, 1].map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let name = row[0].padding(toLength: widths[0], withPad: " ", startingAt: 0)
            let value = String(repeating: " ", count: widths[1] - row[1].count) + row[1]
            return "  \(name)  \(value)" + (row[2].isEmpty ? "" : "  \(row[2])")
        }
        return ([title] + lines + remarks.map { "  (\($0))" } + ["  again: \(command)"]).joined(separator: "\n") + "\n"
    }

    private static func words(_ figure: Figure) -> String {
        let verdict = figure.meetsAim == true ? "met" : "MISSED"
        return switch figure.aim {
        case .atMost(let most): "aim: at most \(number(most)) \(figure.unit.rawValue), \(verdict)"
        case .atLeast(let least): "aim: at least \(number(least)) \(figure.unit.rawValue), \(verdict)"
        case nil: ""
        }
    }

    /// Three significant digits are more than such figures are worth.
    private static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e6 { return String(Int(value)) }
        let decimals = abs(value) < 1 ? 3 : abs(value) < 10 ? 2 : 1
        return String(format: "%.\(decimals)f", value)
    }
}
