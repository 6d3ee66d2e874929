public import KioskCore

/// Asks for numbers of a service that staff can hand out on paper.
public struct SheetOrder: Hashable, Sendable, Codable {
    public var site: SiteID
    public var service: ServiceKey
    /// ``ManualSeries/series(_:)`` of the service's prefix.
    public var series: String
    /// How many numbers, 1 to ``largest``.
    public var count: Int
    /// The only day on which they may be handed out, `YYYY-MM-DD`; nil: any day, which staff write on each ticket.
    public var day: String?

    /// How many numbers a sheet has at most.
    public static let largest = 2000

    public init(site: SiteID, service: ServiceKey, series: String, count: Int, day: ServiceDay? = nil) {
        self.site = site
        self.service = service
        self.series = series
        self.count = count
        self.day = day?.description
    }
}

/// Numbers that were printed for staff: never again.
public struct ManualSheet: Hashable, Sendable, Codable {
    /// 8 characters of Crockford's base 32, printed beside each number: which of two sheets with one number somebody holds.
    public var serial: String
    public var site: SiteID
    public var service: ServiceKey
    public var series: String
    public var first: Int
    public var last: Int
    public var day: String?
    /// How many of them were entered.
    public var entered: Int

    public init(serial: String, site: SiteID, service: ServiceKey, series: String, first: Int, last: Int, day: String?, entered: Int = 0) {
        self.serial = serial
        self.site = site
        self.service = service
        self.series = series
        self.first = first
        self.last = last
        self.day = day
        self.entered = entered
    }

    /// `PZM-001 – PZM-024`.
    public var range: String {
        "\(TicketNumber(series: series, ordinal: first)) – \(TicketNumber(series: series, ordinal: last))"
    }
}

/// Numbers that staff have handed out, one behind the other.
public struct ManualEntry: Hashable, Sendable, Codable {
    public var site: SiteID
    /// The service day, `YYYY-MM-DD`.
    public var day: String
    public var series: String
    public var first: Int
    public var last: Int
    /// Whose they should be, where somebody says so.
    public var service: ServiceKey?
    /// When they were handed out, milliseconds since 1970, where somebody wrote that down.
    public var handed: Int64?
    /// The serial on the paper, where somebody says it.
    public var sheet: String?
    /// The store does not know the sheet: it was restored from a backup that is older. Needs ``sheet`` and ``service``.
    public var isFound: Bool
    /// Where it stands in a file, for the words of a refusal.
    public var line: Int?

    public init(
        site: SiteID, day: ServiceDay, numbers: ManualNumbers, service: ServiceKey? = nil, handed: WallTime? = nil, sheet: String? = nil,
        isFound: Bool = false, line: Int? = nil
    ) {
        self.site = site
        self.day = day.description
        series = numbers.series
        first = numbers.first
        last = numbers.last
        self.service = service
        self.handed = handed?.milliseconds
        self.sheet = sheet
        self.isFound = isFound
        self.line = line
    }
}

/// What became of entries.
public struct ManualReceipt: Hashable, Sendable, Codable {
    /// Tickets that were not here before.
    public var entered: Int
    /// Those that had been entered already; nothing of them was changed.
    public var known: Int
}

/// Numbers as they stand on the tickets: `PZM-007`, or `PZM-001-037` for all from the first to the last.
public struct ManualNumbers: Hashable, Sendable {
    public var series: String
    public var first: Int
    public var last: Int

    /// Reads them; the series may stand before both, and may be written small.
    public init?(_ text: String) {
        let parts = text.uppercased().split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let isLong = parts.count == 4 && parts[0] == parts[2]
        let ordinals = isLong ? [parts[1], parts[3]] : Array(parts.dropFirst())
        let numbers = ordinals.compactMap { $0.utf8.count <= 7 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        guard (1...2).contains(numbers.count), numbers.count == ordinals.count, let first = numbers.first, let last = numbers.last,
            first > 0, last >= first, let series = parts.first, (2...4).contains(series.utf8.count),
            series.hasSuffix(ManualSeries.letter), series.utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) })
        else { return nil }
        self.series = series
        self.first = first
        self.last = last
    }
}
