/// `epoch.begun`, the first of the transactions of every epoch but a journal's first: which history this one follows, and how far that went.
///
/// So the two chains belong together for whoever has both, and whoever has one knows what is missing.
public struct EpochBegun: EntryBody {
    public static let kind = EntryKind.epochBegun
    /// 2: ``damaged``, and without ``previous`` where nobody could read that.
    public static let schema: UInt32 = 2

    /// The epoch before this one; nil where the journal was too damaged to say it.
    public var previous: Epoch?
    /// The last entry of its transactions: sequence and chain hash; 0 and zeros without one.
    public var sequence: UInt64
    public var hash: EntryHash
    /// Why, in a technician's words; nothing personal.
    public var reason: String
    /// The journal of the epoch before was put aside damaged: its last entry is the last that could be read, and there may have been
    /// more. Never `false`: nil says that its end is known.
    public var damaged: Bool?

    public init(previous: Epoch, head: ChainPosition, reason: String) {
        self.previous = previous
        sequence = head.sequence
        hash = head.hash
        self.reason = reason
    }

    /// Of a journal that begins in the place of a damaged one.
    ///
    /// - Parameter former: what could be read of that; nil: not even its epoch.
    public init(afterDamageTo former: (epoch: Epoch, head: ChainPosition)?, reason: String) {
        previous = former?.epoch
        sequence = former?.head.sequence ?? 0
        hash = former?.head.hash ?? .none
        self.reason = reason
        damaged = true
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        if let damaged { body.field("damaged", damaged) }
        body.field("hash", hash.description)
        body.field("previous", previous?.description)
        body.field("reason", reason)
        body.field("sequence", sequence)
        return body.end()
    }
}

/// `emergency.begun`, in the transactions: from here on nobody was served.
public struct EmergencyBegun: EntryBody {
    public static let kind = EntryKind.emergencyBegun
    public static let schema: UInt32 = 1

    /// Which emergency, and when it was called: milliseconds since 1970 by the clock of whoever called it.
    public var since: Int64
    /// What the screen said where that was not its own words.
    public var indonesian: String?
    public var english: String?

    public init(since: Int64, indonesian: String?, english: String?) {
        self.since = since
        self.indonesian = indonesian
        self.english = english
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("english", english)
        body.field("indonesian", indonesian)
        body.field("since", since)
        return body.end()
    }
}

/// `emergency.ended`, in the transactions: from here on people were served again.
public struct EmergencyEnded: EntryBody {
    public static let kind = EntryKind.emergencyEnded
    public static let schema: UInt32 = 1

    public var since: Int64
    /// `centre`, or `technician` for somebody at the kiosk.
    public var by: String
    /// A technician's words; nil of the centre.
    public var reason: String?

    public init(since: Int64, by: String, reason: String?) {
        self.since = since
        self.by = by
        self.reason = reason
    }

    public var octets: [UInt8] {
        var body = BodyWriter()
        body.field("by", by)
        body.field("reason", reason)
        body.field("since", since)
        return body.end()
    }
}
