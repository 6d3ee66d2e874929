import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// What came of one batch, once it is stored.
public struct IngestResult: Hashable, Sendable {
    /// What the kiosk is told.
    public var acknowledgement: Acknowledgement
    /// How many entries were not here before.
    public var stored: Int
    /// How many entries were put aside that had not been before.
    public var aside: Int
    /// The fault was not known before; a kiosk repeats itself, an incident is news once.
    public var isNews: Bool
    /// Why entries that were stored were not understood, for the log.
    public var unread: [String]
    /// What else is to be logged.
    public var notes: [String] = []
}

/// What comes with a batch besides its octets.
public struct Contact: Hashable, Sendable {
    /// When it came, by the centre's clock.
    public var now: WallTime
    /// For how long the oldest entry that is not here has been waiting, as the kiosk says; `nil` when it has none, or does not say.
    public var waiting: Duration?
    /// What the kiosk was told before; `nil` when it does not say.
    public var told: Told?

    public init(at now: WallTime, waiting: Duration? = nil, told: Told? = nil) {
        self.now = now
        self.waiting = waiting
        self.told = told
    }
}

/// Takes one batch into the store, within one transaction.
final class Intake {
    private let batch: Batch
    private let contact: Contact
    private let sha256: EntryHasher
    private let database: Database
    private let incidents: Incidents
    private let losses: Losses
    private let projection: TicketProjection
    private var cursor: ChainCursor
    /// Something of this chain was put aside before.
    private let hasAside: Bool
    private var result: IngestResult

    init(_ batch: Batch, _ contact: Contact, sha256: EntryHasher, in database: Database) throws {
        self.batch = batch
        self.contact = contact
        self.sha256 = sha256
        self.database = database
        incidents = Incidents(chain: batch.chain, now: contact.now, database: database)
        losses = Losses(chain: batch.chain, now: contact.now, database: database)
        projection = TicketProjection(batch.chain, at: contact.now, in: database)
        cursor = try ChainCursor(batch.chain, in: database)
        hasAside = try database.row("SELECT 1 FROM quarantine WHERE \(ChainName.keyMatches) LIMIT 1", batch.chain.key) != nil
        result = IngestResult(
            acknowledgement: .init(epoch: batch.chain.epoch, lane: batch.chain.lane, position: .start), stored: 0, aside: 0, isNews: false,
            unread: [])
    }

    func run() throws -> IngestResult {
        // Of a kiosk whose journal begins anew: what it issued before.
        let earlier = cursor.position == .start ? try ends() : nil
        result.notes += try losses.notice(contact.told, cursor).map { [$0] } ?? []
        var answer = try BatchIntake(batch, into: self, backedUp: losses.backedUp, sha256: sha256).run()
        try projection.finish()
        cursor.position = answer.position
        cursor.head = max(cursor.head, batch.head.sequence, answer.upto)
        try cursor.store(contact: contact.now, waiting: contact.waiting, in: database)
        try incidents.resolveGaps(upto: answer.upto)
        try losses.settle(upto: answer.upto)
        answer.safe = try ChainCursor.safe(batch.chain, in: database).map(Acknowledgement.Mark.init)
        answer.clock = contact.now.milliseconds
        // One that has less than it had, or another history, has forgotten numbers that it gave.
        let hasForgotten = batch.head.sequence < answer.upto || answer.fault != nil || answer.newEpoch == true
        answer.numbers = try earlier ?? (hasForgotten ? ends() : nil)
        result.acknowledgement = answer
        return result
    }

    /// The last numbers of this kiosk, where there are any.
    private func ends() throws -> [SeriesEnd]? {
        guard batch.chain.lane == .transactions else { return nil }
        let ends = try NumberBook(database).ends(of: batch.chain, at: contact.now)
        return ends.isEmpty ? nil : ends
    }
}

extension Intake: ChainCopy {
    var position: ChainPosition { cursor.position }

    func hash(at sequence: UInt64) throws -> EntryHash? { try ChainCursor.storedHash(batch.chain, sequence, in: database) }

    func store(_ entry: Entry, _ hash: EntryHash) throws {
        try entry.store(batch.chain, hash, received: contact.now, in: database)
        result.stored += 1
        guard let unread = try projection.take(entry) else { return }
        try unread.store(entry, batch.chain, in: database)
        result.unread.append("entry \(entry.header.sequence) (\(entry.header.kind)): \(unread.reason)")
    }

    func bury(_ octets: [UInt8], _ link: ChainLink, _ reason: EntryError) throws {
        try database.run(
            """
            INSERT INTO dead_letters (site, kiosk, epoch, lane, seq, octets, hash, reason, received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            batch.chain.key + [
                Int64(link.sequence), Data(octets), Data(link.hash.octets), reason.description, contact.now.milliseconds,
            ])
        result.stored += 1
        result.unread.append("entry \(link.sequence): \(reason)")
    }

    func putAside(_ octets: [UInt8], _ place: ChainPosition?, _ fault: Acknowledgement.Fault) throws {
        try database.run(
            """
            INSERT INTO quarantine (site, kiosk, epoch, lane, sha256, code, seq, octets, received, hash, place)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            batch.chain.key + [
                Data(sha256(octets).octets), fault.code.rawValue, Int64(fault.sequence), Data(octets), contact.now.milliseconds,
                place.map { Data($0.hash.octets) }, place.map { Int64($0.sequence) },
            ])
        result.aside += database.changesCount
    }

    func refile(otherThan position: ChainPosition, as fork: Acknowledgement.Fault) throws -> Bool {
        guard hasAside else { return false }
        try database.run(
            """
            UPDATE quarantine SET code = 'fork', seq = ? WHERE \(ChainName.keyMatches) AND code = 'gap' AND place = ? AND hash <> ?
            """,
            [Int64(fork.sequence)] + batch.chain.key + [Int64(position.sequence), Data(position.hash.octets)])
        return database.changesCount > 0
    }

    func note(_ fault: Acknowledgement.Fault) throws {
        // Of what the store lost there is an incident already, for all of the chain.
        if fault.code == .lost { return }
        if fault.code == .fork {
            // By its end alone a history was known to be another one; now it is known where the two part.
            try database.run(
                """
                DELETE FROM incidents WHERE \(ChainName.keyMatches) AND code = ? AND seq > ? AND NOT EXISTS (
                    SELECT 1 FROM quarantine AS kept WHERE kept.site = incidents.site AND kept.kiosk = incidents.kiosk
                        AND kept.epoch = incidents.epoch AND kept.lane = incidents.lane AND kept.code = incidents.code
                        AND kept.seq = incidents.seq)
                """, batch.chain.key + [fault.code.rawValue, Int64(fault.sequence)])
        }
        result.isNews = try incidents.note(.init(fault.code), at: fault.sequence, fault.detail)
    }

    func incident(ofAside hash: EntryHash) throws -> Acknowledgement.Fault? {
        let row = try database.row(
            """
            SELECT incidents.code, incidents.seq, incidents.detail FROM quarantine JOIN incidents USING (site, kiosk, epoch, lane, code, seq)
            WHERE \(ChainName.keyMatches) AND hash = ? ORDER BY code <> 'fork' LIMIT 1
            """, batch.chain.key + [Data(hash.octets)])
        return try row.map { row in
            guard let code = Acknowledgement.Fault.Code(rawValue: row["code"]) else {
                throw StoreError(
                    .newer, "an incident has the code \(row["code"] as String), which only a newer version knows; use that one")
            }
            return .init(code: code, sequence: UInt64(row["seq"] as Int64), detail: row["detail"])
        }
    }

    func link(ofAside hash: EntryHash) throws -> ChainLink? {
        let row = try database.row(
            "SELECT octets FROM quarantine WHERE \(ChainName.keyMatches) AND hash = ? LIMIT 1", batch.chain.key + [Data(hash.octets)])
        return row.flatMap { ChainLink(aside: [UInt8]($0["octets"] as Data), sha256) }
    }

    var hasPlacelessAside: Bool {
        get throws {
            try database.row("SELECT 1 FROM quarantine WHERE \(ChainName.keyMatches) AND place IS NULL LIMIT 1", batch.chain.key) != nil
        }
    }

    func isBroken(behind position: ChainPosition) throws -> Bool {
        try database.row(
            """
            SELECT 1 FROM incidents WHERE \(ChainName.keyMatches)
                AND (code = 'fork' OR (code IN ('changed', 'unreadable') AND times > 1 AND seq > ?)) LIMIT 1
            """, batch.chain.key + [Int64(position.sequence)]) != nil
    }
}
