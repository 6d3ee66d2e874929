public import KioskCore

/// What a centre wants one kiosk to know, all of it at once: the answer to a ``NoticeRequest``, as JSON.
///
/// A level and no message: whoever missed some has all of it with the next, and taking it again changes nothing.
/// Whoever reads ignores keys that it does not know and takes a missing one for “nothing”, so that both ends may be a version apart.
public struct Notices: Hashable, Sendable, Codable {
    /// Names what stands here; another content has another tag.
    public var tag: String
    /// The kiosk serves nobody and shows this.
    public var emergency: Emergency?
    /// The SHA-256 of the site bundle that the kiosk should run, 64 hexadecimal digits.
    public var bundle: String?
    /// The centre's public key to which its kiosks seal personal data from now on, in PEM. A centre below does not pass it on: who can read
    /// must not change because one centre was joined to another.
    public var sealingKey: String?
    /// `true`: draw a new device key and ask for its certificate now.
    public var renewal: Bool?
    /// By name, what the kiosks of the site are told that are told something of their own; only to the centre below that asks for them all.
    public var kiosks: [String: KioskNotices]?

    public init(
        tag: String, emergency: Emergency? = nil, bundle: String? = nil, sealingKey: String? = nil, renewal: Bool? = nil,
        kiosks: [String: KioskNotices]? = nil
    ) {
        self.tag = tag
        self.emergency = emergency
        self.bundle = bundle
        self.sealingKey = sealingKey
        self.renewal = renewal
        self.kiosks = kiosks
    }
}

/// What one kiosk is told by way of the centre that it belongs to.
public struct KioskNotices: Hashable, Sendable, Codable {
    /// As in ``Notices``.
    public var emergency: Emergency?
    /// As in ``Notices``.
    public var bundle: String?

    public init(emergency: Emergency? = nil, bundle: String? = nil) {
        self.emergency = emergency
        self.bundle = bundle
    }
}

/// What a kiosk asks a centre, or a centre the one above it: is there anything else than what I know? The body of `POST /v1/notices`,
/// as JSON.
///
/// Answered at once where there is, else as soon as there is, and after ``wait`` seconds in any case. So it goes through NAT and proxies,
/// which let a kiosk call out and nobody in, and an emergency is on the screen at once.
public struct NoticeRequest: Hashable, Sendable, Codable {
    public var site: String
    /// A centre that asks for all kiosks of its site writes `all-kiosks`.
    public var kiosk: String
    /// The tag that the kiosk knows; nil: it wants to be told now.
    public var known: String?
    /// How long the centre may wait with its answer, in seconds; it waits no longer than ``longestWait``.
    public var wait: Int
    /// The SHA-256 of the site bundle that the kiosk runs.
    public var bundle: String?
    /// ``Emergency/since`` of what is on the kiosk's screen.
    public var emergency: Int64?

    /// Less than the minute after which many proxies give a silent connection up.
    public static let longestWait = 50

    public init(site: SiteID, kiosk: KioskID, known: String?, wait: Int = longestWait, bundle: String?, emergency: Int64?) {
        self.site = site.rawValue
        self.kiosk = kiosk.rawValue
        self.known = known
        self.wait = wait
        self.bundle = bundle
        self.emergency = emergency
    }
}
