/// How the columns of one line divide the paper.
struct Grid: Hashable {
    /// One column's part of the paper, in cells.
    struct Span: Hashable {
        /// Which column of the line stands here, from 0.
        var column: Int
        var start: Int
        var width: Int
    }

    /// What holds until changed and decides how lines are divided.
    struct Settings {
        /// Cells across the paper.
        let paper: Int
        var align = HorizontalAlignment.center
        var border = Receipt.Border.space(1)
        /// No ``widths`` were given: every line divides the paper among its columns.
        private(set) var isAuto = true
        /// The widths of columns that are not hidden, as many as the paper can have at all; 0 is `*`.
        private var widths: [(column: Int, cells: Int)] = []

        init(paper: Int) { self.paper = paper }

        mutating func set(_ widths: [Receipt.ColumnWidth]) {
            isAuto = widths.isEmpty
            self.widths = []
            for (column, width) in widths.enumerated() where self.widths.count < paper {
                switch width {
                case .share: self.widths.append((column, 0))
                case .cells(let cells): if cells > 0 { self.widths.append((column, cells)) }
                }
            }
        }

        /// Cells between two columns, and of the strokes at both ends of a frame.
        var gap: Int {
            switch border {
            case .line: 1
            case .space(let cells): cells
            }
        }

        var isFramed: Bool { border == .line }

        /// How many columns leave one cell for each.
        private var limit: Int { isFramed ? (paper - 1) / 2 : (paper + gap) / (gap + 1) }

        /// Visible columns and their widths, 0 for an equal share.
        fileprivate func wanted(count: Int) -> [(column: Int, cells: Int)] {
            isAuto ? (0..<min(count, limit)).map { ($0, 0) } : Array(widths.prefix(limit))
        }

        /// Where a rule, picture or code stands: as wide as a line of text would be.
        var area: Range<Int> {
            if isAuto || widths.contains(where: { $0.cells == 0 }) { return 0..<paper }
            let borders = isFramed ? widths.count + 1 : (widths.count - 1) * gap
            let width = widths.isEmpty ? 0 : min(paper, widths.reduce(borders) { $0 + $1.cells })
            let start = align.floorOffset(of: width, in: paper)
            return start..<(start + width)
        }
    }

    let start: Int
    let width: Int
    let spans: [Span]
    /// Cells with upright strokes, from left to right; empty without a frame.
    let posts: [Int]

    /// - Parameter count: Columns of the line; counts only while widths are `auto`.
    init(count: Int, settings: Settings) {
        let wanted = settings.wanted(count: count)
        let paper = settings.paper
        let borders =
            wanted.isEmpty ? 0 : settings.isFramed ? wanted.count + 1 : (wanted.count - 1) * settings.gap
        let shares = wanted.count { $0.cells == 0 }
        let fixed = Self.lowered(wanted.map(\.cells).filter { $0 > 0 }, to: paper - borders - shares)
        var free = paper - borders - fixed.reduce(0, +)

        var next = (fixed: 0, share: 0)
        let cells = wanted.map { column in
            if column.cells > 0 {
                next.fixed += 1
                return fixed[next.fixed - 1]
            }
            next.share += 1
            return (free + next.share - 1) / shares
        }
        if shares > 0 { free = 0 }
        start = settings.align.floorOffset(of: paper - free, in: paper)
        width = paper - free
        var position = start + (settings.isFramed ? 1 : 0)
        spans = zip(wanted, cells).map { wanted, cells in
            defer { position += cells + settings.gap }
            return Span(column: wanted.column, start: position, width: cells)
        }
        posts = settings.isFramed && !wanted.isEmpty ? [start] + spans.map { $0.start + $0.width } : []
    }

    /// Takes cells from the widest columns, the last of equal ones first, until all have no more than `room` together.
    private static func lowered(_ widths: [Int], to room: Int) -> [Int] {
        guard widths.reduce(0, +) > room else { return widths }
        var (low, high) = (0, room)
        while low < high {
            let level = (low + high + 1) / 2
            if widths.reduce(0, { $0 + min($1, level) }) <= room { low = level } else { high = level - 1 }
        }
        var rest = room - widths.reduce(0) { $0 + min($1, low) }
        return widths.map { width in
            guard width > low else { return width }
            defer { rest -= 1 }
            return rest > 0 ? low + 1 : low
        }
    }

    /// A horizontal stroke that meets the posts of the rows above and below; nil where there are none.
    static func rule(above: Grid?, below: Grid?) -> Layout.TextRow {
        let grids = [above, below].compactMap(\.self).filter { !$0.posts.isEmpty }
        let start = grids.map(\.start).min() ?? 0
        let end = grids.map { $0.start + $0.width }.max() ?? 0
        let text = (start..<end).map { cell in
            let left = grids.contains { $0.start < cell && cell < $0.start + $0.width }
            let right = grids.contains { $0.start <= cell && cell < $0.start + $0.width - 1 }
            return stroke(
                up: above?.posts.contains(cell) ?? false, down: below?.posts.contains(cell) ?? false, left: left, right: right)
        }
        let fragments = text.isEmpty ? [] : [Layout.Fragment(start: start, text: String(text), isStroke: true)]
        return Layout.TextRow(fragments, isTight: below != nil)
    }

    private static func stroke(up: Bool, down: Bool, left: Bool, right: Bool) -> Character {
        switch (up, down, left, right) {
        case (false, true, false, true): "┌"
        case (false, true, true, true): "┬"
        case (false, true, true, false): "┐"
        case (true, true, false, true): "├"
        case (true, true, true, true): "┼"
        case (true, true, true, false): "┤"
        case (true, false, false, true): "└"
        case (true, false, true, true): "┴"
        case (true, false, true, false): "┘"
        case (false, false, true, _), (false, false, _, true): "─"
        case (_, _, false, false): up || down ? "│" : " "
        }
    }
}

extension HorizontalAlignment {
    /// How far from the left something of `width` stands in `room`; a half cell is rounded down, as for whole lines.
    func floorOffset(of width: Int, in room: Int) -> Int {
        switch self {
        case .left: 0
        case .center: max(0, room - width) / 2
        case .right: max(0, room - width)
        }
    }

    /// How far from the left text of `width` stands in its column; a half cell is rounded up.
    func textOffset(of width: Int, in room: Int) -> Int {
        switch self {
        case .left: 0
        case .center: (max(0, room - width) + 1) / 2
        case .right: max(0, room - width)
        }
    }
}
