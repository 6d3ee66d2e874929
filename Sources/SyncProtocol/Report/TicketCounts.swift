/// Tickets by what became of them. The columns behind `issued` add up to it.
public struct TicketCounts: Hashable, Sendable, Codable {
    public var issued: Int
    public var printed: Int
    public var screen: Int
    public var unknown: Int
    public var void: Int
    public var open: Int

    public init(issued: Int = 0, printed: Int = 0, screen: Int = 0, unknown: Int = 0, void: Int = 0, open: Int = 0) {
        self.issued = issued
        self.printed = printed
        self.screen = screen
        self.unknown = unknown
        self.void = void
        self.open = open
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
