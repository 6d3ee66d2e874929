/// How the columns of one line divide the paper.
struct Grid: Hashable {
    /// One column's part of the paper, in cells; `width` 0 hides it.
    struct Span: Hashable {
        var start: Int
        var width: Int
    }

    private(set) var start: Int
    private(set) var width: Int
    private(set) var spans: [Span]
    /// Cells with upright strokes, from left to right; empty without a frame.
    private(set) var posts: [Int]

    var isFramed: Bool { !posts.isEmpty }

    /// The whole paper as one column.
    init(columns: Int) {
        (start, width, spans, posts) = (0, columns, [Span(start: 0, width: columns)], [])
    }

    init(count: Int, widths: [Receipt.ColumnWidth], border: Receipt.Border, align: HorizontalAlignment, columns: Int) {
        let wanted = (0..<count).map { $0 < widths.count ? widths[$0] : .share }
        let visible = wanted.count { $0 != .cells(0) }
        let (gap, frame) =
            switch border {
            case .line: (1, 2)
            case .space(let cells): (cells, 0)
            }
        let reserved = max(0, visible - 1) * gap + frame
        let room = max(0, columns - reserved)
        let cells = Self.divide(room, among: wanted)

        width = min(columns, cells.reduce(reserved, +))
        start = align.offset(of: width, in: columns)
        var position = start + frame / 2
        var spans: [Span] = []
        for cells in cells {
            spans.append(Span(start: position, width: cells))
            if cells > 0 { position += cells + gap }
        }
        self.spans = spans
        posts = frame == 0 ? [] : [start] + spans.filter { $0.width > 0 }.map { $0.start + $0.width }
    }

    /// Fixed columns get what they ask for while there is room; the others share the rest evenly.
    private static func divide(_ room: Int, among wanted: [Receipt.ColumnWidth]) -> [Int] {
        var free = room
        var result = wanted.map { width -> Int in
            guard case .cells(let cells) = width else { return 0 }
            let taken = min(cells, free)
            free -= taken
            return taken
        }
        let shares = wanted.indices.filter { wanted[$0] == .share }
        for (done, index) in shares.enumerated() {
            result[index] = free / (shares.count - done)
            free -= result[index]
        }
        return result
    }

    func place(align: HorizontalAlignment) -> Layout.Place {
        Layout.Place(start: spans.first?.start ?? start, width: max(1, spans.first?.width ?? width), align: align)
    }

    /// A row with the upright strokes of the frame between its fragments.
    func row(_ fragments: [Layout.Fragment]) -> Layout.TextRow {
        let height = fragments.reduce(1) { max($0, $1.decoration.height) }
        let strokes = posts.map { Layout.Fragment(start: $0, text: "│", decoration: Decoration(height: height)) }
        return Layout.TextRow((fragments + strokes).sorted { $0.start < $1.start }, isTight: isFramed)
    }

    /// Wide enough for both.
    func joined(_ other: Grid) -> Grid {
        var grid = self
        grid.start = min(start, other.start)
        grid.width = max(start + width, other.start + other.width) - grid.start
        return grid
    }

    /// A horizontal stroke that meets the posts of the rows above and below.
    func rule(above: [Int], below: [Int], isLast: Bool = false) -> Layout.TextRow {
        let end = start + width - 1
        let text = (start...max(start, end)).map { cell -> Character in
            let joint = (above.contains(cell), below.contains(cell), cell > start, cell < end)
            return Self.strokes[Strokes(up: joint.0, down: joint.1, left: joint.2, right: joint.3)] ?? "─"
        }
        return Layout.TextRow([Layout.Fragment(start: start, text: String(text))], isTight: !isLast)
    }

    private struct Strokes: Hashable {
        var up: Bool
        var down: Bool
        var left: Bool
        var right: Bool
    }

    private static let strokes: [Strokes: Character] = [
        Strokes(up: false, down: true, left: false, right: true): "┌",
        Strokes(up: false, down: true, left: true, right: true): "┬",
        Strokes(up: false, down: true, left: true, right: false): "┐",
        Strokes(up: true, down: true, left: false, right: true): "├",
        Strokes(up: true, down: true, left: true, right: true): "┼",
        Strokes(up: true, down: true, left: true, right: false): "┤",
        Strokes(up: true, down: false, left: false, right: true): "└",
        Strokes(up: true, down: false, left: true, right: true): "┴",
        Strokes(up: true, down: false, left: true, right: false): "┘",
    ]
}
