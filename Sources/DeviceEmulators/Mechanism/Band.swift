import ESCPOS

/// A stretch of paper that the motor moves in one go: first dots, then blank paper.
struct Band: Hashable, Sendable {
    var ink: DotCanvas
    /// Rows of paper moved, at least the height of `ink`.
    var rows: Int
    /// What a reader could make out on it.
    var marks: [Mark] = []
    /// A line of text that was broken off is printed anew on new paper; a picture goes on with its next row.
    var restartsOnNewPaper = false

    init(ink: DotCanvas, rows: Int) {
        self.ink = ink
        self.rows = max(rows, ink.height)
    }

    /// Moves paper without printing.
    static func feed(_ rows: Int, width: Int) -> Band {
        Band(ink: DotCanvas(width: width, height: 0), rows: rows)
    }
}

/// Something legible at a place of the paper.
struct Mark: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case text(String)
        case code(String)
    }
    /// The row at its middle.
    var row: Int
    var content: Content
}

/// One step of what the mechanism does, in the order in which the interpreter asked for it.
enum Action: Hashable, Sendable {
    case move(Band)
    case cut(Cut.Kind)
    case answer(PrinterAnswer)
    case answerPaperSensor
    case automaticStatus(AutomaticStatusMask)
    case openDrawer
    case ignore(String)
}
