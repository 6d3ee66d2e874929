import GRDB
import SQLiteAccess
import SyncProtocol

/// What is looked at when a database opens, so that a bit which the disk has lost is an error in words, and neither the end of the
/// program nor a wrong figure.
extension DatabaseMigrator {
    /// Refuses tables that are not as the steps make them. What somebody has added does no harm.
    func requireTables(in database: Database, at path: String) throws {
        guard try definitions().isSubset(of: database.definitions()) else {
            throw StoreError(damaged: path, "its tables are not as this program makes them")
        }
    }
}

extension Database {
    /// How thoroughly SQLite looks at its pages.
    enum Examination: String {
        /// Every page and the type of every value, once: what a large store can do whenever it opens.
        case quick = "quick_check"
        /// Every index against its table, too.
        case whole = "integrity_check"
    }

    /// Has SQLite look for the first fault.
    func requireSound(_ examination: Examination, at path: String) throws {
        let verdict = try String.fetchOne(self, sql: "PRAGMA \(examination.rawValue)(1)")
        guard verdict == "ok" else { throw StoreError(damaged: path, verdict ?? "\(examination.rawValue) is silent") }
    }

    /// Follows every chain to its end, which must be the entry that the cursor names. Returns where they end.
    @discardableResult
    func requireEnds(at path: String) throws -> [(chain: ChainName, position: ChainPosition)] {
        try rows("SELECT * FROM chains WHERE upto > 0").map { row in
            let chain = try ChainName(row)
            let position = try ChainCursor(chain, in: self).position
            guard try ChainCursor.storedHash(chain, position.sequence, in: self) == position.hash else {
                throw StoreError(damaged: path, "\(chain.site)/\(chain.kiosk) does not end with the entry that it should")
            }
            return (chain, position)
        }
    }
}

extension StoreError {
    /// A file that holds what nobody has written into it.
    init(damaged path: String, _ detail: String) {
        self.init(.corrupted, "\(path) is damaged (\(detail)). Stop the centre, keep a copy of its folder, and restore the last backup")
    }
}
