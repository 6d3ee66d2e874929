extension Receipt {
    /// Fits the receipt to paper of `columns` character cells, at least 1.
    public func layout(columns: Int) -> Layout {
        precondition(columns > 0, "paper has at least one column")
        var composer = Composer(columns: columns)
        composer.reserve(lines.count)
        for line in lines { composer.add(line) }
        composer.closeFrame()
        return Layout(columns: columns, elements: composer.elements)
    }

    /// The line of markup, from 1, that an element of ``layout(columns:)`` comes from; a frame comes from what it surrounds.
    public func line(ofElement index: Int, columns: Int) -> Int? {
        var composer = Composer(columns: columns)
        for (number, line) in lines.enumerated() {
            composer.add(line)
            if composer.elements.count > index { return number + 1 }
        }
        composer.closeFrame()
        return composer.elements.count > index ? lines.count : nil
    }
}

/// Lays lines out one after another, with the properties that hold until changed.
struct Composer {
    /// How far the frame of `border:line` is drawn.
    private enum Frame {
        case none
        /// Its top is drawn above the next text.
        case ready
        case open
        /// A rule inside waits for the next text, whose columns its joints meet.
        case ruled
    }

    private(set) var elements: [Layout.Element] = []
    private var settings: Grid.Settings
    private var wrapping = Receipt.Wrapping.wrap
    private var option = Receipt.CodeOption.initial
    private var frame = Frame.none
    /// Where the last text stood: the end of a frame goes as far.
    private var grid: Grid
    /// How many columns ``grid`` was made for; nil when it is out of date.
    private var gridCount: Int?

    init(columns: Int) {
        settings = Grid.Settings(paper: columns)
        grid = Grid(count: 1, settings: settings)
    }

    mutating func reserve(_ lines: Int) { elements.reserveCapacity(lines) }

    mutating func add(_ line: Receipt.Line) {
        switch line {
        case .text(let columns): addText(columns)
        case .rule: addRule()
        case .cut:
            if closeFrame() { frame = .ready }
            elements.append(.cut)
        case .properties(let properties, let align):
            for property in properties { apply(property, leaning: align) }
        case .ignored: break
        }
    }

    private mutating func addText(_ columns: [Receipt.Column]) {
        let above = grid
        if gridCount == nil || settings.isAuto && gridCount != columns.count {
            grid = Grid(count: columns.count, settings: settings)
            gridCount = columns.count
        }
        switch frame {
        case .ready: elements.append(.text(Grid.rule(above: nil, below: grid)))
        case .ruled: elements.append(.text(Grid.rule(above: above, below: grid)))
        case .none, .open: break
        }
        if frame == .none, addSingleRow(columns) { return }
        if frame != .none { frame = .open }
        addRows(columns)
    }

    /// The usual line, whose columns are one row high and need no breaking; false when it is another.
    private mutating func addSingleRow(_ columns: [Receipt.Column]) -> Bool {
        var row = Layout.TextRow()
        row.fragments.reserveCapacity(grid.spans.count)
        for span in grid.spans {
            guard span.column < columns.count, let first = columns[span.column].spans.first else {
                row.extent = span.start + 1
                continue
            }
            guard columns[span.column].spans.count == 1, let cells = first.text.simpleCells else { return false }
            let width = cells * first.decoration.width
            guard width <= span.width, width > 0 else { return false }
            let start = span.start + columns[span.column].align.textOffset(of: width, in: span.width)
            row.fragments.append(Layout.Fragment(start: start, text: first.text, decoration: first.decoration))
        }
        elements.append(.text(row))
        return true
    }

    private mutating func addRows(_ columns: [Receipt.Column]) {
        let lines = grid.spans.map { span in
            span.column < columns.count ? self.lines(of: columns[span.column].spans, width: span.width) : []
        }
        let count = wrapping == .nowrap ? 1 : lines.reduce(1) { max($0, $1.count) }
        for index in 0..<count {
            var row = Layout.TextRow(isTight: frame != .none)
            for (span, lines) in zip(grid.spans, lines) {
                guard index < lines.count else {
                    row.extent = span.start + 1
                    continue
                }
                let start = span.start + columns[span.column].align.textOffset(of: lines[index].cells, in: span.width)
                for var fragment in lines[index].fragments {
                    fragment.start += start
                    row.fragments.append(fragment)
                }
            }
            if frame != .none { addPosts(to: &row) }
            elements.append(.text(row))
        }
    }

    private func lines(of spans: [Receipt.Span], width: Int) -> [TextFitter.Line] {
        switch wrapping {
        case .words: WordFitter.lines(of: spans, width: width)
        case .wrap: TextFitter.lines(of: spans, width: width, wraps: true)
        case .nowrap: TextFitter.lines(of: spans, width: width, wraps: false)
        }
    }

    /// The upright strokes of the frame between the fragments.
    private func addPosts(to row: inout Layout.TextRow) {
        let height = row.height
        row.fragments += grid.posts.map {
            Layout.Fragment(start: $0, text: "│", decoration: Decoration(height: height), isStroke: true)
        }
        row.fragments.sort { $0.start < $1.start }
        row.extent = 0
    }

    private mutating func addRule() {
        switch frame {
        case .none:
            let area = settings.area
            let text = String(repeating: "─", count: area.count)
            let fragments = text.isEmpty ? [] : [Layout.Fragment(start: area.lowerBound, text: text, isStroke: true)]
            elements.append(.text(Layout.TextRow(fragments, extent: area.lowerBound)))
        case .open: frame = .ruled
        case .ready, .ruled: break
        }
    }

    /// Draws the bottom of an open frame; a rule that waits becomes the bottom. False when nothing was drawn.
    @discardableResult
    mutating func closeFrame() -> Bool {
        let isOpen = frame == .open || frame == .ruled
        if isOpen {
            elements.append(.text(Grid.rule(above: grid, below: nil)))
            frame = .none
        }
        return isOpen
    }

    private mutating func apply(_ property: Receipt.Property, leaning: HorizontalAlignment) {
        switch property {
        case .wrap(let value): wrapping = value
        case .border(let value):
            let wasFramed = settings.isFramed
            settings.border = value
            if settings.isFramed, !wasFramed { frame = .ready }
            if !settings.isFramed {
                closeFrame()
                frame = .none
            }
            gridCount = nil
        case .width(let value):
            settings.set(value)
            gridCount = nil
        case .align(let value):
            settings.align = value
            gridCount = nil
        case .option(let value): option = value
        case .image(let png): elements.append(.image(png: png, place(leaning)))
        case .code(let data): addCode(data, at: place(leaning))
        case .command(let bytes): elements.append(.command(bytes))
        case .comment: break
        }
    }

    private mutating func addCode(_ data: String, at place: Layout.Place) {
        switch option {
        case .qrCode(let cell, let level): elements.append(.qrCode(data: Array(data.utf8), cell: cell, level: level, place))
        case .barcode(let system, let narrow, let height, let showsText):
            guard let symbol = system.symbolData(data) else { return }
            let code = Barcode(system: system, data: symbol.data, narrow: narrow, height: height, showsText: showsText)
            elements.append(.barcode(code, place))
        }
    }

    private func place(_ align: HorizontalAlignment) -> Layout.Place {
        let area = settings.area
        return Layout.Place(start: min(area.lowerBound, settings.paper - 1), width: max(1, area.count), align: align)
    }
}
