public import GRDB
import GRDBSQLite

/// A value for a `?` of a statement.
public enum SQLiteValue: Sendable {
    case whole(Int64)
    case text(String)
    case octets([UInt8])
    case null

    public static func integer(_ value: some BinaryInteger) -> Self { .whole(Int64(value)) }
    public static func truth(_ value: Bool) -> Self { .whole(value ? 1 : 0) }
    /// NULL where there is nothing.
    public static func octets(_ value: [UInt8]?) -> Self { value.map { .octets($0) } ?? .null }
}

/// The row on which a statement stands.
public struct SQLiteRow: ~Copyable {
    fileprivate let statement: OpaquePointer

    public func integer(_ column: CInt) -> Int64 { sqlite3_column_int64(statement, column) }
    public func truth(_ column: CInt) -> Bool { integer(column) != 0 }
    /// Empty where there is none.
    public func text(_ column: CInt) -> String { sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "" }

    /// Empty where there are none.
    public func octets(_ column: CInt) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column))))
    }
}

// What every ticket and every entry does goes to SQLite by its own C interface: GRDB's way to bind values, to read rows and to watch what a
// statement changes takes about as long as the statements themselves. GRDB still compiles and keeps them, and everything else is GRDB's.
extension Database {
    /// Runs one statement that is compiled once, to its end.
    public func quickly(_ sql: String, _ values: SQLiteValue...) throws { try quick(sql, values) { _ in } }

    /// The same with the values in a list. Returns how many rows it changed.
    @discardableResult
    public func quickly(_ sql: String, _ values: [SQLiteValue]) throws -> Int {
        try quick(sql, values) { _ in }
        return Int(sqlite3_changes(sqliteConnection))
    }

    /// Its first row, as `read` has it; nil where there is none.
    @discardableResult
    public func quick<Value>(_ sql: String, _ values: [SQLiteValue], _ read: (borrowing SQLiteRow) throws -> Value) throws -> Value? {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        defer { sqlite3_reset(statement) }
        for index in values.indices { try require(values[index].bind(statement, CInt(index + 1)), sql) }
        var first: Value?
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: if first == nil { first = try read(SQLiteRow(statement: statement)) }
            case SQLITE_DONE: return first
            case let code: try require(code, sql)
            }
        }
    }

    private func require(_ code: CInt, _ sql: String) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(sqliteConnection)),
            message: String(cString: sqlite3_errmsg(sqliteConnection)), sql: sql)
    }
}

extension SQLiteValue {
    /// SQLite makes its own copy.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    fileprivate func bind(_ statement: OpaquePointer, _ index: CInt) -> CInt {
        switch self {
        case .whole(let value): sqlite3_bind_int64(statement, index, value)
        case .text(var text):
            text.withUTF8 { characters in
                characters.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(statement, index, $0.baseAddress, CInt($0.count), Self.copied)
                }
            }
        case .octets(let octets):
            // No octets are not NULL.
            octets.isEmpty
                ? sqlite3_bind_zeroblob(statement, index, 0)
                : octets.withUnsafeBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, CInt($0.count), Self.copied) }
        case .null: sqlite3_bind_null(statement, index)
        }
    }
}
