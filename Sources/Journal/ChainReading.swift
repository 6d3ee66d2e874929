import Foundation
import GRDB
import SyncProtocol

/// Reads chains as they are stored.
enum ChainReading {
    /// Up to `limit` entries behind `sequence` with the chain hashes stored beside them.
    static func entries(
        after sequence: UInt64, lane: Lane, limit: Int, in database: Database
    ) throws -> [(entry: Entry, hash: EntryHash)] {
        try rows(after: sequence, lane: lane, limit: limit, in: database).map { try read($0, lane) }
    }

    /// The same up to the first that cannot be read, so that the sound ones before it are not held up; throws when it is the very first.
    static func readable(after sequence: UInt64, lane: Lane, limit: Int, in database: Database) throws -> [Entry] {
        var entries: [Entry] = []
        for row in try rows(after: sequence, lane: lane, limit: limit, in: database) {
            do {
                entries.append(try read(row, lane).entry)
            } catch {
                guard entries.isEmpty else { break }
                throw error
            }
        }
        return entries
    }

    private static func rows(after sequence: UInt64, lane: Lane, limit: Int, in database: Database) throws -> [Row] {
        try database.rows(
            "SELECT seq, header, body, sealed, wrapped_key, hash FROM entries WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?",
            [Int(lane.rawValue), Int64(clamping: sequence), limit])
    }

    private static func read(_ row: Row, _ lane: Lane) throws -> (entry: Entry, hash: EntryHash) {
        do throws(EntryError) {
            let header = try EntryHeader(decoding: octets(row["header"]))
            let key = (row["wrapped_key"] as Data?).map(octets)
            let sealed = (row["sealed"] as Data?).map { SealedPart(ciphertext: octets($0), wrappedKey: key) }
            guard let hash = EntryHash(octets: octets(row["hash"])) else { throw .invalid(.previousHash) }
            return (Entry(header: header, body: octets(row["body"]), sealed: sealed), hash)
        } catch {
            throw JournalError(.corrupted, JournalError.damaged("entry \(row["seq"] as Int64) of the \(lane) lane", "\(error)"))
        }
    }

    /// Where the chain stands at `sequence`, as stored.
    static func position(at sequence: UInt64, _ lane: Lane, in database: Database) throws -> ChainPosition {
        guard sequence > 0 else { return .start }
        guard let last = try entries(after: sequence - 1, lane: lane, limit: 1, in: database).first else { return .start }
        return ChainPosition(sequence: last.entry.header.sequence, hash: last.hash)
    }

    /// Takes the verifier up to `limit` entries further; returns how many there were.
    @discardableResult
    static func verify(_ verifier: inout ChainVerifier, limit: Int, in database: Database) throws -> Int {
        let portion = try entries(after: verifier.position.sequence, lane: verifier.name.lane, limit: limit, in: database)
        for (entry, hash) in portion {
            do throws(ChainFault) {
                try verifier.verify(entry, recordedAs: hash)
            } catch {
                throw JournalError(.corrupted, JournalError.damaged("the \(verifier.name.lane) lane of the journal", "\(error)"))
            }
        }
        return portion.count
    }

    private static func octets(_ data: Data) -> [UInt8] { [UInt8](data) }
}
