/// What a printer can say about itself, from whichever status byte it came.
public struct PrinterFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The drawer's contact reads high (drawer open, usually).
    public static let drawerPin = Self(rawValue: 1 << 0)
    /// Prints nothing at the moment; other flags say why.
    public static let offline = Self(rawValue: 1 << 1)
    public static let coverOpen = Self(rawValue: 1 << 2)
    /// Somebody holds the feed button.
    public static let feedButton = Self(rawValue: 1 << 3)
    /// Online again only after a recovery (`DLE ENQ`).
    public static let waitingForRecovery = Self(rawValue: 1 << 4)
    /// Printing stopped because the paper ended.
    public static let stoppedByPaperEnd = Self(rawValue: 1 << 5)
    /// One of the error flags is set (`DLE EOT 2` says no more).
    public static let error = Self(rawValue: 1 << 6)
    /// An error that `DLE ENQ` can end.
    public static let recoverableError = Self(rawValue: 1 << 7)
    public static let cutterError = Self(rawValue: 1 << 8)
    /// Only switching off and on, or a repair, ends it.
    public static let unrecoverableError = Self(rawValue: 1 << 9)
    /// Ends by itself: the head is too hot.
    public static let autoRecoverableError = Self(rawValue: 1 << 10)
    public static let paperNearEnd = Self(rawValue: 1 << 11)
    public static let paperEnd = Self(rawValue: 1 << 12)
}

/// One bit, or bits that appear together, of a status byte.
struct StatusBit {
    var mask: UInt8
    var flag: PrinterFlags
}

extension PrinterFlags {
    init(_ byte: UInt8, _ table: [StatusBit]) {
        self = table.reduce(into: []) { flags, bit in
            if byte & bit.mask != 0 { flags.insert(bit.flag) }
        }
    }

    func byte(fixed: UInt8, _ table: [StatusBit]) -> UInt8 {
        table.reduce(fixed) { contains($1.flag) ? $0 | $1.mask : $0 }
    }
}

/// The parameter of `DLE EOT`.
public enum RealTimeQuery: UInt8, Hashable, Sendable, CaseIterable {
    case printer = 1
    case offlineCause = 2
    case errorCause = 3
    case paper = 4

    var table: [StatusBit] {
        switch self {
        case .printer:
            [
                StatusBit(mask: 0x04, flag: .drawerPin), StatusBit(mask: 0x08, flag: .offline),
                StatusBit(mask: 0x20, flag: .waitingForRecovery), StatusBit(mask: 0x40, flag: .feedButton),
            ]
        case .offlineCause:
            [
                StatusBit(mask: 0x04, flag: .coverOpen), StatusBit(mask: 0x08, flag: .feedButton),
                StatusBit(mask: 0x20, flag: .stoppedByPaperEnd), StatusBit(mask: 0x40, flag: .error),
            ]
        case .errorCause:
            [
                StatusBit(mask: 0x04, flag: .recoverableError), StatusBit(mask: 0x08, flag: .cutterError),
                StatusBit(mask: 0x20, flag: .unrecoverableError), StatusBit(mask: 0x40, flag: .autoRecoverableError),
            ]
        case .paper:
            [StatusBit(mask: 0x0C, flag: .paperNearEnd), StatusBit(mask: 0x60, flag: .paperEnd)]
        }
    }
}

/// The answer to one `DLE EOT`; its byte alone does not say which question it answers.
public struct RealTimeStatus: Hashable, Sendable {
    public var query: RealTimeQuery
    /// Only the flags that ``query`` can tell.
    public var flags: PrinterFlags

    /// Keeps those of `flags` that an answer to `query` has a bit for.
    public init(_ query: RealTimeQuery, _ flags: PrinterFlags) {
        self.query = query
        self.flags = query.table.reduce(into: []) { $0.formUnion(flags.intersection($1.flag)) }
    }

    /// Nil when `byte` has not the shape `0xx1xx10`.
    public init?(_ query: RealTimeQuery, byte: UInt8) {
        guard byte & 0x93 == 0x12 else { return nil }
        self.init(query, PrinterFlags(byte, query.table))
    }

    public var byte: UInt8 { flags.byte(fixed: 0x12, query.table) }
}

/// The four bytes that `GS a` makes a printer send by itself.
public struct AutomaticStatus: Hashable, Sendable {
    /// Only the flags that these four bytes can tell.
    public var flags: PrinterFlags

    static let tables: [[StatusBit]] = [
        [
            StatusBit(mask: 0x04, flag: .drawerPin), StatusBit(mask: 0x08, flag: .offline), StatusBit(mask: 0x20, flag: .coverOpen),
            StatusBit(mask: 0x40, flag: .feedButton),
        ],
        [
            StatusBit(mask: 0x04, flag: .recoverableError), StatusBit(mask: 0x08, flag: .cutterError),
            StatusBit(mask: 0x20, flag: .unrecoverableError), StatusBit(mask: 0x40, flag: .autoRecoverableError),
        ],
        [StatusBit(mask: 0x03, flag: .paperNearEnd), StatusBit(mask: 0x0C, flag: .paperEnd)],
        [],
    ]

    /// Keeps those of `flags` that the four bytes have a bit for.
    public init(_ flags: PrinterFlags) {
        self.flags = Self.tables.joined().reduce(into: []) { $0.formUnion(flags.intersection($1.flag)) }
    }

    /// Nil unless `bytes` are four, the first of the shape `0xx1xx00`, the others `0xx0xxxx`.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4, Self.begins(with: bytes[0]), bytes[1...].allSatisfy(Self.continues(with:)) else { return nil }
        flags = zip(bytes, Self.tables).reduce(into: []) { $0.formUnion(PrinterFlags($1.0, $1.1)) }
    }

    public var bytes: [UInt8] {
        zip([0x10, 0, 0, 0] as [UInt8], Self.tables).map { flags.byte(fixed: $0, $1) }
    }

    static func begins(with byte: UInt8) -> Bool { byte & 0x93 == 0x10 }
    static func continues(with byte: UInt8) -> Bool { byte & 0x90 == 0 }
}
