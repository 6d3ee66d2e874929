import KioskCore

/// What a kiosk sends at once: stored entries of one chain, as their very octets, and where its chain ends.
///
/// The body of `POST /v1/entries`; octets, numbers big-endian:
///
/// | octets | field |
/// |-------:|-------|
/// |  4 | `ANJB` |
/// |  1 | format of this batch: 1 |
/// |  1 | ``Lane`` |
/// |  2 | 0 |
/// | 40 | site, ASCII, filled up with 0 |
/// | 40 | kiosk, ASCII, filled up with 0 |
/// | 16 | epoch |
/// |  8 | sequence of the kiosk's last entry, 0 without one |
/// | 32 | its chain hash |
/// |  4 | number of entries, 0 to 500 |
/// |    | each entry (``Entry/octets``) behind its length in four octets |
///
/// A batch without entries is a call: the kiosk says where it stands and asks where the centre does.
public struct Batch: Hashable, Sendable {
    public static let maximumEntries = 500
    /// Of all entries together; a single larger entry goes alone.
    public static let maximumOctets = 256 * 1024
    /// What a centre reads at most: a full batch whose last entry is as large as a batch, and the fixed part.
    public static let readLimit = 2 * maximumOctets + 4096
    /// What `Content-Type` says of it.
    public static let mediaType = "application/vnd.anjungan.batch"
    /// The header of the request that says for how many seconds the oldest entry that the centre does not have has been waiting;
    /// none when it has all. It travels beside the batch, so that the octets stay those of format 1.
    public static let waitingHeader = "Anjungan-Waiting"

    public var chain: ChainName
    /// Of the whole chain, not of this batch: how far behind the centre is travels with every contact.
    public var head: ChainPosition
    /// The octets of each entry, in the order of their sequence.
    public var entries: [[UInt8]]

    public init(chain: ChainName, head: ChainPosition, entries: [[UInt8]]) {
        self.chain = chain
        self.head = head
        self.entries = entries
    }
}

extension Batch {
    private static let magic = Array("ANJB".utf8)
    private static let version: UInt8 = 1

    public var octets: [UInt8] {
        var writer = OctetWriter(capacity: entries.reduce(256) { $0 + $1.count + 4 })
        writer.put(Self.magic + [Self.version, chain.lane.rawValue, 0, 0])
        writer.put(chain.site.rawValue, filling: 40)
        writer.put(chain.kiosk.rawValue, filling: 40)
        writer.put(chain.epoch)
        writer.put(bigEndian: head.sequence)
        writer.put(head.hash)
        writer.put(bigEndian: UInt32(entries.count))
        for entry in entries { writer.put(prefixed: entry) }
        return writer.octets
    }

    /// Reads a batch strictly; its entries stay octets, so that one that cannot be read does not hide the others.
    public init(decoding octets: [UInt8]) throws(EntryError) {
        var reader = OctetReader(octets)
        guard try reader.take(4) == Self.magic else { throw .notABatch }
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        guard let lane = Lane(rawValue: try reader.byte()) else { throw .invalid(.lane) }
        guard try reader.take(2) == [0, 0] else { throw .invalid(.reserved) }
        guard let site = try reader.text(40).flatMap({ SiteID($0) }) else { throw .invalid(.site) }
        guard let kiosk = try reader.text(40).flatMap({ KioskID($0) }) else { throw .invalid(.kiosk) }
        let epoch = try reader.fixed(Epoch.self)
        let sequence = try reader.number(UInt64.self)
        guard sequence <= UInt64(Int64.max) else { throw .invalid(.sequence) }
        let hash = try reader.fixed(EntryHash.self)
        guard (sequence == 0) == (hash == .none) else { throw .invalid(.head) }
        let count = try reader.number(UInt32.self)
        guard count <= UInt32(Self.maximumEntries) else { throw .invalid(.count) }
        var entries: [[UInt8]] = []
        entries.reserveCapacity(Int(count))
        for _ in 0..<count { entries.append(try reader.prefixed()) }
        try reader.end()
        self.init(
            chain: ChainName(site: site, kiosk: kiosk, epoch: epoch, lane: lane), head: ChainPosition(sequence: sequence, hash: hash),
            entries: entries)
    }
}
