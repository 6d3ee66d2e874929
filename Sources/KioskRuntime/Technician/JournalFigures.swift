import Foundation
public import Journal
import KioskCore
public import SyncProtocol

/// How full a journal is and how far its chains have got: `GET /v1/journal` on the technician socket, as JSON in snake case.
public struct JournalFigures: Hashable, Sendable, Codable {
    public var site: String
    public var kiosk: String
    /// The present one.
    public var epoch: Epoch
    public var run: Int
    /// Octets in use, octets that it may have, octets free on its file system, and of those set aside for a full disk.
    public var size: Int64
    public var capacity: Int64
    public var freeSpace: Int64
    public var ballast: Int64
    public var tickets: Int
    public var openPrints: Int
    /// Why no ticket would be accepted now.
    public var refusal: String?
    /// Why the clock is not believed.
    public var clock: String?
    /// The oldest epoch first.
    public var chains: [Chain]

    public struct Chain: Hashable, Sendable, Codable {
        public var epoch: Epoch
        /// ``Lane/description``.
        public var lane: String
        /// Why this epoch began; empty for the first.
        public var reason: String
        /// The first and the last entry that are kept; the first is behind the last where there is none.
        public var first: UInt64
        public var last: UInt64
        public var hash: EntryHash
        /// What the centre has, and what it has in a backup too.
        public var acknowledged: UInt64
        public var safe: UInt64
        public var waiting: UInt64
        /// When the oldest of the waiting ones was written.
        public var oldestWaiting: String?
        /// Telemetry that was left out for want of room.
        public var unrecorded: Int
    }
}

/// One entry for people: an element of `GET /v1/journal/entries`. Without its personal part, of which it only says whether it is there.
public struct EntryFacts: Hashable, Sendable, Codable {
    /// What is left of a personal part.
    public enum Personal: String, Hashable, Sendable, Codable {
        case none, sealed
        /// Its key was destroyed.
        case erased
        /// It was dropped here, because the centre has it in a backup.
        case pruned
    }

    public var epoch: Epoch
    public var lane: String
    public var sequence: UInt64
    /// The wall clock, ISO 8601 in UTC.
    public var time: String
    /// The service day, `YYYY-MM-DD`.
    public var day: String
    public var kind: String
    public var personal: Personal
    /// The chain hash.
    public var hash: EntryHash
    /// Compact JSON.
    public var body: String

    public init(_ entry: Entry) {
        let header = entry.header
        epoch = header.epoch
        lane = header.lane.description
        sequence = header.sequence
        time = header.clock.wall.iso
        day = header.day.description
        kind = header.kind.rawValue
        personal =
            switch (header.sealed, entry.sealed) {
            case (nil, _): .none
            case (_, nil): .pruned
            case (_, let part?): part.wrappedKey == nil ? .erased : .sealed
            }
        hash = entry.chainHash(.swiftCrypto)
        body = String(decoding: entry.body, as: UTF8.self)
    }
}

/// What became of one acknowledgement that was brought by hand: an element of the answer to `POST /v1/journal/acknowledgements`.
public struct AcknowledgementReceipt: Hashable, Sendable, Codable {
    public var epoch: Epoch
    public var lane: String
    public var upto: UInt64
    /// Of a journal that is not this one; nothing was done with it.
    public var isOfAnother = false
    /// Why it was not taken; nil when it was.
    public var refusal: String?
}

extension JournalFigures {
    /// - Parameters:
    ///   - refusal: why no ticket would be accepted now.
    ///   - clock: why the clock is not believed.
    public init(_ stats: JournalStats, refusal: JournalError?, clock: ClockDoubt?) {
        self.init(
            site: stats.site.rawValue, kiosk: stats.kiosk.rawValue, epoch: stats.epoch, run: stats.run, size: stats.size,
            capacity: stats.capacity, freeSpace: stats.freeSpace, ballast: stats.ballast, tickets: stats.tickets,
            openPrints: stats.openPrints, refusal: refusal?.detail, clock: clock?.description,
            chains: stats.chains.map { chain in
                Chain(
                    epoch: chain.name.epoch, lane: chain.name.lane.description, reason: chain.reason, first: chain.anchor.sequence + 1,
                    last: chain.head.sequence, hash: chain.head.hash, acknowledged: chain.acknowledged.sequence,
                    safe: chain.safe.sequence, waiting: chain.waiting, oldestWaiting: chain.oldestWaiting?.iso,
                    unrecorded: chain.unrecorded)
            })
    }
}
