import ReceiptMarkup

/// Cuts a byte stream into commands, whatever the borders of the chunks it comes in.
///
/// It parses by length and never looks for commands inside data, as the manuals say;
/// bytes of an unfinished command stay in ``pending`` until the rest arrives.
/// The bytes of all commands and of ``pending`` are always the bytes fed.
public struct CommandDecoder: Sendable {
    /// The beginning of a command whose end has not arrived; never longer than ``longestCommand``.
    public private(set) var pending: [UInt8] = []
    /// Bytes that ``pending`` must have before it is worth reading again.
    private var needed = 0
    /// Bytes still to come of a command longer than ``longestCommand``.
    private var passing = 0

    /// A command that says it is longer is no picture for any paper, but a stream gone wrong. It is handed on as
    /// ``Command/unknown(_:)`` piece by piece, so that it takes no memory.
    public static let longestCommand = 1 << 24

    public init() {}

    /// Takes the next bytes and returns the commands they complete, in order.
    ///
    /// Only two things depend on where the chunks end: one run of text, and one overlong command, may come in several pieces.
    public mutating func feed(_ chunk: some Sequence<UInt8>) -> [Command] {
        var commands: [Command] = []
        if chunk.withContiguousStorageIfAvailable({ take($0, &commands) }) == nil {
            Array(chunk).withUnsafeBufferPointer { take($0, &commands) }
        }
        return commands
    }

    private mutating func take(_ chunk: UnsafeBufferPointer<UInt8>, _ commands: inout [Command]) {
        if pending.isEmpty {
            let read = parse(chunk, &commands)
            if read < chunk.count { pending = Array(chunk[read...]) }
        } else {
            pending.append(contentsOf: chunk)
            guard pending.count >= needed else { return }
            let whole = pending
            pending = []
            let read = whole.withUnsafeBufferPointer { parse($0, &commands) }
            if read == 0 { pending = whole } else if read < whole.count { pending = Array(whole[read...]) }
        }
    }

    /// Returns how many bytes of `bytes` the commands take up.
    private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ commands: inout [Command]) -> Int {
        var position = pass(bytes, from: 0, &commands)
        while position < bytes.count {
            var cursor = Cursor(bytes, from: position)
            if let command = cursor.command() {
                commands.append(command)
                position += cursor.length
            } else if cursor.needed > Self.longestCommand {
                passing = cursor.needed
                position = pass(bytes, from: position, &commands)
            } else {
                needed = cursor.needed
                break
            }
        }
        return position
    }

    private mutating func pass(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ commands: inout [Command]) -> Int {
        let end = min(bytes.count, start + passing)
        guard end > start else { return start }
        commands.append(.unknown(Array(bytes[start..<end])))
        passing -= end - start
        return end
    }
}

/// Reads one command. Every reading function returns nil when the bytes end too early; ``needed`` says then for how many
/// bytes, counted from the command's first, it is worth waiting.
struct Cursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let start: Int
    /// Bytes read so far, including the first control character.
    private(set) var length = 1
    private(set) var needed = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        self.bytes = bytes
        self.start = start
    }

    mutating func command() -> Command? {
        let first = bytes[start]
        if first >= 0x20 { return text() }
        switch first {
        case Control.lf: return .lineFeed
        case Control.esc: return escape()
        case Control.gs: return groupSeparator()
        case Control.fs: return fileSeparator()
        case Control.dle: return realTime()
        case Control.cr: return .carriageReturn
        case Control.ht: return .horizontalTab
        default: return .unknown([first])
        }
    }

    private mutating func text() -> Command {
        var end = start + 1
        while end < bytes.count, bytes[end] >= 0x20 { end += 1 }
        length = end - start
        return .text(copy(start..<end))
    }

    private mutating func wait(for count: Int) { needed = max(needed, length + count) }

    mutating func byte() -> UInt8? {
        guard start + length < bytes.count else {
            wait(for: 1)
            return nil
        }
        defer { length += 1 }
        return bytes[start + length]
    }

    mutating func word() -> Int? {
        guard start + length + 1 < bytes.count else {
            wait(for: 2)
            return nil
        }
        defer { length += 2 }
        return Int(bytes[start + length]) | Int(bytes[start + length + 1]) << 8
    }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard has(count) else { return nil }
        defer { length += count }
        return copy((start + length)..<(start + length + count))
    }

    private func copy(_ range: Range<Int>) -> [UInt8] { Array(UnsafeBufferPointer(rebasing: bytes[range])) }

    /// Whether `count` bytes more are there.
    mutating func has(_ count: Int) -> Bool {
        if bytes.count - start - length >= count { return true }
        wait(for: count)
        return false
    }

    /// The byte `offset` after what was read, which must be there.
    func peek(_ offset: Int) -> UInt8 { bytes[start + length + offset] }

    /// Up to and without the next NUL, which is read too; only `limit` bytes where there is none among them.
    mutating func untilNul(limit: Int) -> (data: [UInt8], ends: Bool)? {
        let first = start + length
        let window = bytes[first..<min(bytes.count, first + limit + 1)]
        if let end = window.firstIndex(of: 0) {
            length += end - first + 1
            return (Array(bytes[first..<end]), true)
        }
        guard has(limit + 1) else {
            // Any byte may be the NUL.
            needed = length + window.count + 1
            return nil
        }
        length += limit
        return (Array(window.prefix(limit)), false)
    }

    /// Everything read so far and `count` bytes more, as a command that is only passed over.
    mutating func skip(_ count: Int) -> Command? {
        guard has(count) else { return nil }
        length += count
        return .unknown(Array(bytes[start..<(start + length)]))
    }

    /// `command`, as it was spelled: where that is not how we spell it, with the bytes read.
    func spelled(_ isOurs: Bool, _ command: Command) -> Command {
        isOurs ? command : .spelled(Array(bytes[start..<(start + length)]), meaning: command)
    }
}
