public import KioskCore

/// Which kiosk of which site a key belongs to.
public struct DeviceName: Hashable, Sendable, CustomStringConvertible {
    public var site: SiteID
    public var kiosk: KioskID

    public init(site: SiteID, kiosk: KioskID) {
        self.site = site
        self.kiosk = kiosk
    }

    /// Reads `SITE/KIOSK`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let site = SiteID(String(parts[0])), let kiosk = KioskID(String(parts[1])) else { return nil }
        self.init(site: site, kiosk: kiosk)
    }

    /// The name under which a mall's own centre forwards to the one above it: it may bring the entries of every kiosk of its site.
    /// No kiosk bears it.
    public static let forwarder = "all-kiosks"

    /// Whether it may bring what this kiosk wrote.
    public func covers(_ site: SiteID, _ kiosk: KioskID) -> Bool {
        self.site == site && (self.kiosk == kiosk || self.kiosk.rawValue == Self.forwarder)
    }

    public var description: String { "\(site)/\(kiosk)" }

    private static let scheme = "anjungan:"

    /// As a certificate says it, in its subject alternative name: `anjungan:SITE/KIOSK`.
    var uri: String { Self.scheme + description }

    init?(uri: String) {
        guard uri.hasPrefix(Self.scheme) else { return nil }
        self.init(uri.dropFirst(Self.scheme.count))
    }
}
