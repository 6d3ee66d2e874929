import Crypto
import Foundation
import GRDBSQLite
import Glibc

/// The journal's tickets as a plain C program would write them: by SQLite's C interface, with the journal's tables, settings and
/// statements, all on one thread.
///
/// What it stores is as real as the journal's: new ids, the hash of each body, the hash of the entry before. A journal that is opened
/// on it verifies the chain. Octets that differ from ticket to ticket are written into a template; nothing else is encoded.
final class PlainTickets {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// All ordinals have seven digits, so that the template keeps its length.
    static let firstOrdinal = 1_000_001

    private var database: OpaquePointer?
    private let statements: [OpaquePointer?]
    private var sequence: Int64
    /// Header and body of the entry before, and its hash.
    private var header: [UInt8]
    private var body: [UInt8]
    private var hash: [UInt8]
    /// Where each field's value begins in the body.
    private let claim: Int
    private let number: Int
    private let ordinal: Int
    private let ticket: Int
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let day: Int64 = 20_778

    private enum Statement: Int, CaseIterable {
        case begin, commit, count, lastNumber, number, entry, ticket, print

        /// The journal's own.
        var sql: String {
            switch self {
            case .begin: "BEGIN IMMEDIATE"
            case .commit: "COMMIT"
            case .count: "UPDATE life SET commits = commits + 1, wall = ?, boot = ?, monotonic = ?"
            case .lastNumber: "SELECT last FROM counters WHERE series = ? AND day = ?"
            case .number: "INSERT OR REPLACE INTO counters (series, day, last) VALUES (?, ?, ?)"
            case .entry: "INSERT INTO entries (chain, seq, header, body, sealed, wrapped_key, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"
            case .ticket:
                """
                INSERT INTO tickets (id, series, ordinal, day, agency, service, channel, issued, claim, run, chain, entry, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'issued')
                """
            case .print: "INSERT INTO prints (id, ticket, copy, state, requested, run) VALUES (?, ?, ?, 'intent', ?, ?)"
            }
        }
    }

    /// - Parameter path: the database of a closed journal whose only ticket has ``firstOrdinal``, of series KKA; it is the template.
    init(_ path: String) throws {
        // As GRDB opens it: one thread at a time needs no locks.
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else {
            throw Failed(description: "cannot open \(path)")
        }
        let database = database
        let settings = """
            PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = \(8 << 20);
            INSERT INTO counters (series, day, last) VALUES ('KKA', \(Self.day), \(Self.firstOrdinal));
            """
        guard sqlite3_exec(database, settings, nil, nil, nil) == SQLITE_OK else { throw Self.failure(settings, database) }
        func prepared(_ sql: String) throws -> OpaquePointer? {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else { throw Self.failure(sql, database) }
            return statement
        }
        statements = try Statement.allCases.map { try prepared($0.sql) }
        let template = try prepared("SELECT seq, header, body, hash FROM entries WHERE chain = 1")
        defer { sqlite3_finalize(template) }
        guard sqlite3_step(template) == SQLITE_ROW else { throw Failed(description: "\(path) has no ticket to begin with") }
        sequence = sqlite3_column_int64(template, 0)
        header = Self.octets(template, 1)
        body = Self.octets(template, 2)
        hash = Self.octets(template, 3)
        let text = String(decoding: body, as: UTF8.self)
        func place(_ before: String) throws -> Int {
            guard let range = text.range(of: before) else { throw Failed(description: "no \(before) in the body \(text)") }
            return text.utf8.distance(from: text.startIndex, to: range.upperBound)
        }
        (claim, number) = (try place("\"claim\":\""), try place("\"number\":\"KKA-"))
        (ordinal, ticket) = (try place("\"ordinal\":"), try place("\"ticket\":\""))
    }

    deinit {
        for statement in statements { sqlite3_finalize(statement) }
        sqlite3_close(database)
    }

    /// That many tickets in one durable transaction.
    func commit(_ count: Int) throws {
        try step(.begin)
        for _ in 0..<count { try issue() }
        let now = Self.clock()
        let boot = header[152..<168]
        try step(.count) {
            sqlite3_bind_int64($0, 1, now.wall)
            Self.bind($0, 2, boot)
            sqlite3_bind_int64($0, 3, now.monotonic)
        }
        try step(.commit)
    }

    private func issue() throws {
        let now = Self.clock()
        var ordinal: Int64 = 0
        try step(.lastNumber) {
            sqlite3_bind_text($0, 1, "KKA", 3, Self.copied)
            sqlite3_bind_int64($0, 2, Self.day)
        } read: {
            ordinal = sqlite3_column_int64($0, 0) + 1
        }
        try step(.number) {
            sqlite3_bind_text($0, 1, "KKA", 3, Self.copied)
            sqlite3_bind_int64($0, 2, Self.day)
            sqlite3_bind_int64($0, 3, ordinal)
        }
        sequence += 1
        write(now, ordinal)
        try step(.entry) { [self] in
            sqlite3_bind_int64($0, 1, 1)
            sqlite3_bind_int64($0, 2, sequence)
            Self.bind($0, 3, header[...])
            Self.bind($0, 4, body[...])
            sqlite3_bind_null($0, 5)
            sqlite3_bind_null($0, 6)
            Self.bind($0, 7, hash[...])
        }
        let id = body[ticket..<ticket + 26]
        try step(.ticket) { [self] in
            Self.bindText($0, 1, id)
            sqlite3_bind_text($0, 2, "KKA", 3, Self.copied)
            sqlite3_bind_int64($0, 3, ordinal)
            sqlite3_bind_int64($0, 4, Self.day)
            sqlite3_bind_text($0, 5, "dukcapil", 8, Self.copied)
            sqlite3_bind_text($0, 6, "ktp-el", 6, Self.copied)
            sqlite3_bind_text($0, 7, "screen", 6, Self.copied)
            sqlite3_bind_int64($0, 8, now.wall)
            Self.bindText($0, 9, body[claim..<claim + 10])
            for column in [10, 11] as [CInt] { sqlite3_bind_int64($0, column, 1) }
            sqlite3_bind_int64($0, 12, sequence)
        }
        try step(.print) {
            Self.bindText($0, 1, id + [UInt8(ascii: "."), UInt8(ascii: "1")])
            Self.bindText($0, 2, id)
            sqlite3_bind_int64($0, 3, 1)
            sqlite3_bind_int64($0, 4, now.wall)
            sqlite3_bind_int64($0, 5, 1)
        }
    }
}

// MARK: - Octets

extension PlainTickets {
    /// The next entry, in the place of the last one.
    private func write(_ now: (wall: Int64, monotonic: Int64), _ value: Int64) {
        // What is random: of the claim code, the ticket's id, the entry's id.
        var random = [UInt8](repeating: 0, count: 10 + 16 + 16)
        getentropy(&random, random.count)
        for index in 0..<10 { body[claim + index] = Self.alphabet[Int(random[index] & 31)] }
        // In base 32, and growing as the journal's do.
        let id = Self.identity(now.wall, random[10..<26])
        for index in 0..<26 { body[ticket + 25 - index] = Self.alphabet[Int(truncatingIfNeeded: id >> (5 * UInt128(index))) & 31] }
        var rest = value
        for index in stride(from: 6, through: 0, by: -1) {
            (body[number + index], body[ordinal + index]) = (0x30 + UInt8(rest % 10), 0x30 + UInt8(rest % 10))
            rest /= 10
        }
        // As EntryHeader has it.
        header.withUnsafeMutableBytes { header in
            header.storeBytes(of: Self.identity(now.wall, random[26..<42]).bigEndian, toByteOffset: 136, as: UInt128.self)
            header.storeBytes(of: sequence.bigEndian, toByteOffset: 168, as: Int64.self)
            header.storeBytes(of: now.wall.bigEndian, toByteOffset: 176, as: Int64.self)
            header.storeBytes(of: now.monotonic.bigEndian, toByteOffset: 184, as: Int64.self)
            hash.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: header[200..<232]).copyMemory(from: $0) }
            SHA256.hash(data: body).withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: header[236..<268]).copyMemory(from: $0) }
        }
        SHA256.hash(data: header).withUnsafeBytes { digest in hash.withUnsafeMutableBytes { $0.copyMemory(from: digest) } }
    }

    /// A UUIDv7 (RFC 9562 clause 5.7).
    private static func identity(_ wall: Int64, _ random: ArraySlice<UInt8>) -> UInt128 {
        let chance = random.reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
        let high = UInt64(wall) << 16 | 0x7000 | UInt64(truncatingIfNeeded: chance >> 64) & 0x0FFF
        let low = 0x8000_0000_0000_0000 | UInt64(truncatingIfNeeded: chance) & 0x3FFF_FFFF_FFFF_FFFF
        return UInt128(high) << 64 | UInt128(low)
    }

    private static func clock() -> (wall: Int64, monotonic: Int64) {
        func milliseconds(_ clock: clockid_t) -> Int64 {
            var time = timespec()
            clock_gettime(clock, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        }
        return (milliseconds(CLOCK_REALTIME), milliseconds(CLOCK_BOOTTIME))
    }
}

// MARK: - Statements

extension PlainTickets {
    private func step(
        _ name: Statement, _ bind: (OpaquePointer?) -> Void = { _ in }, read: (OpaquePointer?) -> Void = { _ in }
    ) throws {
        let statement = statements[name.rawValue]
        bind(statement)
        var code = sqlite3_step(statement)
        while code == SQLITE_ROW {
            read(statement)
            code = sqlite3_step(statement)
        }
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw Self.failure(name.sql, database) }
    }

    private static func failure(_ sql: String, _ database: OpaquePointer?) -> Failed {
        Failed(description: "\(sql): \(String(cString: sqlite3_errmsg(database)))")
    }

    private static func octets(_ statement: OpaquePointer?, _ column: CInt) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column))))
    }

    private static func bind(_ statement: OpaquePointer?, _ index: CInt, _ octets: ArraySlice<UInt8>) {
        _ = octets.withUnsafeBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, CInt($0.count), copied) }
    }

    private static func bindText(_ statement: OpaquePointer?, _ index: CInt, _ octets: ArraySlice<UInt8>) {
        octets.withUnsafeBytes {
            _ = sqlite3_bind_text(statement, index, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt($0.count), copied)
        }
    }
}
