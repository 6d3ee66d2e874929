/// Why octets are not an entry, or fields cannot be one.
public enum EntryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The octets end before the field at `offset` does.
    case truncated(offset: Int)
    /// Octets follow where the entry should have ended.
    case trailing(count: Int)
    /// The first four octets are not `ANJE`.
    case notAnEntry
    /// The first four octets are not `ANJB`.
    case notABatch
    /// The header's format is of another version than this program reads.
    case unknownVersion(UInt8)
    /// A field of the header holds what it must not.
    case invalid(EntryField)

    public var description: String {
        switch self {
        case .truncated(let offset): "the entry breaks off at octet \(offset)"
        case .trailing(let count): "\(count) octets too many behind the entry"
        case .notAnEntry: "not a journal entry: it does not begin with ANJE"
        case .notABatch: "not a batch of entries: it does not begin with ANJB"
        case .unknownVersion(let version): "entry format \(version); this program reads format 1, a newer one reads it"
        case .invalid(let field): "the entry's \(field.rawValue) is not valid"
        }
    }
}

/// The fields of an entry's header and of a batch, for messages.
public enum EntryField: String, Hashable, Sendable, CaseIterable {
    case lane, site, kiosk, kind, epoch, identity, sequence, body, head, count
    case clockQuality = "clock quality"
    case sealedPart = "sealed part"
    case wrappedKey = "wrapped key"
    case previousHash = "previous hash"
    case reserved = "reserved octet"
}
