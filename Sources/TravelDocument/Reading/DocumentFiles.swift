public import Secrets

/// What was read from a chip, as it stood there; nothing of it is proved yet.
public struct DocumentFiles: Hashable, Sendable {
    /// EF.CardAccess; nil where there is none that can be read.
    public var cardAccess: Secret?
    /// EF.COM.
    public var contents: Secret
    /// EF.SOD.
    public var securityObject: Secret
    /// EF.DG1.
    public var zone: Secret
    /// EF.DG2; nil where it was not wanted, or the chip says that it has none.
    public var portrait: Secret?

    public init(cardAccess: Secret? = nil, contents: Secret, securityObject: Secret, zone: Secret, portrait: Secret? = nil) {
        self.cardAccess = cardAccess
        self.contents = contents
        self.securityObject = securityObject
        self.zone = zone
        self.portrait = portrait
    }

    /// The data groups among them, by their numbers.
    var groups: [Int: Secret] {
        var groups = [1: zone]
        groups[2] = portrait
        return groups
    }
}
