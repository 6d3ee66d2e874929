public import KioskCore

/// Names one wish for a number: 16 random octets, so that a request that is repeated gets the number it got before.
public struct LeaseID: FixedOctets {
    private let high: UInt64
    private let low: UInt64
}

/// What a kiosk asks of its centre before it issues a number: `POST /v1/numbers`, as JSON.
///
/// `{"day":"2026-11-22","epoch":"…32 hex…","id":"…32 hex…","kiosk":"mpp-1","prefix":"PZ","site":"pekanbaru"}`
public struct NumberRequest: Hashable, Sendable, Codable {
    public var site: SiteID
    public var kiosk: KioskID
    public var epoch: Epoch
    public var id: LeaseID
    /// The service's; without a kiosk's letter, since all kiosks draw from it.
    public var prefix: String
    /// The kiosk's service day, `YYYY-MM-DD`. A centre whose day is another refuses: one of the two clocks is wrong.
    public var day: String

    public init(site: SiteID, kiosk: KioskID, epoch: Epoch, id: LeaseID, prefix: String, day: ServiceDay) {
        self.site = site
        self.kiosk = kiosk
        self.epoch = epoch
        self.id = id
        self.prefix = prefix
        self.day = day.description
    }
}

/// The centre's answer: this number is the kiosk's, and nobody else's for ever.
///
/// `{"day":"2026-11-22","id":"…32 hex…","ordinal":7,"prefix":"PZ"}`
public struct NumberLease: Hashable, Sendable, Codable {
    public var id: LeaseID
    public var prefix: String
    public var day: String
    /// From 1, in the order in which the centre was asked.
    public var ordinal: Int

    public init(id: LeaseID, prefix: String, day: String, ordinal: Int) {
        self.id = id
        self.prefix = prefix
        self.day = day
        self.ordinal = ordinal
    }

    /// It is the answer to this request.
    func answers(_ request: NumberRequest) -> Bool {
        id == request.id && prefix == request.prefix && day == request.day && ordinal > 0
    }
}

/// The last number of a series on a day.
public struct SeriesEnd: Hashable, Sendable, Codable {
    public var series: String
    /// `YYYY-MM-DD`.
    public var day: String
    public var last: Int

    public init(series: String, day: ServiceDay, last: Int) {
        self.series = series
        self.day = day.description
        self.last = last
    }

    /// More than any mall has citizens; whoever reads a larger one has read nonsense.
    public static let largest = 999_999
}
