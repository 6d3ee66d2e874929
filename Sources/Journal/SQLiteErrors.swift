import GRDB
import SQLiteAccess

extension JournalError {
    /// Says what a failure of the database means and what to do about it.
    init(_ error: any Error, at path: String) {
        if let error = error as? JournalError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.failed, "\(path): \(error)")
            return
        }
        let told = "\(error.extendedResultCode.rawValue) \(error.message ?? "no message")"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "\(path) has no room for more (\(told)); free disk space or raise the journal's limit")
        case .SQLITE_IOERR:
            self.init(.inputOutput, "the disk failed at \(path) (\(told)); look at the kernel's log and replace the disk if it names it")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupted, Self.damaged(path, told))
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self.init(.readOnly, "\(path) cannot be written (\(told)); give its folder and files to the kiosk's user and mount it writable")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.owned, "another program has \(path) open (\(told)); close it, or work on a copy")
        default:
            self.init(.failed, "\(path): unexpected answer of SQLite (\(told))")
        }
    }

    static func damaged(_ path: String, _ how: String) -> String {
        "\(path) is damaged (\(how)). Stop the kiosk and run `anjungan journal renew`: "
            + "it puts this journal aside for the centre and begins a new one whose numbers go on"
    }
}

extension Database {
    /// Runs one statement that is compiled once.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The single number that `sql` asks for.
    func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Int.fetchOne(cachedStatement(sql: sql), arguments: arguments) ?? 0
    }

    /// Octets of the database file that hold something.
    func usedOctets() throws -> Int64 {
        try cachedStatement(sql: "PRAGMA page_count").octetsOfPages() - cachedStatement(sql: "PRAGMA freelist_count").octetsOfPages()
    }
}

extension Statement {
    /// The octets of as many pages as this pragma says.
    func octetsOfPages() throws -> Int64 {
        var pages: Int64 = 0
        try quickly(row: { pages = $0.integer(0) })
        return pages * Connection.pageSize
    }
}

extension Row {
    /// A sequence, which is never negative where the disk keeps what was written.
    func sequence(_ column: String) throws -> UInt64 {
        let stored: Int64 = self[column]
        guard let sequence = UInt64(exactly: stored) else {
            throw JournalError(.corrupted, JournalError.damaged("a row of the journal", "its \(column) is \(stored)"))
        }
        return sequence
    }
}
