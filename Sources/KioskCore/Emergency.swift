/// Somebody in charge has closed the kiosk at once: it serves nobody and says why, large and in every language, until that is over.
///
/// As JSON `{"since":1795305600000,"id":"…","en":"…"}`.
public struct Emergency: Hashable, Sendable, Codable {
    /// When it was called, in milliseconds since 1970 by the clock of whoever called it. It names this emergency: another one has another.
    public var since: Int64
    /// What the screen says; nil: what it says of itself.
    public var indonesian: String?
    public var english: String?

    /// So that it stands on the screen large enough to be read from afar.
    public static let longestText = 160

    public init(since: Int64, indonesian: String? = nil, english: String? = nil) {
        self.since = since
        self.indonesian = indonesian
        self.english = english
    }

    private enum CodingKeys: String, CodingKey {
        case since
        case indonesian = "id"
        case english = "en"
    }
}
