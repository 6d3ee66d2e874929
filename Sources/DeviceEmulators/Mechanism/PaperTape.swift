import ReceiptMarkup

/// The paper: the strip that runs from the knife past the head, and the sheets that lie in the tray.
///
/// The knife sits above the head. So what was printed last is still below the knife when
/// it cuts, and stays on the next sheet unless the host feeds first, as on real printers.
struct PaperTape: Hashable, Sendable {
    let width: Int
    let dotsPerMillimetre: Int
    /// Rows between knife and head.
    let knifeRows: Int
    let keptPictures: Int
    let keptSheets: Int

    private(set) var finished: [Sheet] = []
    /// Sheets so far, including those that are not kept any more.
    private(set) var sheetsFinished = 0
    /// The strip above the head: row after row from the knife down; the last `knifeRows` lie below it.
    private(set) var bits: [UInt8]
    private(set) var rows: Int
    private var marks: [Mark] = []
    /// When the running sheet's first row was moved; nil while nothing of it has moved.
    private(set) var startedAt: Duration?

    var bytesPerRow: Int { (width + 7) / 8 }
    var runningNumber: Int { sheetsFinished + 1 }

    init(width: Int, dotsPerMillimetre: Int, knifeRows: Int, keptPictures: Int, keptSheets: Int) {
        self.width = width
        self.dotsPerMillimetre = dotsPerMillimetre
        self.knifeRows = knifeRows
        self.keptPictures = keptPictures
        self.keptSheets = keptSheets
        rows = knifeRows
        bits = Array(repeating: 0, count: knifeRows * ((width + 7) / 8))
    }

    /// Moves the paper by one row. Returns whether this began a sheet.
    mutating func move(_ dots: ArraySlice<UInt8>?, at time: Duration) -> Bool {
        if let dots { bits.append(contentsOf: dots) } else { bits.append(contentsOf: repeatElement(0, count: bytesPerRow)) }
        rows += 1
        defer { startedAt = startedAt ?? time }
        return startedAt == nil
    }

    /// Something legible has come out; `rowsAgo` counts from the row that was moved last.
    mutating func mark(_ content: Mark.Content, rowsAgo: Int) {
        marks.append(Mark(row: rows - 1 - rowsAgo, content: content))
    }

    /// Cuts at the knife. Returns nil when no paper has moved since the last cut.
    mutating func cut(at time: Duration) -> Sheet? {
        guard startedAt != nil, rows > knifeRows else { return nil }
        let length = rows - knifeRows
        let sheet = finish(length: length, isCut: true, at: time)
        bits.removeFirst(length * bytesPerRow)
        rows = knifeRows
        marks = marks.filter { $0.row >= length }.map { Mark(row: $0.row - length, content: $0.content) }
        startedAt = marks.isEmpty ? nil : time
        return sheet
    }

    /// Takes the whole strip out, down to the head, and begins with fresh paper at the knife.
    mutating func tearOff(at time: Duration) -> Sheet? {
        let sheet = startedAt == nil ? nil : finish(length: rows, isCut: false, at: time)
        rows = knifeRows
        bits = Array(repeating: 0, count: knifeRows * bytesPerRow)
        marks = []
        startedAt = nil
        return sheet
    }

    /// The sheet that is coming out, or nil when nothing has moved since the last cut. Its length is what has passed the head.
    var running: Sheet? {
        startedAt.map { sheet(length: rows, startedAt: $0, withPicture: false) }
    }

    /// The dots of a sheet from row `first` on; nil when the sheet is unknown or its picture is not kept.
    func dots(ofSheet number: Int, from first: Int) -> DotImage? {
        if number == runningNumber {
            let first = min(max(0, first), rows)
            return DotImage(width: width, height: rows - first, bits: Array(bits[(first * bytesPerRow)...]))
        }
        guard let picture = finished.last(where: { $0.number == number })?.picture else { return nil }
        return picture.rows(min(max(0, first), picture.height)..<picture.height)
    }

    private func sheet(length: Int, startedAt: Duration, withPicture: Bool) -> Sheet {
        var sheet = Sheet(number: runningNumber, dotsPerMillimetre: dotsPerMillimetre, startedAt: startedAt)
        sheet.rows = length
        for mark in marks where mark.row < length {
            switch mark.content {
            case .text(let line): sheet.lines.append(line.trimmingTrailingSpaces)
            case .code(let data): sheet.codes.append(data)
            }
        }
        if withPicture { sheet.picture = DotImage(width: width, height: length, bits: Array(bits[..<(length * bytesPerRow)])) }
        return sheet
    }

    private mutating func finish(length: Int, isCut: Bool, at time: Duration) -> Sheet {
        var sheet = sheet(length: length, startedAt: startedAt ?? time, withPicture: true)
        sheet.isCut = isCut
        sheet.finishedAt = time
        finished.append(sheet)
        sheetsFinished += 1
        if finished.count > keptPictures { finished[finished.count - 1 - keptPictures].picture = nil }
        if finished.count > keptSheets { finished.removeFirst(finished.count - keptSheets) }
        return sheet
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var view = self[...]
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
