/// Tickets by what became of them. The columns from `printed` to `open` add up to `issued`.
public struct TicketCounts: Hashable, Sendable, Codable {
    public var issued: Int
    public var printed: Int
    public var screen: Int
    public var unknown: Int
    public var void: Int
    public var open: Int
    /// How many of `issued` staff have handed out from printed sheets.
    public var manual: Int

    public init(issued: Int = 0, printed: Int = 0, screen: Int = 0, unknown: Int = 0, void: Int = 0, open: Int = 0, manual: Int = 0) {
        self.issued = issued
        self.printed = printed
        self.screen = screen
        self.unknown = unknown
        self.void = void
        self.open = open
        self.manual = manual
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        issued = try keys.decode(Int.self, forKey: .issued)
        printed = try keys.decode(Int.self, forKey: .printed)
        screen = try keys.decode(Int.self, forKey: .screen)
        unknown = try keys.decode(Int.self, forKey: .unknown)
        void = try keys.decode(Int.self, forKey: .void)
        open = try keys.decode(Int.self, forKey: .open)
        // An older centre says nothing of these.
        manual = try keys.decodeIfPresent(Int.self, forKey: .manual) ?? 0
    }

    /// Counts one more ticket.
    public mutating func add(_ column: TicketFate.Column) {
        issued += 1
        self[column] += 1
    }

    public subscript(column: TicketFate.Column) -> Int {
        get { self[keyPath: Self.path(column)] }
        set { self[keyPath: Self.path(column)] = newValue }
    }

    public static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.issued += right.issued
        sum.manual += right.manual
        for column in TicketFate.Column.allCases { sum[column] += right[column] }
        return sum
    }

    private static func path(_ column: TicketFate.Column) -> WritableKeyPath<Self, Int> {
        switch column {
        case .printed: \.printed
        case .screen: \.screen
        case .unknown: \.unknown
        case .void: \.void
        case .open: \.open
        }
    }
}
