/// A stream of ESC/POS told command by command, for technicians.
public struct CommandListing: Hashable, Sendable {
    /// One command of the stream.
    public struct Entry: Hashable, Sendable {
        /// Bytes before it.
        public var offset: Int
        /// As they stand in the stream.
        public var bytes: [UInt8]
        /// What it is and does, in words.
        public var explanation: String
    }

    public let entries: [Entry]
    /// The last entry, where it is the beginning of a command whose end is missing.
    public let unfinished: Entry?

    /// Cuts `stream` into commands by their lengths; the beginning of a command whose end is missing is the last entry.
    public init(_ stream: [UInt8]) {
        var decoder = CommandDecoder()
        var offset = 0
        var entries: [Entry] = []
        func add(_ bytes: [UInt8], _ explanation: String) {
            entries.append(Entry(offset: offset, bytes: bytes, explanation: explanation))
            offset += bytes.count
        }
        for command in decoder.feed(stream) { add(command.bytes, command.explanation) }
        let breaksOff = !decoder.pending.isEmpty
        if breaksOff { add(decoder.pending, "the beginning of a command whose end is missing") }
        self.entries = entries
        unfinished = breaksOff ? entries.last : nil
    }

    /// One line for each command: offset, its first bytes in hexadecimal, explanation.
    public var lines: [String] {
        let digits = String(entries.last?.offset ?? 0).count
        return entries.map { entry in
            let offset = String(entry.offset)
            let hex = Self.hex(entry.bytes)
            return String(repeating: " ", count: digits - offset.count) + offset + "  " + hex
                + String(repeating: " ", count: Self.hexWidth - hex.count) + "  " + entry.explanation
        }
    }

    /// Eight bytes and the spaces between them.
    private static let hexWidth = 23

    private static func hex(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(bytes.count > 8 ? 7 : 8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        return shown.joined(separator: " ") + (bytes.count > 8 ? " …" : "")
    }
}
