import KioskCore

/// What of an entry's octets proves its place in a chain, read without understanding the rest.
///
/// A newer kiosk may write a kind, a clock quality or a flag that this version cannot read. As long as the header has the
/// format of ``EntryHeader`` and every part has the hash that stands there, the chain can be followed past such an entry.
public struct ChainLink: Hashable, Sendable {
    public let chain: ChainName
    public let sequence: UInt64
    /// The chain hash of the entry before.
    public let previous: EntryHash
    /// The chain hash of this one.
    public let hash: EntryHash

    /// What a readable entry is to its chain.
    public init(_ entry: Entry, _ sha256: EntryHasher) {
        chain = entry.header.chain
        sequence = entry.header.sequence
        previous = entry.header.previous
        hash = entry.chainHash(sha256)
    }

    /// Reads the chain's fields of a shipped entry; `nil` where they are not there, or where a part is not the one that was recorded.
    public init?(octets: [UInt8], _ sha256: EntryHasher) {
        guard let link = try? Self.read(octets, sha256) else { return nil }
        self = link
    }

    /// Where octets that are put aside say they stand, also where a part is another than was recorded, or the personal part is gone.
    public init?(aside octets: [UInt8], _ sha256: EntryHasher) {
        guard let entry = (try? Entry(decoding: octets)) ?? Entry(relieved: octets) else {
            self.init(octets: octets, sha256)
            return
        }
        self.init(entry, sha256)
    }

    private static func read(_ octets: [UInt8], _ sha256: EntryHasher) throws(EntryError) -> Self {
        var parts = OctetReader(octets)
        let header = try parts.prefixed()
        let (body, ciphertext, wrappedKey) = (try parts.prefixed(), try parts.prefixed(), try parts.prefixed())
        try parts.end()
        guard header.count == EntryHeader.size else { throw .trailing(count: header.count - EntryHeader.size) }
        var reader = OctetReader(header)
        guard try reader.take(4) == EntryHeader.magic else { throw .notAnEntry }
        let version = try reader.byte()
        guard version == EntryHeader.version else { throw .unknownVersion(version) }
        guard let lane = Lane(rawValue: try reader.byte()) else { throw .invalid(.lane) }
        _ = try reader.take(2)
        guard let site = try reader.text(40).flatMap({ SiteID($0) }) else { throw .invalid(.site) }
        guard let kiosk = try reader.text(40).flatMap({ KioskID($0) }) else { throw .invalid(.kiosk) }
        _ = try reader.take(EntryKind.maximumLength)
        let epoch = try reader.fixed(Epoch.self)
        _ = try reader.take(32)
        let sequence = try reader.number(UInt64.self)
        guard sequence > 0, sequence <= UInt64(Int64.max) else { throw .invalid(.sequence) }
        _ = try reader.take(24)
        let previous = try reader.fixed(EntryHash.self)
        guard body.count == Int(try reader.number(UInt32.self)), sha256(body) == (try reader.fixed(EntryHash.self)) else {
            throw .invalid(.body)
        }
        guard ciphertext.count == Int(try reader.number(UInt32.self)) else { throw .invalid(.sealedPart) }
        let digest = try reader.fixed(EntryHash.self)
        guard digest == (ciphertext.isEmpty ? .none : sha256(ciphertext)) else { throw .invalid(.sealedPart) }
        let keyDigest = try reader.fixed(EntryHash.self)
        guard wrappedKey.isEmpty || sha256(wrappedKey) == keyDigest else { throw .invalid(.wrappedKey) }
        return Self(
            chain: ChainName(site: site, kiosk: kiosk, epoch: epoch, lane: lane), sequence: sequence, previous: previous,
            hash: sha256(header))
    }

    private init(chain: ChainName, sequence: UInt64, previous: EntryHash, hash: EntryHash) {
        self.chain = chain
        self.sequence = sequence
        self.previous = previous
        self.hash = hash
    }

    /// Where the chain stands before it.
    public var before: ChainPosition { ChainPosition(sequence: sequence - 1, hash: previous) }
    /// Where the chain stands behind it.
    public var position: ChainPosition { ChainPosition(sequence: sequence, hash: hash) }
}
