import Foundation
import GRDB
import KioskCore
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
}

/// Takes one batch into the store, within one transaction.
struct Intake {
    private let batch: Batch
    private let now: WallTime
    private let sha256: EntryHasher
    private let database: Database
    private let incidents: Incidents

    init(_ batch: Batch, at now: WallTime, sha256: EntryHasher, in database: Database) {
        self.batch = batch
        self.now = now
        self.sha256 = sha256
        self.database = database
        incidents = Incidents(chain: batch.chain, now: now, database: database)
    }

    func run() throws -> IngestResult {
        var cursor = try ChainCursor(batch.chain, in: database)
        var chain = ChainIntake(batch.chain, from: cursor.position, sha256: sha256)
        let projection = TicketProjection(batch.chain, incidents, in: database)
        var result = IngestResult(
            acknowledgement: .init(epoch: batch.chain.epoch, lane: batch.chain.lane, position: .start), stored: 0, aside: 0, isNews: false,
            unread: [])
        var fault: Acknowledgement.Fault?
        for (index, octets) in batch.entries.enumerated() {
            let (verdict, entry) = try chain.take(octets, stored: storedHash)
            switch verdict {
            case .known: continue
            case .new(let hash):
                guard let entry else { throw StoreError(.failed, "an entry was found good without having been read") }
                try store(entry, hash)
                result.stored += 1
                if let reason = try projection.take(entry) { result.unread.append(try note(entry, unread: reason)) }
            case .fault(let found):
                fault = found
                result.isNews = try note(found)
                result.aside = try putAside(batch.entries[index...], found)
            }
            if fault != nil { break }
        }
        cursor.position = chain.position
        cursor.head = max(cursor.head, batch.head.sequence, chain.position.sequence)
        try cursor.store(contact: now, in: database)
        if fault == nil, let fork = try forkedHead(cursor.position) {
            fault = fork
            result.isNews = try note(fork)
        }
        try incidents.resolveGaps(upto: cursor.position.sequence)
        result.acknowledgement = Acknowledgement(
            epoch: batch.chain.epoch, lane: batch.chain.lane, position: cursor.position, fault: fault)
        return result
    }

    private func storedHash(_ sequence: UInt64) throws -> EntryHash? {
        try ChainCursor.storedHash(batch.chain, sequence, in: database)
    }

    private func store(_ entry: Entry, _ hash: EntryHash) throws {
        try database.run(
            """
            INSERT INTO entries (site, kiosk, epoch, lane, seq, header, body, sealed, wrapped_key, hash, received)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            batch.chain.key + [
                Int64(entry.header.sequence), Data(entry.header.octets), Data(entry.body), entry.sealed.map { Data($0.ciphertext) },
                entry.sealed?.wrappedKey.map { Data($0) }, Data(hash.octets), now.milliseconds,
            ])
    }

    /// Returns a line for the log.
    private func note(_ entry: Entry, unread reason: String) throws -> String {
        let header = entry.header
        try database.run(
            "INSERT INTO unread (site, kiosk, epoch, lane, seq, kind, schema, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            batch.chain.key + [Int64(header.sequence), header.kind.rawValue, Int64(header.schema), reason])
        return "entry \(header.sequence) (\(header.kind)): \(reason)"
    }
}

// MARK: - What does not fit

extension Intake {
    /// Keeps `entries`. Returns how many of them were not kept before.
    private func putAside(_ entries: ArraySlice<[UInt8]>, _ fault: Acknowledgement.Fault) throws -> Int {
        var count = 0
        for octets in entries {
            try database.run(
                """
                INSERT INTO quarantine (site, kiosk, epoch, lane, sha256, code, seq, octets, received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                batch.chain.key + [
                    Data(sha256(octets).octets), fault.code.rawValue, Int64(fault.sequence), Data(octets), now.milliseconds,
                ])
            count += database.changesCount
        }
        return count
    }

    private func note(_ fault: Acknowledgement.Fault) throws -> Bool {
        try incidents.note(.init(fault.code), at: fault.sequence, fault.detail)
    }

    /// A kiosk whose last entry is another than the one stored in its place has another history, also when it sends nothing.
    private func forkedHead(_ position: ChainPosition) throws -> Acknowledgement.Fault? {
        let head = batch.head
        guard head.sequence > 0, head.sequence <= position.sequence, try storedHash(head.sequence) != head.hash else { return nil }
        return Acknowledgement.Fault(.fork(sequence: head.sequence), at: head.sequence)
    }
}
