import KioskCore

extension EntryHeader {
    static let magic = Array("ANJE".utf8)
    static let version: UInt8 = 1

    /// The 336 octets of the table above. Every header has exactly one encoding.
    public var octets: [UInt8] {
        var writer = OctetWriter(capacity: Self.size)
        putContext(&writer)
        writer.put(bigEndian: sealed?.ciphertext.length ?? 0)
        writer.put(sealed?.ciphertext.hash ?? .none)
        writer.put(sealed?.wrappedKey ?? .none)
        return writer.octets
    }

    /// The first 268 octets: what the sealed part is authenticated with, so that it opens in its own entry only.
    public var sealingContext: [UInt8] {
        var writer = OctetWriter(capacity: Self.size)
        putContext(&writer)
        return writer.octets
    }

    private func putContext(_ writer: inout OctetWriter) {
        writer.put(Self.magic)
        writer.put(Self.version)
        writer.put(lane.rawValue)
        writer.put(clock.quality.rawValue)
        writer.put(0)
        writer.put(site.rawValue, filling: 40)
        writer.put(kiosk.rawValue, filling: 40)
        writer.put(kind.rawValue, filling: EntryKind.maximumLength)
        writer.put(epoch)
        writer.put(bigEndian: id.number)
        writer.put(clock.boot)
        writer.put(bigEndian: sequence)
        writer.put(bigEndian: UInt64(bitPattern: clock.wall.milliseconds))
        writer.put(bigEndian: clock.monotonic)
        writer.put(bigEndian: UInt32(bitPattern: day.number))
        writer.put(bigEndian: schema)
        writer.put(previous)
        writer.put(bigEndian: body.length)
        writer.put(body.hash)
    }

    /// Reads 336 octets, strictly: whatever this accepts, ``octets`` gives back unchanged.
    public init(decoding octets: [UInt8]) throws(EntryError) {
        var reader = OctetReader(octets)
        guard try reader.take(4) == Self.magic else { throw .notAnEntry }
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        guard let lane = Lane(rawValue: try reader.byte()) else { throw .invalid(.lane) }
        guard let quality = ClockQuality(rawValue: try reader.byte()) else { throw .invalid(.clockQuality) }
        guard try reader.byte() == 0 else { throw .invalid(.reserved) }
        guard let site = try reader.text(40).flatMap({ SiteID($0) }) else { throw .invalid(.site) }
        guard let kiosk = try reader.text(40).flatMap({ KioskID($0) }) else { throw .invalid(.kiosk) }
        guard let kind = try reader.text(EntryKind.maximumLength).flatMap({ EntryKind($0) }) else { throw .invalid(.kind) }
        let epoch = try reader.fixed(Epoch.self)
        guard let id = UUIDv7(octets: try reader.take(16)), id.isWellFormed else { throw .invalid(.identity) }
        let boot = try reader.fixed(BootID.self)
        let sequence = try reader.number(UInt64.self)
        // The store counts in signed 64-bit numbers; a kiosk never gets there.
        guard sequence > 0, sequence <= UInt64(Int64.max) else { throw .invalid(.sequence) }
        let wall = WallTime(milliseconds: Int64(bitPattern: try reader.number(UInt64.self)))
        let monotonic = try reader.number(UInt64.self)
        let day = ServiceDay(number: Int32(bitPattern: try reader.number(UInt32.self)))
        let schema = try reader.number(UInt32.self)
        let previous = try reader.fixed(EntryHash.self)
        guard (sequence == 1) == (previous == .none) else { throw .invalid(.previousHash) }
        let body = EntryPart(length: try reader.number(UInt32.self), hash: try reader.fixed(EntryHash.self))
        let ciphertext = EntryPart(length: try reader.number(UInt32.self), hash: try reader.fixed(EntryHash.self))
        let wrappedKey = try reader.fixed(EntryHash.self)
        try reader.end()

        let isSealed = ciphertext.length > 0
        guard isSealed == (ciphertext.hash != .none) else { throw .invalid(.sealedPart) }
        guard isSealed == (wrappedKey != .none) else { throw .invalid(.wrappedKey) }
        self.init(
            lane: lane, site: site, kiosk: kiosk, kind: kind, epoch: epoch, id: id, sequence: sequence, schema: schema, day: day,
            clock: ClockReading(wall: wall, quality: quality, boot: boot, monotonic: monotonic), previous: previous, body: body,
            sealed: isSealed ? SealedDigest(ciphertext: ciphertext, wrappedKey: wrappedKey) : nil)
    }
}

extension UUIDv7 {
    /// Whether version and variant say what they should (RFC 9562 clause 5.7).
    var isWellFormed: Bool { octets[6] >> 4 == 7 && octets[8] >> 6 == 2 }
}
