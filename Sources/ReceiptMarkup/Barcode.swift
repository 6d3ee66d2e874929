/// A one-dimensional bar code as ReceiptLine describes it.
public struct Barcode: Hashable, Sendable {
    /// `jan` is `ean`, and `nw7` is `codabar`.
    public enum System: String, Hashable, Sendable, CaseIterable {
        case upc, ean, code39, itf, codabar, code93, code128
    }

    public var system: System
    /// What the symbol holds, without what it adds itself: 11 digits for `upc`, 12 or 7 for `ean`, none of the asterisks of
    /// `code39`; `codabar` with its start and stop letters in upper case.
    public var data: String
    /// Dots of a narrow bar, 2…4.
    public var narrow: Int
    /// Dots, 24…240.
    public var height: Int
    /// Whether the data stand in letters below the bars.
    public var showsText: Bool

    public init(system: System, data: String, narrow: Int = 2, height: Int = 72, showsText: Bool = false) {
        self.system = system
        self.data = data
        self.narrow = narrow
        self.height = height
        self.showsText = showsText
    }

    /// What stands in letters below the bars: the data, with the check digit that EAN and UPC add
    /// (GS1 General Specifications 5.2.5 and 7.9).
    public var text: String {
        switch system {
        case .upc, .ean: data + String(System.checkDigit(Array(data.utf8)[...]))
        case .code39, .itf, .codabar, .code93, .code128: data
        }
    }
}
