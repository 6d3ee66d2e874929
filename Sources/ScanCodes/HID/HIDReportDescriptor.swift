/// What the reports of a HID device consist of, as its report descriptor says.
///
/// Source: USB Device Class Definition for Human Interface Devices (HID) 1.11, clause 6.2.2.
public struct HIDReportDescriptor: Hashable, Sendable {
    /// A page and an identifier on it: what a control is for. 008C_00FEh is decoded data of a bar code scanner.
    public struct Usage: Hashable, Sendable {
        public var page: UInt16
        public var identifier: UInt16

        public init(_ page: UInt16, _ identifier: UInt16) {
            self.page = page
            self.identifier = identifier
        }
    }

    public enum Direction: UInt8, Hashable, Sendable, CaseIterable {
        /// To us.
        case input = 8
        /// To the device.
        case output = 9
        case feature = 11
    }

    /// One item Input, Output or Feature: `count` controls of `size` bits, one behind the other.
    public struct Field: Hashable, Sendable {
        public var direction: Direction
        /// The first octet of the report; nil where the device has only one report and no octet for that.
        public var report: UInt8?
        /// Of the first control, from the report's first octet on (that of the number included), lowest bit first.
        public var bitOffset: Int
        /// Bits of each control: 1 to 32.
        public var size: Int
        public var count: Int
        public var isConstant: Bool
        /// Each control has a usage of its own; else each holds the number of the usage that is on.
        public var isVariable: Bool
        /// In the order of the controls; the last is that of all further ones.
        public var usages: [Usage]

        /// Which of the controls has this usage first, and how many have it; nil where none has, or the controls are numbers of usages.
        public func controls(of usage: Usage) -> Range<Int>? {
            guard isVariable, let first = usages.firstIndex(of: usage), first < count else { return nil }
            let last = first == usages.count - 1 ? count : usages[first...].firstIndex { $0 != usage } ?? count
            return first..<min(last, count)
        }

        /// A control's value in a report, without a sign; nil behind the report's end.
        public func value(of control: Int, in report: some RandomAccessCollection<UInt8>) -> UInt32? {
            guard (0..<count).contains(control) else { return nil }
            let first = bitOffset + control * size
            guard (first + size + 7) / 8 <= report.count else { return nil }
            var value: UInt32 = 0
            for bit in 0..<size {
                let octet = report[report.index(report.startIndex, offsetBy: (first + bit) / 8)]
                if octet & (1 << ((first + bit) % 8)) != 0 { value |= 1 << bit }
            }
            return value
        }
    }

    /// In the descriptor's order.
    public private(set) var fields: [Field] = []
    /// What the device is for, by its application collections.
    public private(set) var applications: [Usage] = []
    /// Octets of each input report, its number included.
    public func length(of report: UInt8?, _ direction: Direction = .input) -> Int {
        let bits = fields.filter { $0.report == report && $0.direction == direction }.map { $0.bitOffset + $0.size * $0.count }
        return ((bits.max() ?? 0) + 7) / 8
    }

    /// Why octets are no report descriptor.
    public enum Failure: Error, Hashable, Sendable {
        /// It ends within an item.
        case truncated
        /// More of something than any device has.
        case tooMuch
        /// A collection or a push without its end, or the other way round.
        case unbalanced
    }

    /// The kernel's own limit.
    static let longest = 4096
    /// Bits of the longest report (the kernel's HID_MAX_BUFFER_SIZE, 16 KiB).
    static let longestReport = 16_384 * 8

    public init(decoding octets: some Collection<UInt8>) throws(Failure) {
        guard octets.count <= Self.longest else { throw .tooMuch }
        var reading = Reading()
        var rest = Array(octets)[...]
        while let head = rest.popFirst() {
            if head == 0xFE {
                // A long item, of which nobody has defined any.
                guard let length = rest.popFirst(), rest.popFirst() != nil, rest.count >= Int(length) else { throw .truncated }
                rest = rest.dropFirst(Int(length))
                continue
            }
            let length = [0, 1, 2, 4][Int(head & 3)]
            guard rest.count >= length else { throw .truncated }
            let data = rest.prefix(length)
            rest = rest.dropFirst(length)
            try reading.take(kind: head >> 2 & 3, tag: head >> 4, data)
        }
        guard reading.depth == 0, reading.stack.isEmpty else { throw .unbalanced }
        fields = reading.fields
        applications = reading.applications
    }
}

extension HIDReportDescriptor {
    /// The state of clause 5.4's item parser.
    private struct Reading {
        struct Globals {
            var page: UInt16 = 0
            var size = 0
            var count = 0
            var report: UInt8?
        }
        struct Place: Hashable {
            var direction: Direction
            var report: UInt8?
        }

        var globals = Globals()
        var stack: [Globals] = []
        var usages: [Usage] = []
        var minimum: Usage?
        var depth = 0
        var fields: [Field] = []
        var applications: [Usage] = []
        /// Bits of each report so far.
        var lengths: [Place: Int] = [:]

        mutating func take(kind: UInt8, tag: UInt8, _ data: ArraySlice<UInt8>) throws(Failure) {
            let value = data.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            switch kind {
            case 0:
                try main(tag, value)
                (usages, minimum) = ([], nil)
            case 1: try global(tag, value)
            case 2: try local(tag, value, isExtended: data.count == 4)
            case _: break
            }
        }

        private mutating func main(_ tag: UInt8, _ value: UInt32) throws(Failure) {
            switch tag {
            case 10:
                depth += 1
                if value & 0xFF == 1, let usage = usages.last { applications.append(usage) }
            case 12:
                depth -= 1
                if depth < 0 { throw .unbalanced }
            case _: if let direction = Direction(rawValue: tag) { try add(direction, value) }
            }
        }

        private mutating func add(_ direction: Direction, _ flags: UInt32) throws(Failure) {
            guard globals.size <= 32, fields.count < 1024 else { throw .tooMuch }
            let place = Place(direction: direction, report: globals.report)
            let start = lengths[place] ?? (globals.report == nil ? 0 : 8)
            let (bits, isTooMany) = globals.size.multipliedReportingOverflow(by: globals.count)
            guard !isTooMany, start + bits <= longestReport else { throw .tooMuch }
            lengths[place] = start + bits
            guard bits > 0 else { return }
            fields.append(
                Field(
                    direction: direction, report: globals.report, bitOffset: start, size: globals.size, count: globals.count,
                    isConstant: flags & 1 != 0, isVariable: flags & 2 != 0, usages: usages))
        }

        private mutating func global(_ tag: UInt8, _ value: UInt32) throws(Failure) {
            switch tag {
            case 0: globals.page = UInt16(truncatingIfNeeded: value)
            case 7: globals.size = Int(value)
            case 8: globals.report = UInt8(truncatingIfNeeded: value)
            case 9: globals.count = Int(value)
            case 10:
                guard stack.count < 16 else { throw .tooMuch }
                stack.append(globals)
            case 11:
                guard let last = stack.popLast() else { throw .unbalanced }
                globals = last
            case _: break
            }
        }

        private mutating func local(_ tag: UInt8, _ value: UInt32, isExtended: Bool) throws(Failure) {
            let usage = Usage(isExtended ? UInt16(value >> 16) : globals.page, UInt16(truncatingIfNeeded: value))
            switch tag {
            case 0: usages.append(usage)
            case 1: minimum = usage
            case 2:
                guard let first = minimum, first.page == usage.page, first.identifier <= usage.identifier else { return }
                usages += (first.identifier...usage.identifier).map { Usage(usage.page, $0) }
                minimum = nil
            case _: break
            }
            guard usages.count <= 65_536 else { throw .tooMuch }
        }
    }
}
