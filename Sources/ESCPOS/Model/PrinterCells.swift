import ReceiptMarkup

extension PrinterModel {
    /// Dots of a character cell of font A across; never more than leaves room for all columns.
    public var cellWidth: Int { max(1, min(fontA.width, dots / max(1, columns))) }
    /// Dots of a character cell of font A down.
    public var cellHeight: Int { fontA.height }
    /// Dots across that our receipts use.
    ///
    /// Where the columns leave two cells or more at their right, the printer is told to end there (`GS W`): what it sets in the
    /// middle itself then has the axis of the text. Whether it has all these dots is seldom known where it has so few columns,
    /// so the text is not moved to the middle of them.
    public var areaWidth: Int { dots - columns * cellWidth < 2 * cellWidth ? dots : columns * cellWidth }
    /// Dots from one line to the next at the default spacing (`ESC 2`).
    public var lineHeight: Int { 30 }
    /// Dots from one line of text to the next on our receipts.
    ///
    /// The default of 30 costs a centimetre of paper on every ticket;
    /// two dots of white beside what the characters of font A have themselves read as well.
    var textSpacing: UInt8 { UInt8(clamping: fontA.height + 2) }
}
