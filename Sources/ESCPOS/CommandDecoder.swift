import ReceiptMarkup

/// Cuts a byte stream into commands, whatever the borders of the chunks it comes in.
///
/// It parses by length and never looks for commands inside data, as the manuals say;
/// bytes of an unfinished command stay in ``pending`` until the rest arrives.
public struct CommandDecoder: Sendable {
    /// The beginning of a command whose end has not arrived.
    public private(set) var pending: [UInt8] = []

    public init() {}

    /// Takes the next bytes and returns the commands they complete, in order.
    public mutating func feed(_ chunk: some Sequence<UInt8>) -> [Command] {
        pending.append(contentsOf: chunk)
        var commands: [Command] = []
        var position = 0
        while position < pending.count, let parsed = Self.parse(pending[position...]) {
            commands.append(parsed.command)
            position += parsed.length
        }
        pending.removeFirst(position)
        return commands
    }

    struct Parsed {
        var command: Command
        var length: Int
    }

    /// The first command of `bytes` (not empty), or nil when its end is missing.
    private static func parse(_ bytes: ArraySlice<UInt8>) -> Parsed? {
        var cursor = Cursor(bytes)
        let first = bytes[bytes.startIndex]
        let command: Command?
        switch first {
        case Control.lf: command = .lineFeed
        case Control.cr: command = .carriageReturn
        case Control.ht: command = .horizontalTab
        case Control.dle: command = cursor.realTime()
        case Control.esc: command = cursor.escape()
        case Control.fs: command = cursor.fileSeparator()
        case Control.gs: command = cursor.groupSeparator()
        case 0x20...:
            let run = bytes.prefix { $0 >= 0x20 }
            return Parsed(command: .text(Array(run)), length: run.count)
        default: command = .unknown([first])
        }
        return command.map { Parsed(command: $0, length: cursor.length) }
    }
}

/// Reads one command. Every reading function returns nil when the bytes end too early.
struct Cursor {
    let bytes: ArraySlice<UInt8>
    /// Bytes read so far, including the first control character.
    private(set) var length = 1

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    mutating func byte() -> UInt8? {
        guard length < bytes.count else { return nil }
        defer { length += 1 }
        return bytes[bytes.startIndex + length]
    }

    mutating func word() -> Int? {
        guard let low = byte(), let high = byte() else { return nil }
        return Int(low) | Int(high) << 8
    }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard bytes.count - length >= count else { return nil }
        defer { length += count }
        return Array(bytes[(bytes.startIndex + length)...].prefix(count))
    }

    /// Up to and without the next NUL, which is read too.
    mutating func untilNul() -> [UInt8]? {
        guard let end = bytes[(bytes.startIndex + length)...].firstIndex(of: 0) else { return nil }
        let data = Array(bytes[(bytes.startIndex + length)..<end])
        length += data.count + 1
        return data
    }

    /// Everything read so far and `count` bytes more, as a command that is only passed over.
    mutating func skip(_ count: Int) -> Command? {
        guard take(count) != nil else { return nil }
        return .unknown(Array(bytes.prefix(length)))
    }
}
