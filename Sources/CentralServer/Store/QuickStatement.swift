import GRDB
import GRDBSQLite
import KioskCore
import SyncProtocol

/// A compiled statement whose values are bound as they are. GRDB boxes each value, which for a row of octets costs more than
/// SQLite takes to store it; a batch is a thousand rows.
struct QuickStatement {
    private let statement: Statement
    private let database: Database
    private var place: CInt = 0
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Compiled once for each connection.
    init(_ sql: String, in database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
        sqlite3_reset(statement.sqliteStatement)
        sqlite3_clear_bindings(statement.sqliteStatement)
    }

    // MARK: The next value

    mutating func bind(_ text: String) {
        var text = text
        place += 1
        text.withUTF8 { octets in
            // An empty text has no address, and SQLite would take it for NULL.
            octets.withMemoryRebound(to: CChar.self) {
                _ = sqlite3_bind_text(statement.sqliteStatement, place, $0.baseAddress ?? Self.nothing, CInt($0.count), Self.copied)
            }
        }
    }

    mutating func bind(_ octets: [UInt8]) {
        place += 1
        octets.withUnsafeBytes {
            _ = sqlite3_bind_blob(
                statement.sqliteStatement, place, $0.baseAddress ?? UnsafeRawPointer(Self.nothing), CInt($0.count), Self.copied)
        }
    }

    mutating func bind(_ octets: [UInt8]?) {
        guard let octets else {
            place += 1
            sqlite3_bind_null(statement.sqliteStatement, place)
            return
        }
        bind(octets)
    }

    mutating func bind(_ number: Int64) {
        place += 1
        sqlite3_bind_int64(statement.sqliteStatement, place, number)
    }

    mutating func bind(_ number: Int) { bind(Int64(number)) }
    mutating func bind(_ truth: Bool) { bind(Int64(truth ? 1 : 0)) }

    private nonisolated(unsafe) static let nothing = UnsafePointer(UnsafeMutablePointer<CChar>.allocate(capacity: 1))

    // MARK: Running

    /// Runs it to its end, for rows that it changes. Returns how many those were.
    @discardableResult
    mutating func run() throws -> Int {
        defer { rewind() }
        let code = sqlite3_step(statement.sqliteStatement)
        guard code == SQLITE_DONE else { throw problem(code) }
        return Int(sqlite3_changes(database.sqliteConnection))
    }

    /// The first row that it finds, read by `body`.
    mutating func first<Value>(_ body: (Columns) -> Value) throws -> Value? {
        defer { rewind() }
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return body(Columns(statement: statement.sqliteStatement))
        case SQLITE_DONE: return nil
        case let code: throw problem(code)
        }
    }

    /// What was bound stays bound until it is bound again.
    private mutating func rewind() {
        sqlite3_reset(statement.sqliteStatement)
        place = 0
    }

    private func problem(_ code: CInt) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(database.sqliteConnection)), sql: statement.sql)
    }

    /// A row while it stands.
    struct Columns {
        fileprivate let statement: SQLiteStatement

        func number(_ column: CInt) -> Int64 { sqlite3_column_int64(statement, column) }
        func truth(_ column: CInt) -> Bool { number(column) != 0 }
        func text(_ column: CInt) -> String { sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "" }
    }
}

extension QuickStatement {
    /// The first columns of every table that tells of chains.
    mutating func bind(_ chain: ChainName) {
        bind(chain.site.rawValue)
        bind(chain.kiosk.rawValue)
        bind(chain.epoch.octets)
        bind(Int64(chain.lane.rawValue))
    }
}
