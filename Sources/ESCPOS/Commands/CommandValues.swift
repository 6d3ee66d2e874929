/// The magnification of `GS v 0`: each dot becomes 1 or 2 dots wide and high.
public enum RasterScale: UInt8, Hashable, Sendable, CaseIterable {
    case normal = 0
    case wide = 1
    case tall = 2
    case both = 3

    /// 1 or 2.
    public var horizontal: Int { self == .wide || self == .both ? 2 : 1 }
    /// 1 or 2.
    public var vertical: Int { self == .tall || self == .both ? 2 : 1 }
}

extension RasterScale {
    /// Magnification across and down, 1 or 2 each.
    init?(horizontal: UInt8, vertical: UInt8) {
        guard (1...2).contains(horizontal), (1...2).contains(vertical) else { return nil }
        self.init(rawValue: (horizontal - 1) | (vertical - 1) << 1)
    }
}

/// The name of a picture in the printer's memory: two characters 20h…7Eh (`GS ( L`).
public struct LogoKey: Hashable, Sendable, CustomStringConvertible {
    public let first: UInt8
    public let second: UInt8

    /// Nil unless both are printable ASCII.
    public init?(_ first: UInt8, _ second: UInt8) {
        guard (0x20...0x7E).contains(first), (0x20...0x7E).contains(second) else { return nil }
        (self.first, self.second) = (first, second)
    }

    /// Nil unless `text` is two characters of printable ASCII.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 2 else { return nil }
        self.init(bytes[0], bytes[1])
    }

    public var description: String { String(decoding: [first, second], as: UTF8.self) }
}

/// One band of `ESC *`.
public struct ColumnImage: Hashable, Sendable {
    /// 0 and 1: 8 rows, single and double density; 32 and 33: 24 rows. Other modes decode to ``Command/unknown(_:)``.
    public let mode: UInt8
    /// Column by column, 1 or 3 bytes each, the highest bit on top.
    public let columns: [UInt8]

    /// Bytes in one column.
    public var bytesPerColumn: Int { mode < 32 ? 1 : 3 }
    /// Dots of data across.
    public var width: Int { columns.count / bytesPerColumn }

    public init(mode: UInt8, columns: [UInt8]) {
        precondition([0, 1, 32, 33].contains(mode), "ESC * knows the modes 0, 1, 32 and 33")
        precondition(columns.count % (mode < 32 ? 1 : 3) == 0, "ESC * takes whole columns")
        self.mode = mode
        self.columns = columns
    }
}

/// `GS V` in its two forms.
public enum Cut: Hashable, Sendable {
    /// GS V 0 and 1: cuts where the paper is; what was printed last may still be below the knife.
    case here(Kind)
    /// GS V 65 and 66: feeds the paper to the knife and `dots` more, then cuts.
    case afterFeed(Kind, dots: UInt8)

    public enum Kind: String, Hashable, Sendable, CaseIterable { case full, partial }
}

/// What shall cause an automatic status (`GS a n`).
public struct AutomaticStatusMask: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let drawer = Self(rawValue: 0x01)
    public static let online = Self(rawValue: 0x02)
    public static let error = Self(rawValue: 0x04)
    public static let paper = Self(rawValue: 0x08)
    public static let panel = Self(rawValue: 0x40)
    /// Everything that says whether the printer can print.
    public static let all: Self = [.drawer, .online, .error, .paper, .panel]
}
