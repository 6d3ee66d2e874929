/// One `struct input_event` of linux/input.h, as a read from `/dev/input/eventN` has it on 64-bit machines: seconds and microseconds
/// (64 bits each), type, code (16 bits each) and value (32 bits), in the machine's order, which is little-endian on every one we run on.
public struct EventRecord: Hashable, Sendable {
    /// Octets of one record.
    public static let size = 24

    public var time: Duration
    public var type: UInt16
    public var code: UInt16
    public var value: Int32

    public init(time: Duration, type: UInt16, code: UInt16, value: Int32) {
        self.time = time
        self.type = type
        self.code = code
        self.value = value
    }

    /// nil where it is not one record, or from before all clocks.
    public init?(decoding octets: some RandomAccessCollection<UInt8>) {
        guard octets.count == Self.size else { return nil }
        let number = { (offset: Int, count: Int) in
            octets.dropFirst(offset).prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let seconds = Int64(bitPattern: number(0, 8))
        let micros = Int64(bitPattern: number(8, 8))
        guard (0..<1 << 60).contains(seconds), (0..<1_000_000).contains(micros) else { return nil }
        time = .seconds(seconds) + .microseconds(micros)
        type = UInt16(number(16, 2))
        code = UInt16(number(18, 2))
        value = Int32(truncatingIfNeeded: number(20, 4))
    }

    public var octets: [UInt8] {
        let parts = time.components
        let fields: [(UInt64, Int)] = [
            (UInt64(bitPattern: parts.seconds), 8), (UInt64(parts.attoseconds / 1_000_000_000_000), 8), (UInt64(type), 2),
            (UInt64(code), 2), (UInt64(UInt32(bitPattern: value)), 4),
        ]
        return fields.flatMap { value, count in (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    /// EV_SYN, SYN_REPORT: what came before happened at once.
    static let synchronisation: (type: UInt16, report: UInt16, dropped: UInt16) = (0, 0, 3)
    /// EV_KEY.
    static let keyType: UInt16 = 1

    /// The end of what happened at once.
    public static func report(at time: Duration) -> EventRecord {
        EventRecord(time: time, type: synchronisation.type, code: synchronisation.report, value: 0)
    }

    /// The kernel's buffer was full and something was thrown away.
    public static func dropped(at time: Duration) -> EventRecord {
        EventRecord(time: time, type: synchronisation.type, code: synchronisation.dropped, value: 0)
    }

    /// A keystroke as the kernel tells it; nil for keys that it has no number for.
    public init?(_ stroke: Keystroke) {
        guard let code = stroke.key.eventCode else { return nil }
        self.init(time: stroke.time, type: Self.keyType, code: code, value: Int32(stroke.change.rawValue))
    }
}

/// Reads the records of one keyboard in their order, as the kernel's documentation demands (Documentation/input/event-codes.rst, SYN_DROPPED):
/// behind a loss everything is passed over up to the next report, and then the keys that are down must be asked for.
public struct EventReader: Hashable, Sendable {
    public enum News: Hashable, Sendable {
        case keystroke(Keystroke)
        /// Keystrokes are missing; ask which keys are down.
        case lost
    }

    private var isDropping = false
    public init() {}

    /// What a record says; nil for nothing.
    public mutating func read(_ record: EventRecord) -> News? {
        if record.type == EventRecord.synchronisation.type {
            if record.code == EventRecord.synchronisation.dropped { isDropping = true }
            guard record.code == EventRecord.synchronisation.report, isDropping else { return nil }
            isDropping = false
            return .lost
        }
        guard !isDropping, record.type == EventRecord.keyType, let key = Key(eventCode: record.code),
            let value = UInt8(exactly: record.value), let change = Keystroke.Change(rawValue: value)
        else { return nil }
        return .keystroke(Keystroke(key, change, at: record.time))
    }
}
