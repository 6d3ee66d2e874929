import Foundation
import GRDB
import SyncProtocol

/// Reads chains as they are stored.
enum ChainReading {
    /// Up to `limit` entries behind `sequence` with the chain hashes stored beside them.
    static func entries(
        after sequence: UInt64, of chain: ChainNumber, limit: Int, in database: Database
    ) throws -> [(entry: Entry, hash: EntryHash)] {
        try rows(after: sequence, of: chain, limit: limit, in: database).map { try read($0, chain) }
    }

    /// The same up to the first that cannot be read, so that the sound ones before it are not held up; throws when it is the very first.
    static func readable(after sequence: UInt64, of chain: ChainNumber, limit: Int, in database: Database) throws -> [Entry] {
        var entries: [Entry] = []
        for row in try rows(after: sequence, of: chain, limit: limit, in: database) {
            do {
                entries.append(try read(row, chain).entry)
            } catch {
                guard entries.isEmpty else { break }
                throw error
            }
        }
        return entries
    }

    private static func rows(after sequence: UInt64, of chain: ChainNumber, limit: Int, in database: Database) throws -> [Row] {
        try database.rows(
            "SELECT seq, header, body, sealed, wrapped_key, hash FROM entries WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?",
            [chain.rawValue, Int64(clamping: sequence), limit])
    }

    private static func read(_ row: Row, _ chain: ChainNumber) throws -> (entry: Entry, hash: EntryHash) {
        do throws(EntryError) {
            let key = (row["wrapped_key"] as Data?).map(octets)
            let sealed = (row["sealed"] as Data?).map { SealedPart(ciphertext: octets($0), wrappedKey: key) }
            guard let hash = EntryHash(octets: octets(row["hash"])) else { throw .invalid(.previousHash) }
            return (try Entry(decodingHeader: octets(row["header"]), body: octets(row["body"]), sealed: sealed), hash)
        } catch {
            throw JournalError(.corrupted, JournalError.damaged("entry \(row["seq"] as Int64) of the \(chain.lane) lane", "\(error)"))
        }
    }

    /// Takes the verifier up to `limit` entries further; returns how many there were.
    @discardableResult
    static func verify(_ verifier: inout ChainVerifier, _ chain: StoredChain, limit: Int, in database: Database) throws -> Int {
        let portion = try entries(after: verifier.position.sequence, of: chain.number, limit: limit, in: database)
        for (entry, hash) in portion {
            do throws(ChainFault) {
                try verifier.verify(entry, recordedAs: hash, isRelieved: entry.header.sequence <= chain.relieved)
            } catch {
                throw JournalError(.corrupted, JournalError.damaged("the \(chain.number.lane) lane of the journal", "\(error)"))
            }
        }
        return portion.count
    }

    private static func octets(_ data: Data) -> [UInt8] { [UInt8](data) }
}
