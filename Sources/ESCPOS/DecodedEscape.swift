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
        case 2: return skip(2)
        case 8:
            guard let tail = take(clearBuffersTail.count) else { return nil }
            return tail == clearBuffersTail ? .clearBuffers : skip(0)
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
        case "M": return byte().map { .font($0 & 0x0F) }
        case "!": return byte().map { .printMode($0) }
        case "E": return byte().map { .bold($0 & 1 == 1) }
        case "{": return byte().map { .upsideDown($0 & 1 == 1) }
        case " ": return byte().map { .characterSpacing($0) }
        case "3": return byte().map { .lineSpacing($0) }
        case "d": return byte().map { .feedLines($0) }
        case "J": return byte().map { .feedDots($0) }
        case "-": return byte().map { .underline(min($0 & 0x0F, 2)) }
        case "a": return alignment()
        case "$": return word().map { .absolutePosition(UInt16($0)) }
        case "*": return columnImage()
        case "p":
            guard let pin = byte(), let on = byte(), let off = byte() else { return nil }
            return .drawerPulse(pin: pin, on: on, off: off)
        default: return otherEscape(letter)
        }
    }

    /// Passes over what the emulated printer has no use for. Lengths as in the public ESC/POS reference.
    private mutating func otherEscape(_ letter: UInt8) -> Command? {
        switch Unicode.Scalar(letter) {
        case "%", "=", "?", "G", "T", "V", "r", "u": return skip(1)
        case "c", "\\": return skip(2)
        case "W": return skip(8)
        case "D": return untilNul() == nil ? nil : skip(0)
        case "(":
            guard byte() != nil, let count = word() else { return nil }
            return skip(count)
        default: return skip(0)
        }
    }

    private mutating func alignment() -> Command? {
        guard let n = byte() else { return nil }
        switch n {
        case 0, 48: return .align(.left)
        case 1, 49: return .align(.center)
        case 2, 50: return .align(.right)
        default: return skip(0)
        }
    }

    private mutating func columnImage() -> Command? {
        guard let mode = byte(), let width = word() else { return nil }
        guard [0, 1, 32, 33].contains(mode) else { return skip(0) }
        return take(width * (mode < 32 ? 1 : 3)).map { .columnImage(ColumnImage(mode: mode, columns: $0)) }
    }

    mutating func fileSeparator() -> Command? {
        guard let letter = byte() else { return nil }
        switch Unicode.Scalar(letter) {
        case ".": return .kanjiOff
        case "&": return .kanjiOn
        case "!", "-", "C", "W": return skip(1)
        case "S", "p": return skip(2)
        case "(":
            guard byte() != nil, let count = word() else { return nil }
            return skip(count)
        default: return skip(0)
        }
    }
}
