public import GRDB
import GRDBSQLite

// What every ticket and every entry does goes to SQLite by its own C interface: GRDB's way to bind values, to read rows and to watch what a
// statement changes takes about as long as the statements themselves. GRDB still compiles and keeps them, and everything else is GRDB's.
extension Database {
    /// Runs one statement that is compiled once, to its end; see ``GRDB/Statement/quickly(_:row:)``.
    @discardableResult
    public func quickly(
        _ sql: String, _ put: (inout SQLiteValues) -> Void = { _ in }, row read: (borrowing SQLiteRow) throws -> Void = { _ in }
    ) throws -> Int {
        try cachedStatement(sql: sql).quickly(put, row: read)
    }
}

extension Statement {
    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - put: puts the values for its `?`, in their order.
    ///   - read: is called on each row.
    /// - Returns: how many rows it changed.
    @discardableResult
    public func quickly(
        _ put: (inout SQLiteValues) -> Void = { _ in }, row read: (borrowing SQLiteRow) throws -> Void = { _ in }
    ) throws -> Int {
        let statement = sqliteStatement
        defer { sqlite3_reset(statement) }
        var values = SQLiteValues(statement)
        put(&values)
        try require(values.code)
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try read(SQLiteRow(statement: statement))
            case SQLITE_DONE: return Int(sqlite3_changes(sqlite3_db_handle(statement)))
            case let code: try require(code)
            }
        }
    }

    private func require(_ code: CInt) throws {
        guard code != SQLITE_OK else { return }
        let connection = sqlite3_db_handle(sqliteStatement)
        throw DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)), message: String(cString: sqlite3_errmsg(connection)),
            sql: sql)
    }
}

/// A statement that is compiled when it is first needed and then kept, so that nobody looks for it by its text.
///
/// It belongs to one connection at a time, which cannot be closed before it was let go.
public final class KeptStatement {
    private let sql: String
    private var statement: Statement?

    public init(_ sql: String) { self.sql = sql }

    public func callAsFunction(in database: Database) throws -> Statement {
        if let statement { return statement }
        let compiled = try database.makeStatement(sql: sql)
        statement = compiled
        return compiled
    }

    public func letGo() { statement = nil }
}

/// Takes the values for the `?` of a statement, one after another. SQLite makes copies of its own.
public struct SQLiteValues: ~Copyable {
    private let statement: OpaquePointer
    private var index: CInt = 0
    /// The first failure, if there was one.
    fileprivate private(set) var code = SQLITE_OK
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    fileprivate init(_ statement: OpaquePointer) { self.statement = statement }

    @inlinable public mutating func put(_ number: some BinaryInteger) { put(whole: Int64(number)) }
    @inlinable public mutating func put(_ truth: Bool) { put(whole: truth ? 1 : 0) }

    public mutating func put(whole number: Int64) { took(sqlite3_bind_int64(statement, next(), number)) }

    public mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { characters in
            characters.withMemoryRebound(to: CChar.self) {
                took(sqlite3_bind_text(statement, next(), $0.baseAddress, CInt($0.count), Self.copied))
            }
        }
    }

    /// NULL where there is nothing.
    public mutating func put(_ octets: [UInt8]?) {
        guard let octets else { return took(sqlite3_bind_null(statement, next())) }
        // No octets are not NULL.
        guard !octets.isEmpty else { return took(sqlite3_bind_zeroblob(statement, next(), 0)) }
        octets.withUnsafeBytes { took(sqlite3_bind_blob(statement, next(), $0.baseAddress, CInt($0.count), Self.copied)) }
    }

    private mutating func next() -> CInt {
        index += 1
        return index
    }

    private mutating func took(_ code: CInt) {
        if self.code == SQLITE_OK { self.code = code }
    }
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
