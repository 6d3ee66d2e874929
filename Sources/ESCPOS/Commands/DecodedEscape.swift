import ReceiptMarkup

/// Commands that begin with DLE, ESC and FS.
extension Cursor {
    mutating func realTime() -> Command? {
        guard let kind = byte() else { return nil }
        switch kind {
        case Control.eot:
            guard let n = byte() else { return nil }
            // Ink and peeler queries (7, 8 and 18) carry a second parameter.
            return n == 7 || n == 8 || n == 18 ? skip(1) : .realTimeStatus(n)
        case Control.enq: return byte().map { .realTimeRequest($0) }
        case Control.dc4: return realTimeControl()
        default: return skip(0)
        }
    }

    private mutating func realTimeControl() -> Command? {
        guard let function = byte() else { return nil }
        switch function {
        case 1:
            guard let pin = byte(), let time = byte() else { return nil }
            return .realTimePulse(pin: pin, time: time)
        // Power off, buzzer, status.
        case 2: return skip(2)
        case 3: return skip(5)
        case 7: return skip(1)
        case 8:
            guard has(clearBuffersTail.count) else { return nil }
            let isWhole = clearBuffersTail.indices.allSatisfy { peek($0) == clearBuffersTail[$0] }
            guard let skipped = skip(clearBuffersTail.count) else { return nil }
            return isWhole ? .clearBuffers : skipped
        default: return skip(0)
        }
    }

    mutating func escape() -> Command? {
        guard let letter = byte() else { return nil }
        switch Unicode.Scalar(letter) {
        case "@": return .initialize
        case "2": return .defaultLineSpacing
        case "t": return byte().map { .codePage($0) }
        case "R": return byte().map { .characterSet($0) }
        case "M": return byte().map { spelled($0 & 0xF0 == 0, .font($0 & 0x0F)) }
        case "!": return byte().map { .printMode($0) }
        case "E": return byte().map { spelled($0 < 2, .bold($0 & 1 == 1)) }
        case "G": return byte().map { spelled($0 < 2, .doubleStrike($0 & 1 == 1)) }
        case "{": return byte().map { spelled($0 < 2, .upsideDown($0 & 1 == 1)) }
        case " ": return byte().map { .characterSpacing($0) }
        case "3": return byte().map { .lineSpacing($0) }
        case "d": return byte().map { .feedLines($0) }
        case "J": return byte().map { .feedDots($0) }
        case "-": return byte().map { spelled($0 < 3, .underline(min($0 & 0x0F, 2))) }
        case "a": return alignment()
        case "$": return word().map { .absolutePosition(UInt16($0)) }
        case "\\": return word().map { .relativePosition(Int16(bitPattern: UInt16($0))) }
        case "*": return columnImage()
        case "D": return tabStops()
        case "p":
            guard let pin = byte(), let on = byte(), let off = byte() else { return nil }
            return .drawerPulse(pin: pin, on: on, off: off)
        // The older cuts, which leave one or three points.
        case "i", "m": return spelled(false, .cut(.here(.partial)))
        case "&": return userCharacters()
        case "(": return counted()
        default: return other(Control.esc, letter)
        }
    }

    /// `ESC ( X pL pH …` and `FS ( X pL pH …`.
    private mutating func counted() -> Command? {
        guard byte() != nil, let count = word() else { return nil }
        return skip(count)
    }

    private mutating func alignment() -> Command? {
        guard let n = byte() else { return nil }
        switch n {
        case 0, 48: return spelled(n == 0, .align(.left))
        case 1, 49: return spelled(n == 1, .align(.center))
        case 2, 50: return spelled(n == 2, .align(.right))
        default: return skip(0)
        }
    }

    private mutating func tabStops() -> Command? {
        // A printer takes at most 32 stops, so the NUL is not looked for any farther.
        guard let found = untilNul(limit: 32) else { return nil }
        return found.ends ? .tabStops(found.data) : skip(0)
    }

    private mutating func columnImage() -> Command? {
        guard let mode = byte(), let width = word() else { return nil }
        switch mode {
        case 0, 1: return take(width).map { .columnImage(ColumnImage(mode: mode, columns: $0)) }
        case 32, 33: return take(width * 3).map { .columnImage(ColumnImage(mode: mode, columns: $0)) }
        // The modes of other heads, as ESC/P numbers them: 8, 24 or 48 rows.
        default: return skip(width * (mode & 0x40 != 0 ? 6 : mode & 0x20 != 0 ? 3 : 1))
        }
    }

    /// `ESC & y c1 c2 [x d1…d(y·x)]…`: letters of the host's own.
    private mutating func userCharacters() -> Command? {
        guard let height = byte(), let first = byte(), let last = byte() else { return nil }
        var ahead = 0
        if first <= last {
            for _ in first...last {
                guard has(ahead + 1) else { return nil }
                ahead += 1 + Int(peek(ahead)) * Int(height)
            }
        }
        return skip(ahead)
    }

    mutating func fileSeparator() -> Command? {
        guard let letter = byte() else { return nil }
        switch Unicode.Scalar(letter) {
        case ".": return .kanjiOff
        case "&": return .kanjiOn
        case "p":
            guard let number = byte(), let mode = byte() else { return nil }
            guard let scale = RasterScale(rawValue: mode & 0x0F), mode < 4 || (48...51).contains(mode) else { return skip(0) }
            return spelled(mode < 4, .printBitImage(number, scale: scale))
        case "q": return bitImages()
        case "g": return userMemory()
        case "(": return counted()
        default: return other(Control.fs, letter)
        }
    }

    /// `FS g 1 m a1…a4 nL nH d…` writes, `FS g 2 m a1…a4 nL nH` reads.
    private mutating func userMemory() -> Command? {
        guard let function = byte() else { return nil }
        guard function == ascii("1") || function == ascii("2") else { return skip(0) }
        guard has(7) else { return nil }
        let count = Int(peek(5)) | Int(peek(6)) << 8
        return skip(7 + (function == ascii("1") ? count : 0))
    }

    /// Commands that only their length matters of.
    mutating func other(_ first: UInt8, _ letter: UInt8) -> Command? {
        skip(OtherCommand.parameters(after: first, letter))
    }
}
