/// The two independent chains of a journal.
public enum Lane: UInt8, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
    /// What happened to citizens: never dropped.
    case transactions = 1
    /// What helps technicians: may be dropped when the disk runs short.
    case telemetry = 2

    public var description: String {
        switch self {
        case .transactions: "transactions"
        case .telemetry: "telemetry"
        }
    }
}

/// What an entry tells of: 1 to 32 characters of `[a-z0-9.-]`.
///
/// Open, so that a centre keeps entries of a newer kiosk whose kinds it does not know.
public struct EntryKind: Hashable, Sendable, CustomStringConvertible {
    public static let maximumLength = 32
    public let rawValue: String

    public init?(_ rawValue: String) {
        guard (1...Self.maximumLength).contains(rawValue.utf8.count),
            rawValue.utf8.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
            })
        else { return nil }
        self.rawValue = rawValue
    }

    private init(known: String) { rawValue = known }

    /// The kinds that this version writes; their bodies are the ``EntryBody`` types.
    public static let ticketIssued = Self(known: "ticket.issued")
    public static let ticketDelivered = Self(known: "ticket.delivered")
    public static let ticketVoid = Self(known: "ticket.void")
    public static let printRequested = Self(known: "print.requested")
    public static let printSettled = Self(known: "print.settled")
    public static let printerRoll = Self(known: "printer.roll")
    public static let epochBegun = Self(known: "epoch.begun")
    public static let emergencyBegun = Self(known: "emergency.begun")
    public static let emergencyEnded = Self(known: "emergency.ended")

    public var description: String { rawValue }
}

/// How far the wall clock of an entry could be trusted when it was written.
public enum ClockQuality: UInt8, Hashable, Sendable, CaseIterable {
    /// The kernel did not say.
    case unknown = 0
    /// The clock ran free; nobody corrected it.
    case free = 1
    /// The kernel says that a time service keeps it.
    case synchronized = 2
}
