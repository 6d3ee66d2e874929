/// A permanent name of 2 to 40 characters `[a-z0-9-]`, never reused.
///
/// `Subject` only tells the compiler what is named, so that an agency's slug
/// is not taken for a service's.
public struct Slug<Subject>: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init?(_ rawValue: String) {
        guard (2...40).contains(rawValue.utf8.count),
            rawValue.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else { return nil }
        self.rawValue = rawValue
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let slug = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is not a slug: 2 to 40 of a-z, 0-9 and -"))
        }
        self = slug
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { rawValue }
}

public typealias AgencyID = Slug<Agency>
public typealias ServiceID = Slug<Service>
public typealias SiteID = Slug<Site>
public typealias KioskID = Slug<Kiosk>
