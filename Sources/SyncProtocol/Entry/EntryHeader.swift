public import KioskCore

/// The fixed part of a journal entry, version 1: 336 octets, numbers big-endian.
///
/// | offset | octets | field |
/// |-------:|-------:|-------|
/// |   0 |  4 | `ANJE` |
/// |   4 |  1 | format of this header: 1 |
/// |   5 |  1 | ``Lane``: 1 transactions, 2 telemetry |
/// |   6 |  1 | ``ClockQuality``: 0 unknown, 1 free, 2 synchronized |
/// |   7 |  1 | 0 |
/// |   8 | 40 | site, ASCII, filled up with 0 |
/// |  48 | 40 | kiosk, ASCII, filled up with 0 |
/// |  88 | 32 | kind, ASCII, filled up with 0 |
/// | 120 | 16 | epoch, random per journal life |
/// | 136 | 16 | the entry's UUIDv7 |
/// | 152 | 16 | boot id |
/// | 168 |  8 | sequence in the lane, from 1, without gaps |
/// | 176 |  8 | wall clock, milliseconds since 1970-01-01T00:00:00Z, signed |
/// | 184 |  8 | monotonic time, milliseconds since that boot |
/// | 192 |  4 | service day, days since 1970-01-01, signed |
/// | 196 |  4 | schema version of the body |
/// | 200 | 32 | chain hash of the entry before, zeros for the first |
/// | 232 |  4 | length of the body |
/// | 236 | 32 | SHA-256 of the body |
/// | 268 |  4 | length of the sealed part, 0 without one |
/// | 272 | 32 | SHA-256 of the sealed part (ciphertext), zeros without one |
/// | 304 | 32 | SHA-256 of its wrapped data key, zeros without one |
///
/// The first 268 octets are what the sealed part is bound to (``sealingContext``): all that is known before sealing.
/// The key's hash stands apart, and its length is not told, so that a destroyed key leaves the chain verifiable.
public struct EntryHeader: Hashable, Sendable {
    public static let size = 336
    public static let contextSize = 268

    public var lane: Lane
    public var site: SiteID
    public var kiosk: KioskID
    public var kind: EntryKind
    public var epoch: Epoch
    public var id: UUIDv7
    /// From 1, per lane and epoch.
    public var sequence: UInt64
    /// Of the body's fields, from 1; additive.
    public var schema: UInt32
    public var day: ServiceDay
    public var clock: ClockReading
    public var previous: EntryHash
    public var body: EntryPart
    public var sealed: SealedDigest?

    public init(
        lane: Lane, site: SiteID, kiosk: KioskID, kind: EntryKind, epoch: Epoch, id: UUIDv7, sequence: UInt64, schema: UInt32,
        day: ServiceDay, clock: ClockReading, previous: EntryHash, body: EntryPart, sealed: SealedDigest?
    ) {
        self.lane = lane
        self.site = site
        self.kiosk = kiosk
        self.kind = kind
        self.epoch = epoch
        self.id = id
        self.sequence = sequence
        self.schema = schema
        self.day = day
        self.clock = clock
        self.previous = previous
        self.body = body
        self.sealed = sealed
    }
}

extension EntryHeader {
    /// The chain that it is part of.
    public var chain: ChainName { ChainName(site: site, kiosk: kiosk, epoch: epoch, lane: lane) }
}

/// The time of an entry, by both clocks. Entries are ordered by sequence, never by this.
public struct ClockReading: Hashable, Sendable {
    public var wall: WallTime
    public var quality: ClockQuality
    public var boot: BootID
    /// Milliseconds since that boot, including sleep.
    public var monotonic: UInt64

    public init(wall: WallTime, quality: ClockQuality, boot: BootID, monotonic: UInt64) {
        self.wall = wall
        self.quality = quality
        self.boot = boot
        self.monotonic = monotonic
    }
}

extension ClockReading {
    /// How long ago `earlier` was; by the wall clocks, which may have been set meanwhile, only where the machine was started anew.
    public func since(_ earlier: ClockReading) -> Duration {
        let milliseconds =
            boot == earlier.boot
            ? Int64(clamping: monotonic) - Int64(clamping: earlier.monotonic)
            : wall.milliseconds.subtractingClamped(earlier.wall.milliseconds)
        return .milliseconds(max(0, milliseconds))
    }
}

extension Int64 {
    fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? 0 : difference
    }
}

/// The length and hash by which a header knows a part of its entry.
public struct EntryPart: Hashable, Sendable {
    public var length: UInt32
    public var hash: EntryHash

    public init(length: UInt32, hash: EntryHash) {
        self.length = length
        self.hash = hash
    }
}

/// By what a header knows its sealed part.
public struct SealedDigest: Hashable, Sendable {
    public var ciphertext: EntryPart
    public var wrappedKey: EntryHash

    public init(ciphertext: EntryPart, wrappedKey: EntryHash) {
        self.ciphertext = ciphertext
        self.wrappedKey = wrappedKey
    }
}
