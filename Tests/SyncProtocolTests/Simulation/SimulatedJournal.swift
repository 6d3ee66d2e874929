import KioskCore

@testable import SyncProtocol

/// A kiosk's disk: what survives a crash, and what a copy of the disk holds.
struct SimulatedJournal {
    /// One life of the journal; the last is the current one.
    var chains: [Chain]

    struct Chain {
        let name: ChainName
        /// Behind ``pruned`` entries that are gone.
        var entries: [Stored] = []
        var pruned = 0
        var acknowledged = ChainPosition.start
        var safe = ChainPosition.start
        var head = ChainPosition.start
    }

    struct Stored {
        /// Unique in the whole world.
        var number: Int
        var octets: [UInt8]
        var hash: EntryHash
    }
}

extension SimulatedJournal.Chain {
    func hash(at sequence: UInt64) -> EntryHash? {
        let index = Int(sequence) - pruned - 1
        return entries.indices.contains(index) ? entries[index].hash : nil
    }

    /// Whether it is this journal's own, as far as it remembers.
    func isOwn(_ position: ChainPosition) -> Bool {
        [.start, acknowledged, safe].contains(position) || hash(at: position.sequence) == position.hash
    }

    func batch(after position: ChainPosition, limit: Int) -> Batch {
        let first = max(0, Int(position.sequence) - pruned)
        return Batch(chain: name, head: head, entries: entries.dropFirst(first).prefix(limit).map(\.octets))
    }

    /// - Parameter isPoison: written in a way that the centre cannot read, but in its place.
    mutating func append(_ number: Int, wall: Int64, isPoison: Bool) {
        let body = Array("{\"n\":\(number)}".utf8)
        let header = EntryHeader(
            lane: name.lane, site: name.site, kiosk: name.kiosk, kind: .ticketIssued, epoch: name.epoch,
            id: UUIDv7(time: WallTime(milliseconds: max(0, wall)), random: (1, UInt64(number))), sequence: head.sequence + 1, schema: 1,
            day: ServiceDay(number: 20_779),
            clock: ClockReading(
                wall: WallTime(milliseconds: wall), quality: .free, boot: BootID(octets: name.epoch.octets)!, monotonic: UInt64(number)),
            previous: head.hash, body: EntryPart(length: UInt32(body.count), hash: sha256(body)), sealed: nil)
        var raw = header.octets
        if isPoison { raw[6] = 9 }
        var writer = OctetWriter(capacity: 512)
        for part in [raw, body, [], []] { writer.put(prefixed: part) }
        head = ChainPosition(sequence: head.sequence + 1, hash: sha256(raw))
        entries.append(SimulatedJournal.Stored(number: number, octets: writer.octets, hash: head.hash))
    }
}
