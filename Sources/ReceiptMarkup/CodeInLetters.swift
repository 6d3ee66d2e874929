extension Layout.Place {
    /// What a code holds, in letters: wrapped and aligned where the code would have stood. For codes that the paper cannot hold;
    /// the specification does not say what becomes of them.
    public func rows(of text: String) -> [Layout.TextRow] {
        let text = escape(text)
        let markup =
            switch align {
            case .left: "|\(text)"
            case .center: text
            case .right: "\(text)|"
            }
        return Receipt(parsing: markup).layout(columns: width).elements.compactMap { element in
            guard case .text(var row) = element else { return nil }
            for index in row.fragments.indices { row.fragments[index].start += start }
            return row
        }
    }
}
