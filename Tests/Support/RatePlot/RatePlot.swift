/// What came in each second, as a small picture (SVG): one panel above the other over the same time.
public struct RatePlot: Sendable {
    /// One curve, and a second one below it that is a part of the first.
    public struct Panel: Sendable {
        public var title: String
        /// One value for each step of time.
        public var values: [Double]
        /// Of each value, what is drawn in the warning's colour; empty: nothing.
        public var part: [Double]

        public init(_ title: String, _ values: [Double], part: [Double] = []) {
            self.title = title
            self.values = values
            self.part = part
        }
    }

    public var title: String
    /// How many seconds one value stands for.
    public var step: Int
    public var panels: [Panel]

    public init(title: String, step: Int = 1, panels: [Panel]) {
        self.title = title
        self.step = step
        self.panels = panels
    }

    private static let (width, height, left, top) = (720, 110, 64, 30)
    private static let gap = 34

    /// The whole file.
    public var svg: String {
        let count = max(1, panels.map(\.values.count).max() ?? 1)
        let tall = Self.top + panels.count * (Self.height + Self.gap) + 14
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(Self.left + Self.width + 16) \#(tall)" font-family="sans-serif" font-size="12">"#,
            #"<rect width="100%" height="100%" fill="white"/><text x="8" y="18" font-size="14">\#(title)</text>"#,
        ]
        for (index, panel) in panels.enumerated() { lines += draw(panel, count, y: Self.top + index * (Self.height + Self.gap) + 18) }
        let bottom = tall - 6
        lines.append(#"<text x="\#(Self.left)" y="\#(bottom)">0</text>"#)
        lines.append(#"<text x="\#(Self.left + Self.width)" y="\#(bottom)" text-anchor="end">\#(count * step) s</text></svg>"#)
        return lines.joined(separator: "\n") + "\n"
    }

    private func draw(_ panel: Panel, _ count: Int, y: Int) -> [String] {
        let most = max(1, panel.values.max() ?? 1)
        let frame = #"<rect x="\#(Self.left)" y="\#(y)" width="\#(Self.width)" height="\#(Self.height)" fill="none" stroke="silver"/>"#
        return [
            #"<text x="\#(Self.left)" y="\#(y - 5)">\#(panel.title)</text>"#,
            #"<text x="\#(Self.left - 6)" y="\#(y + 10)" text-anchor="end">\#(Int(most.rounded()))</text>"#,
            #"<text x="\#(Self.left - 6)" y="\#(y + Self.height)" text-anchor="end">0</text>"#,
            area(panel.values, most, count, y, "steelblue"), area(panel.part, most, count, y, "firebrick"), frame,
        ]
    }

    /// Steps, not slopes: each value holds for all of its time.
    private func area(_ values: [Double], _ most: Double, _ count: Int, _ y: Int, _ colour: String) -> String {
        var path = "M\(Self.left) \(y + Self.height)"
        for (index, value) in values.enumerated() {
            let high = y + Self.height - Int((value / most * Double(Self.height)).rounded())
            path += "V\(high)H\(Self.left + (index + 1) * Self.width / count)"
        }
        return #"<path d="\#(path)V\#(y + Self.height)Z" fill="\#(colour)"/>"#
    }
}
