import CardLookup
import Crypto
import Foundation
import GRDB
public import KioskCore
import SQLiteAccess
public import Secrets

/// Which card points to which resident of a site.
///
/// A database of its own beside the store, as ``DeviceRegister`` is, so that `anjungan-central card` may write while a centre runs.
/// A card's number is kept as a keyed hash (HMAC-SHA-256; the keys are in `card-keys`, which never leaves the centre) to be found by,
/// and sealed to the centre's own key, to be hashed anew under another; the NIK sealed only. Who has the database has nothing,
/// who has the keys for the hash, too, can try all numbers of four octets: so both are readable for the centre's user alone.
public actor CardRegister {
    private let executor = StoreExecutor()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let folder: StoreFolder
    private let queue: DatabaseQueue

    /// Opens the register of the store in `directory`, and makes it with its keys where it is missing.
    public static func open(directory: String) async throws(StoreError) -> CardRegister {
        let folder = StoreFolder(path: directory)
        try folder.make()
        do {
            return try CardRegister(folder)
        } catch {
            throw StoreError(error, at: folder.cards)
        }
    }

    /// Opens it where it is already; nil where no card was ever enrolled.
    public static func existing(directory: String) async throws(StoreError) -> CardRegister? {
        guard FileManager.default.fileExists(atPath: StoreFolder(path: directory).cards) else { return nil }
        return try await open(directory: directory)
    }

    private init(_ folder: StoreFolder) throws {
        self.folder = folder
        _ = try CardKeys(folder)
        try folder.makeFile(folder.cards)
        var configuration = Configuration()
        configuration.label = "cards"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = EXTRA")
            // What is removed is overwritten.
            try database.execute(sql: "PRAGMA secure_delete = ON")
        }
        queue = try DatabaseQueue(path: folder.cards, configuration: configuration)
        guard try !queue.read(Self.migrator.hasBeenSuperseded) else {
            throw StoreError(.newer, "\(folder.cards) was written by a newer version of this program; install that version again")
        }
        try queue.read { try $0.requireSound(.whole, at: folder.cards) }
        try Self.migrator.migrate(queue)
        try queue.read { try Self.migrator.requireTables(in: $0, at: folder.cards) }
    }

    // MARK: Enrolling

    /// What became of an enrolment.
    public enum Enrolment: Hashable, Sendable {
        case new
        /// It points there already.
        case known
        /// It points to somebody else, and still does.
        case taken
    }

    /// From now on the card points to this resident at `site`.
    ///
    /// - Parameters:
    ///   - number: the card's, 1 to 16 octets; none that is drawn anew at each tap.
    ///   - nik: a possible one.
    public func enrol(_ number: Secret, _ nik: Secret, at site: SiteID, now: WallTime) throws(StoreError) -> Enrolment {
        try perform { database in
            if let resident = try resident(of: number, at: site, in: database) { return resident == nik ? .known : .taken }
            try keep(Card(number: number, nik: nik, enrolled: now.milliseconds), at: site, try CardKeys(folder).current, in: database)
            return .new
        }
    }

    /// From now on the card points to nobody. Returns whether it did.
    public func remove(_ number: Secret, at site: SiteID) throws(StoreError) -> Bool {
        try perform { database in
            for key in try CardKeys(folder).all {
                try database.run("DELETE FROM cards WHERE site = ? AND hash = ?", [site.rawValue, key.hash(number, at: site)])
                if database.changesCount > 0 { return true }
            }
            return false
        }
    }

    /// The NIK of the resident to whom a card points at this site.
    public func resident(of number: Secret, at site: SiteID) throws(StoreError) -> Secret? {
        try perform { try resident(of: number, at: site, in: $0) }
    }

    /// A card as the register lists it.
    public struct ListedCard: Hashable, Sendable, Codable {
        public var site: String
        /// The last four digits of the NIK behind dots.
        public var resident: String
        /// How many octets its number has; those of four can be guessed by trying all.
        public var octets: Int
        /// ISO 8601 in UTC.
        public var enrolled: String
    }

    /// Every card, by site and time; what is personal masked.
    public func cards() throws(StoreError) -> [ListedCard] {
        try perform { database in
            try sites(in: database).flatMap { site in
                try cards(of: site, in: database).map { card in
                    let last = card.nik.withBytes { String(decoding: $0.suffix(4), as: UTF8.self) }
                    return ListedCard(
                        site: site.rawValue, resident: String(repeating: "•", count: 12) + last, octets: card.number.count,
                        enrolled: WallTime(milliseconds: card.enrolled).iso8601)
                }
            }
        }
    }

    /// Hashes every card under a new key and forgets the old ones. Returns how many there are.
    ///
    /// Interrupted at any place it leaves every card to be found: the old key stays in its file until no hash needs it.
    public func renewKey() throws(StoreError) -> Int {
        let keys: CardKeys
        do { keys = try CardKeys(folder).adding() } catch { throw StoreError(error, at: folder.cardKeys) }
        let count = try perform { database in
            var count = 0
            for site in try sites(in: database) {
                let cards = try cards(of: site, in: database)
                try database.run("DELETE FROM cards WHERE site = ?", [site.rawValue])
                for card in cards { try keep(card, at: site, keys.current, in: database) }
                count += cards.count
            }
            return count
        }
        do { try keys.keepingCurrent() } catch { throw StoreError(error, at: folder.cardKeys) }
        return count
    }
}

// MARK: - Rows

extension CardRegister {
    private struct Card {
        var number: Secret
        var nik: Secret
        var enrolled: Int64
    }

    /// One durable transaction.
    private func perform<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.write(body) } catch { throw StoreError(error, at: folder.cards) }
    }

    private func openingKey() throws -> String { try OpeningKeyFile.privateKey(of: folder.openingKey) }

    private func keep(_ card: Card, at site: SiteID, _ key: CardKeys.Key, in database: Database) throws {
        let hash = key.hash(card.number, at: site)
        let publicKey = try OpeningKeyFile.publicKey(of: folder.openingKey)
        try database.run(
            "INSERT INTO cards (site, hash, number, nik, enrolled) VALUES (?, ?, ?, ?, ?)",
            [
                site.rawValue, hash, try SealedSecret(card.number, to: publicKey, context: Data("number".utf8) + hash).octets,
                try SealedSecret(card.nik, to: publicKey, context: Data("nik".utf8) + hash).octets, card.enrolled,
            ])
    }

    private func resident(of number: Secret, at site: SiteID, in database: Database) throws -> Secret? {
        for key in try CardKeys(folder).all {
            let hash = key.hash(number, at: site)
            if let row = try database.row("SELECT nik FROM cards WHERE site = ? AND hash = ?", [site.rawValue, hash]) {
                return try SealedSecret(octets: row["nik"]).open(with: openingKey(), context: Data("nik".utf8) + hash)
            }
        }
        return nil
    }

    private func cards(of site: SiteID, in database: Database) throws -> [Card] {
        let opening = try openingKey()
        return try database.rows("SELECT * FROM cards WHERE site = ? ORDER BY enrolled, hash", [site.rawValue]).map { row in
            let hash: Data = row["hash"]
            return Card(
                number: try SealedSecret(octets: row["number"]).open(with: opening, context: Data("number".utf8) + hash),
                nik: try SealedSecret(octets: row["nik"]).open(with: opening, context: Data("nik".utf8) + hash), enrolled: row["enrolled"])
        }
    }

    private func sites(in database: Database) throws -> [SiteID] {
        try database.rows("SELECT DISTINCT site FROM cards ORDER BY site").compactMap { SiteID($0["site"] as String) }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    -- Cards that were enrolled. `hash` finds one; number and NIK are sealed to the centre's opening key.
                    CREATE TABLE cards (
                        site TEXT NOT NULL, hash BLOB NOT NULL, number BLOB NOT NULL, nik BLOB NOT NULL, enrolled INTEGER NOT NULL,
                        PRIMARY KEY (site, hash)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        return migrator
    }
}
