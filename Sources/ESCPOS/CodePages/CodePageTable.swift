extension CodePage {
    /// One page both ways, made once when it is first used; a class, so that asking it costs no copy of its tables.
    final class Table: Sendable {
        /// Stands where a page has no character.
        static let hole: Unicode.Scalar = "\u{FFFD}"

        /// The characters of the bytes 80h…FFh.
        let upper: [Unicode.Scalar]
        /// Bytes by what `Character` takes for equal, for text with combining marks.
        let composed: [Character: UInt8]
        /// The bytes of 256 characters in a row (0: none), one such block for each value of `blocks` but the first, which is empty.
        private let bytes: [UInt8]
        /// Which block the characters have whose number divided by 256 is the index.
        private let blocks: [UInt8]

        /// - Parameter upper: 128 scalars, with ``hole`` for what is missing.
        init(_ upper: String) {
            self.upper = Array(upper.unicodeScalars)
            precondition(self.upper.count == 128, "a code page has 128 characters in its upper half")
            var composed: [Character: UInt8] = [:]
            var blocks = [UInt8](repeating: 0, count: 256)
            var bytes = [UInt8](repeating: 0, count: 256)
            for (offset, scalar) in self.upper.enumerated() where Self.canBeSet(scalar) {
                let (block, byte) = (Int(scalar.value >> 8), UInt8(0x80 + offset))
                if blocks[block] == 0 {
                    blocks[block] = UInt8(bytes.count / 256)
                    bytes += [UInt8](repeating: 0, count: 256)
                }
                let place = Int(blocks[block]) * 256 + Int(scalar.value & 0xFF)
                if bytes[place] == 0 { bytes[place] = byte }
                if composed[Character(scalar)] == nil { composed[Character(scalar)] = byte }
            }
            (self.composed, self.blocks, self.bytes) = (composed, blocks, bytes)
        }

        func byte(_ character: Unicode.Scalar) -> UInt8? {
            guard character.value <= 0xFFFF else { return nil }
            let byte = bytes[Int(blocks[Int(character.value >> 8)]) * 256 + Int(character.value & 0xFF)]
            return byte == 0 ? nil : byte
        }

        /// Whether a printer that knows only cells side by side gets the character right.
        private static func canBeSet(_ character: Unicode.Scalar) -> Bool {
            switch character.value {
            case 0xFFFD: false
            case 0x300...0x36F, 0x200B...0x200F: false  // combining marks; joiners and marks of direction
            case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF: false  // Hebrew and Arabic
            case 0xE3F: true  // the sign of the baht
            case 0xE00...0xE7F: false  // Thai
            default: true
            }
        }
    }
}
