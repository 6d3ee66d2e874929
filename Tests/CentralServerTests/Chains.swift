import Crypto
import Foundation
import KioskCore
import SyncProtocol

let sha256 = EntryHasher { octets in EntryHash(octets: Array(SHA256.hash(data: octets)))! }
let today = ServiceDay(number: 20_779)
let noon = WallTime(milliseconds: 20_779 * 86_400_000 + 5 * 3_600_000)

/// A kiosk's journal as a list: writes entries with real hashes and cuts batches from them.
struct SampleKiosk {
    let name: ChainName
    /// Its clock.
    var wall = noon
    private(set) var entries: [Entry] = []

    init(_ kiosk: String = "k1", site: String = "pekanbaru", epoch: UInt8 = 1, lane: Lane = .transactions) {
        name = ChainName(
            site: SiteID(site)!, kiosk: KioskID(kiosk)!, epoch: Epoch(octets: [UInt8](repeating: epoch, count: 16))!, lane: lane)
    }

    var head: ChainPosition {
        entries.last.map { ChainPosition(sequence: $0.header.sequence, hash: $0.chainHash(sha256)) } ?? .start
    }

    mutating func append(_ body: some EntryBody, day: ServiceDay = today) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            append(type(of: body).kind, schema: type(of: body).schema, try encoder.encode(body), day: day)
        } catch {
            preconditionFailure("a body is always JSON: \(error)")
        }
    }

    /// Writes an entry of any kind.
    mutating func append(
        _ kind: EntryKind, schema: UInt32 = 1, _ body: some Sequence<UInt8>, day: ServiceDay = today, sealed: SealedPart? = nil
    ) {
        let (behind, body) = (head, Array(body))
        let header = EntryHeader(
            lane: name.lane, site: name.site, kiosk: name.kiosk, kind: kind, epoch: name.epoch,
            id: UUIDv7(time: noon, random: (behind.sequence, UInt64(body.count))), sequence: behind.sequence + 1, schema: schema, day: day,
            clock: ClockReading(wall: wall, quality: .synchronized, boot: BootID(octets: [UInt8](repeating: 7, count: 16))!, monotonic: 9),
            previous: behind.hash, body: EntryPart(length: UInt32(body.count), hash: sha256(body)),
            sealed: sealed.map {
                SealedDigest(
                    ciphertext: EntryPart(length: UInt32($0.ciphertext.count), hash: sha256($0.ciphertext)),
                    wrappedKey: sha256($0.wrappedKey ?? []))
            })
        entries.append(Entry(header: header, body: body, sealed: sealed))
    }

    /// Forgets what came behind entry `sequence`, as a restored disk does.
    mutating func restore(to sequence: Int) { entries = Array(entries.prefix(sequence)) }

    /// Entries `range`, counted from 1.
    func batch(_ range: ClosedRange<Int>) -> Batch { batch(entries[(range.lowerBound - 1)..<range.upperBound].map(\.octets)) }
    func batch(_ octets: [[UInt8]]) -> Batch { Batch(chain: name, head: head, entries: octets) }
    /// All that it has.
    var whole: Batch { batch(entries.map(\.octets)) }
    /// No entries: a question.
    var call: Batch { batch([]) }
}

// MARK: - What happens to tickets

extension SampleKiosk {
    /// - Parameter id: the ticket's, where it is not its number's.
    mutating func issue(
        _ ticket: Int, as id: Int? = nil, agency: String = "dpmptsp", service: String = "perizinan", day: ServiceDay = today
    ) {
        append(
            TicketIssued(
                ticket: Self.ticket(id ?? ticket), number: "KKA-\(ticket)", series: "KKA", ordinal: ticket, agency: agency,
                service: service,
                channel: "touch", claim: "0123456789", sealed: []), day: day)
    }

    mutating func deliver(_ ticket: Int, by: String = "paper") {
        append(TicketDelivered(ticket: Self.ticket(ticket), number: "KKA-\(ticket)", by: by))
    }

    mutating func void(_ ticket: Int) { append(TicketVoid(ticket: Self.ticket(ticket), number: "KKA-\(ticket)", reason: "print-failed")) }

    mutating func copy(_ ticket: Int, _ number: Int) {
        append(PrintRequested(print: "\(Self.ticket(ticket)).\(number)", ticket: Self.ticket(ticket), copy: number))
    }

    mutating func settle(_ ticket: Int, copy: Int = 1, _ outcome: String) {
        append(
            PrintSettled(
                print: "\(Self.ticket(ticket)).\(copy)", ticket: Self.ticket(ticket), copy: copy, outcome: outcome, reason: nil, detail: "")
        )
    }

    /// A whole visit whose sheet comes out: three entries.
    mutating func visit(_ ticket: Int, agency: String = "dpmptsp", service: String = "perizinan") {
        issue(ticket, agency: agency, service: service)
        settle(ticket, "printed")
        deliver(ticket)
    }

    static func ticket(_ number: Int) -> String {
        let digits = String(number)
        return "01K" + String(repeating: "0", count: 23 - digits.count) + digits
    }
}
