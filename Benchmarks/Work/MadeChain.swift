import Crypto
import Foundation
import KioskCore
import SyncProtocol
import SyncTransport
import Synchronization

/// A day's transactions of a kiosk without a journal: whole visits, made anew whenever they are asked for, so that the backlogs of
/// thousands of kiosks take no memory. Every hash is a real one.
final class MadeChain: ShippedChain {
    /// The bodies that every made kiosk shares; only headers tell them apart, so each kiosk is of a site of its own.
    struct Bodies: Sendable {
        struct One: Sendable {
            var kind: EntryKind
            var octets: [UInt8]
            var part: EntryPart
        }
        let all: [One]

        /// As a ticket goes: issued, printed, delivered.
        init(count: Int) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            func one<Body: EntryBody>(_ body: Body) throws -> One {
                let octets = [UInt8](try encoder.encode(body))
                return One(kind: Body.kind, octets: octets, part: EntryPart(length: UInt32(octets.count), hash: sha256(octets)))
            }
            all = try (0..<count).map { index in
                let ordinal = index / 3 + 1
                let ticket = String(format: "01K%023d", ordinal)
                let number = String(format: "KKA-%03d", ordinal)
                return switch index % 3 {
                case 0:
                    try one(
                        TicketIssued(
                            ticket: ticket, number: number, series: "KKA", ordinal: ordinal, agency: "disdukcapil",
                            service: "kartu-keluarga", channel: "touch", claim: "01K4Z9QW3E7RTY2", sealed: []))
                case 1:
                    try one(
                        PrintSettled(
                            print: "\(ticket).1", ticket: ticket, copy: 1, outcome: "printed", reason: nil,
                            detail: "the printer answered the process id"))
                default: try one(TicketDelivered(ticket: ticket, number: number, by: "paper"))
                }
            }
        }
    }

    let name: ChainName
    private let bodies: Bodies
    private let onRequest: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var acknowledged = ChainPosition.start
        /// Where batches ended, and the chain does: what a centre names in its answers.
        var marks: [UInt64: EntryHash] = [:]
    }

    /// - Parameter onRequest: told whenever a batch is taken out to be sent.
    init(_ number: Int, _ bodies: Bodies, onRequest: @escaping @Sendable () -> Void = {}) {
        guard let site = SiteID("mpp-\(number)"), let kiosk = KioskID("kiosk-1"),
            let epoch = Epoch(octets: Array("made".utf8) + withUnsafeBytes(of: UInt64(number).bigEndian, Array.init) + [0, 0, 0, 1])
        else { preconditionFailure("These are names") }
        name = ChainName(site: site, kiosk: kiosk, epoch: epoch, lane: .transactions)
        self.bodies = bodies
        self.onRequest = onRequest
    }

    static let hasher = EntryHasher(sha256: sha256)

    /// Goes through the entries up to `last`, from the first.
    private func make(upto last: Int, _ body: (Entry, EntryHash) -> Void) {
        var previous = EntryHash.none
        guard let boot = BootID(octets: name.epoch.octets) else { preconditionFailure("Both have 16 octets") }
        for (index, part) in bodies.all.prefix(last).enumerated() {
            let header = EntryHeader(
                lane: .transactions, site: name.site, kiosk: name.kiosk, kind: part.kind, epoch: name.epoch,
                id: UUIDv7(time: WallTime(milliseconds: 1_795_000_000_000), random: (UInt64(index) & 0xFFF, 7)),
                sequence: UInt64(index + 1),
                schema: 1, day: ServiceDay(number: 20_778),
                clock: ClockReading(
                    wall: WallTime(milliseconds: 1_795_000_000_000), quality: .synchronized, boot: boot, monotonic: UInt64(index)),
                previous: previous, body: part.part, sealed: nil)
            let entry = Entry(header: header, body: part.octets, sealed: nil)
            previous = entry.chainHash(Self.hasher)
            body(entry, previous)
        }
    }

    private func remember(_ sequence: UInt64) -> EntryHash? {
        if let known = state.withLock({ $0.marks[sequence] }) { return known }
        var last: EntryHash?
        guard sequence <= UInt64(bodies.all.count) else { return nil }
        make(upto: Int(sequence)) { _, hash in last = hash }
        state.withLock { $0.marks[sequence] = last }
        return last
    }

    func head() -> ChainPosition {
        let sequence = UInt64(bodies.all.count)
        return ChainPosition(sequence: sequence, hash: remember(sequence) ?? .none)
    }

    func acknowledged() -> ChainPosition { state.withLock(\.acknowledged) }
    func safe() -> ChainPosition { .start }
    func hashes(of sequences: Set<UInt64>) -> [UInt64: EntryHash] {
        sequences.reduce(into: [:]) { $0[$1] = remember($1) }
    }

    func batch(after position: ChainPosition, limit: Int) -> Batch {
        onRequest()
        return made(after: position, limit: limit)
    }

    private func made(after position: ChainPosition, limit: Int) -> Batch {
        var (entries, octets): ([[UInt8]], Int) = ([], 0)
        let last = min(bodies.all.count, Int(position.sequence) + min(limit, Batch.maximumEntries))
        var end: ChainPosition?
        var isFull = false
        make(upto: last) { entry, hash in
            guard entry.header.sequence > position.sequence, !isFull else { return }
            let shipped = entry.octets
            octets += shipped.count
            isFull = octets > Batch.maximumOctets && !entries.isEmpty
            guard !isFull else { return }
            entries.append(shipped)
            end = ChainPosition(sequence: entry.header.sequence, hash: hash)
        }
        if let end { state.withLock { $0.marks[end.sequence] = end.hash } }
        return Batch(chain: name, head: head(), entries: entries)
    }

    func waiting() -> Duration? { .seconds(86_400) }
    func acknowledge(_ position: ChainPosition) { state.withLock { $0.acknowledged = position } }
    func markSafe(_ position: ChainPosition) {}
    func changes() -> AsyncStream<Void> { AsyncStream { $0.yield(()) } }
}

private func sha256(_ octets: [UInt8]) -> EntryHash { EntryHash(octets: Array(SHA256.hash(data: octets))) ?? .none }
