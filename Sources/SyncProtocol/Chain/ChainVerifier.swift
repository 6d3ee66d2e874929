public import KioskCore

/// Where a chain has got to.
public struct ChainPosition: Hashable, Sendable {
    /// Of the last entry; 0 before the first.
    public var sequence: UInt64
    /// Its chain hash; zeros before the first.
    public var hash: EntryHash

    public init(sequence: UInt64, hash: EntryHash) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first entry.
    public static let start = Self(sequence: 0, hash: .none)
}

/// Whose chain it is.
public struct ChainName: Hashable, Sendable {
    public var site: SiteID
    public var kiosk: KioskID
    public var epoch: Epoch
    public var lane: Lane

    public init(site: SiteID, kiosk: KioskID, epoch: Epoch, lane: Lane) {
        self.site = site
        self.kiosk = kiosk
        self.epoch = epoch
        self.lane = lane
    }
}

/// What is wrong with a chain, at the first entry where something is.
public enum ChainFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The entry belongs to another site, kiosk, epoch or lane.
    case foreign(sequence: UInt64)
    /// Entries are missing, or came out of order.
    case gap(expected: UInt64, found: UInt64)
    /// Two histories share this place: a restored or cloned journal.
    case fork(sequence: UInt64)
    /// A part is not the one that was written.
    case changed(sequence: UInt64, EntryField)
    /// The header is not the one that was hashed when the entry was recorded.
    case changedHeader(sequence: UInt64)

    public var description: String {
        switch self {
        case .foreign(let sequence): "entry \(sequence) belongs to another journal"
        case .gap(let expected, let found): "entry \(expected) is missing; \(found) stands in its place"
        case .fork(let sequence): "entry \(sequence) continues another history"
        case .changed(let sequence, let field): "the \(field.rawValue) of entry \(sequence) was changed"
        case .changedHeader(let sequence): "the header of entry \(sequence) was changed"
        }
    }
}

/// Follows one chain, entry by entry, and stops at the first that does not continue it.
public struct ChainVerifier: Sendable {
    public let name: ChainName
    /// The last entry that was found good.
    public private(set) var position: ChainPosition
    private let sha256: EntryHasher

    public init(_ name: ChainName, from position: ChainPosition = .start, sha256: EntryHasher) {
        self.name = name
        self.position = position
        self.sha256 = sha256
    }

    /// Moves on by one entry. After a fault the position is still that of the last good one.
    ///
    /// - Parameter recorded: the chain hash that was stored beside the entry, where there is one;
    ///   without it a changed header shows only at the entry behind.
    /// - Parameter isRelieved: the personal part may have been dropped; its hashes in the header still stand for it.
    public mutating func verify(_ entry: Entry, recordedAs recorded: EntryHash? = nil, isRelieved: Bool = false) throws(ChainFault) {
        try verify(entry, ChainLink(entry, sha256), recordedAs: recorded, isRelieved: isRelieved)
    }

    /// The same with the entry's own link.
    mutating func verify(
        _ entry: Entry, _ link: ChainLink, recordedAs recorded: EntryHash? = nil, isRelieved: Bool = false
    ) throws(ChainFault) {
        if let recorded, recorded != link.hash { throw .changedHeader(sequence: link.sequence) }
        try check(link)
        if let field = entry.damage(sha256), !(isRelieved && entry.sealed == nil && field == .sealedPart) {
            throw .changed(sequence: link.sequence, field)
        }
        position = link.position
    }

    /// Moves on past an entry that proves its place without being readable; its parts were compared when the link was read.
    mutating func pass(_ link: ChainLink) throws(ChainFault) {
        try check(link)
        position = link.position
    }

    private func check(_ link: ChainLink) throws(ChainFault) {
        guard link.chain == name else { throw .foreign(sequence: link.sequence) }
        if link.sequence == position.sequence, link.hash != position.hash { throw .fork(sequence: link.sequence) }
        guard link.sequence == position.sequence + 1 else {
            throw .gap(expected: position.sequence + 1, found: link.sequence)
        }
        guard link.previous == position.hash else { throw .fork(sequence: link.sequence) }
    }
}
