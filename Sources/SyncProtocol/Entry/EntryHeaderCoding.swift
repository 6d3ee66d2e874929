import KioskCore

extension EntryHeader {
    static let magic = Array("ANJE".utf8)
    static let version: UInt8 = 1

    /// The 336 octets of the table above. Every header has exactly one encoding.
    public var octets: [UInt8] {
        var octets = sealingContext
        octets.appendBigEndian(sealed?.ciphertext.length ?? 0)
        octets += (sealed?.ciphertext.hash ?? .none).octets
        octets += (sealed?.wrappedKey ?? .none).octets
        return octets
    }

    /// The first 268 octets: what the sealed part is authenticated with, so that it opens in its own entry only.
    public var sealingContext: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(Self.size)
        octets += Self.magic
        octets.append(Self.version)
        octets.append(lane.rawValue)
        octets.append(clock.quality.rawValue)
        octets.append(0)
        octets.append(site.rawValue, filling: 40)
        octets.append(kiosk.rawValue, filling: 40)
        octets.append(kind.rawValue, filling: EntryKind.maximumLength)
        octets += epoch.octets
        octets += id.octets
        octets += clock.boot.octets
        octets.appendBigEndian(sequence)
        octets.appendBigEndian(UInt64(bitPattern: clock.wall.milliseconds))
        octets.appendBigEndian(clock.monotonic)
        octets.appendBigEndian(UInt32(bitPattern: day.number))
        octets.appendBigEndian(schema)
        octets += previous.octets
        octets.appendBigEndian(body.length)
        octets += body.hash.octets
        return octets
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
