extension Receipt {
    /// Fits the receipt to paper of `columns` character cells, at least 1.
    public func layout(columns: Int) -> Layout {
        precondition(columns > 0, "paper has at least one column")
        var composer = Composer(columns: columns)
        for line in lines { composer.add(line) }
        composer.closeFrame()
        return Layout(columns: columns, elements: composer.elements)
    }
}

/// Lays lines out one after another, with the properties that hold until changed.
struct Composer {
    let columns: Int
    private(set) var elements: [Layout.Element] = []
    private var align = HorizontalAlignment.center
    private var widths: [Receipt.ColumnWidth] = []
    private var border = Receipt.Border.space(1)
    private var wraps = true
    private var option = Receipt.CodeOption.barcode("code128")
    /// Where the last text stood; a rule and the end of a frame go as far.
    private var grid: Grid
    /// A frame is open: its sides are drawn and its bottom is still to come.
    private var isFrameOpen = false
    /// The joints that a rule inside an open frame waits to learn from the next row.
    private var pendingRule: Grid?

    init(columns: Int) {
        self.columns = columns
        grid = Grid(columns: columns)
    }

    mutating func add(_ line: Receipt.Line) {
        switch line {
        case .text(let columns): addText(columns)
        case .rule: addRule()
        case .cut:
            closeFrame()
            elements.append(.cut)
        case .properties(let properties, let align): apply(properties, leaning: align)
        }
    }

    private mutating func addText(_ cells: [Receipt.Column]) {
        let next = Grid(count: cells.count, widths: widths, border: border, align: align, columns: columns)
        if next.isFramed {
            openOrJoin(next)
        } else {
            closeFrame()
        }
        grid = next
        let lines = zip(cells, next.spans).map { column, span in
            span.width == 0 ? [] : TextFitter(width: span.width, wraps: wraps, balances: column.align == .center).lines(of: column.spans)
        }
        for index in 0..<max(1, lines.map(\.count).max() ?? 1) {
            var fragments: [Layout.Fragment] = []
            for ((column, span), lines) in zip(zip(cells, next.spans), lines) where index < lines.count {
                fragments += lines[index].fragments(from: span.start, in: span.width, align: column.align)
            }
            elements.append(.text(next.row(fragments)))
        }
    }

    private mutating func addRule() {
        if border != .line { closeFrame() }
        guard isFrameOpen else {
            let text = String(repeating: "─", count: grid.width)
            return elements.append(.text(Layout.TextRow([Layout.Fragment(start: grid.start, text: text)])))
        }
        if let rule = pendingRule { elements.append(.text(rule.rule(above: rule.posts, below: rule.posts))) }
        pendingRule = grid
    }

    private mutating func openOrJoin(_ next: Grid) {
        if !isFrameOpen {
            elements.append(.text(next.rule(above: [], below: next.posts)))
            isFrameOpen = true
        } else if let rule = pendingRule {
            elements.append(.text(rule.joined(next).rule(above: rule.posts, below: next.posts)))
        } else if next != grid {
            elements.append(.text(grid.joined(next).rule(above: grid.posts, below: next.posts)))
        }
        pendingRule = nil
    }

    /// Draws the bottom of an open frame; a rule that waits becomes the bottom.
    mutating func closeFrame() {
        guard isFrameOpen else { return }
        elements.append(.text(grid.rule(above: grid.posts, below: [], isLast: true)))
        pendingRule = nil
        isFrameOpen = false
    }

    private mutating func apply(_ properties: [Receipt.Property], leaning: HorizontalAlignment) {
        // Settings first: a code may stand before the option that it is drawn with.
        for property in properties {
            switch property {
            case .option(let value): option = value
            case .align(let value): align = value
            case .width(let value): widths = value
            case .border(let value): border = value
            case .wrap(let value): wraps = value
            case .image, .code, .command, .comment: break
            }
        }
        for property in properties { draw(property, leaning: leaning) }
    }

    private mutating func draw(_ property: Receipt.Property, leaning: HorizontalAlignment) {
        let place = Grid(count: 1, widths: widths, border: .space(0), align: align, columns: columns).place(align: leaning)
        switch property {
        case .image(let png):
            closeFrame()
            elements.append(.image(png: png, place))
        case .code(let data):
            guard case .qrCode(let cell, let level) = option else { return }
            closeFrame()
            elements.append(.qrCode(data: Array(data.utf8), cell: cell, level: level, place))
        case .command(let bytes): elements.append(.command(bytes))
        case .option, .align, .width, .border, .wrap, .comment: break
        }
    }
}
