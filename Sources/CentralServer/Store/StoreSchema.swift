import GRDB

/// The tables, step by step. A step that was released is never changed; a new one is added behind it.
///
/// `site` stands in every key, so that sites can live in databases of their own. Times are milliseconds since 1970 in UTC,
/// days are days since 1970, lanes and epochs as on the wire.
enum StoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: chains + counts) }
        migrator.registerMigration("2") { try $0.execute(sql: rolls) }
        migrator.registerMigration("3") { try $0.execute(sql: rollEpochs) }
        migrator.registerMigration("4") { try $0.execute(sql: kept) }
        migrator.registerMigration("epochs") { try $0.execute(sql: epochs) }
        migrator.registerMigration("kiosks") { try $0.execute(sql: CentralStore.kioskWords) }
        migrator.registerMigration("numbers") { try $0.execute(sql: NumberBook.tables) }
        migrator.registerMigration("restores") { try $0.execute(sql: Restores.table) }
        migrator.registerMigration("manual") { try $0.execute(sql: ManualBook.tables) }
        migrator.registerMigration("damaged epochs") { try $0.execute(sql: damagedEpochs) }
        migrator.registerMigration("losses") { try $0.execute(sql: Losses.table) }
        return migrator
    }

    private static let rolls = """
        -- The paper of each printer as its kiosk said last, in `told`. Lengths are millimetres; null: nobody can say.
        CREATE TABLE rolls (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, printer TEXT NOT NULL, told INTEGER NOT NULL,
            used INTEGER NOT NULL, remaining INTEGER, tickets INTEGER, certainty TEXT NOT NULL, low INTEGER NOT NULL,
            changed INTEGER, proven INTEGER,
            PRIMARY KEY (site, kiosk, printer)
        ) STRICT, WITHOUT ROWID;
        """

    private static let rollEpochs = """
        -- The life of the kiosk's journal that a roll's last word is of; null: unknown.
        ALTER TABLE rolls ADD COLUMN epoch BLOB;
        """

    private static let epochs = """
        -- Which epoch of a kiosk's journal follows which, by its own word, and how far the transactions of the former went.
        CREATE TABLE epochs (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL,
            previous BLOB NOT NULL, upto INTEGER NOT NULL, hash BLOB NOT NULL, reason TEXT NOT NULL, began INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch)
        ) STRICT, WITHOUT ROWID;
        """

    private static let damagedEpochs = """
        -- 1: the journal of the former epoch was damaged; `upto` and `hash` are of the last of its transactions that could be read, and
        -- `previous` is null where not even its epoch could.
        CREATE TABLE epochs_next (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL,
            previous BLOB, upto INTEGER NOT NULL, hash BLOB NOT NULL, reason TEXT NOT NULL, began INTEGER NOT NULL,
            damaged INTEGER NOT NULL DEFAULT 0 CHECK (damaged OR previous IS NOT NULL),
            PRIMARY KEY (site, kiosk, epoch)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO epochs_next SELECT site, kiosk, epoch, previous, upto, hash, reason, began, 0 FROM epochs;
        DROP TABLE epochs;
        ALTER TABLE epochs_next RENAME TO epochs;
        """

    private static let kept = """
        -- Entries that could not be read but prove their place: the octets as they came, and the chain hash. The chain goes on behind them.
        CREATE TABLE dead_letters (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
            octets BLOB NOT NULL, hash BLOB NOT NULL, reason TEXT NOT NULL, received INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane, seq)
        ) STRICT;

        -- How far a backup has each chain. Written only after that backup was durable and read back.
        CREATE TABLE safe (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL,
            upto INTEGER NOT NULL, hash BLOB NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane)
        ) STRICT, WITHOUT ROWID;

        -- How far the centre above has each chain.
        CREATE TABLE upstream (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL,
            upto INTEGER NOT NULL, hash BLOB NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane)
        ) STRICT, WITHOUT ROWID;

        -- The chain hash and the place of what was put aside, where it has them, so that what continues it is known to belong to it,
        -- and what comes in its place to be another.
        ALTER TABLE quarantine ADD COLUMN hash BLOB;
        ALTER TABLE quarantine ADD COLUMN place INTEGER;
        CREATE INDEX quarantine_by_hash ON quarantine (site, kiosk, epoch, lane, hash) WHERE hash IS NOT NULL;
        CREATE INDEX quarantine_by_place ON quarantine (site, kiosk, epoch, lane, place) WHERE place IS NOT NULL;

        -- How often an incident was met.
        ALTER TABLE incidents ADD COLUMN times INTEGER NOT NULL DEFAULT 1;

        -- 1: what of the entry is of a schema that was known then is in the counts. Such notes begin with the schema's number.
        ALTER TABLE unread ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
        UPDATE unread SET counted = 1 WHERE reason LIKE 'schema %' AND reason NOT LIKE '%cannot be read%';

        -- For how many seconds the oldest entry that is not here had been waiting when its kiosk was last heard; null: nothing waits.
        ALTER TABLE chains ADD COLUMN waiting INTEGER;
        """

    private static let chains = """
        -- Where the copy of each chain stands, where its kiosk said that it stands, and when it was last heard.
        CREATE TABLE chains (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL,
            upto INTEGER NOT NULL, hash BLOB NOT NULL, head INTEGER NOT NULL, contact INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane)
        ) STRICT, WITHOUT ROWID;

        -- The entries as the kiosks wrote them: header, body, sealed part and wrapped key are those very octets.
        CREATE TABLE entries (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
            header BLOB NOT NULL, body BLOB NOT NULL, sealed BLOB, wrapped_key BLOB, hash BLOB NOT NULL, received INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane, seq)
        ) STRICT;

        -- Entries that were stored without being understood, in whole or in part, so that a later version finds them.
        CREATE TABLE unread (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL,
            kind TEXT NOT NULL, schema INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane, seq)
        ) STRICT, WITHOUT ROWID;

        -- What did not continue a chain. `resolved` when the chain went past it; only a gap closes so.
        CREATE TABLE incidents (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL, code TEXT NOT NULL, seq INTEGER NOT NULL,
            detail TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, resolved INTEGER,
            PRIMARY KEY (site, kiosk, epoch, lane, code, seq)
        ) STRICT, WITHOUT ROWID;

        -- The octets that came with it, once each, under the incident with which they came first.
        CREATE TABLE quarantine (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, lane INTEGER NOT NULL, sha256 BLOB NOT NULL,
            code TEXT NOT NULL, seq INTEGER NOT NULL, octets BLOB NOT NULL, received INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, lane, sha256)
        ) STRICT;
        CREATE INDEX quarantine_of_incident ON quarantine (site, kiosk, epoch, lane, code, seq);

        """

    private static let counts = """
        -- What the entries of the transactions lane say of each ticket: the facts of a TicketFate.
        CREATE TABLE tickets (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL, ticket TEXT NOT NULL,
            day INTEGER NOT NULL, agency TEXT NOT NULL, service TEXT NOT NULL, number TEXT NOT NULL,
            paper INTEGER NOT NULL, unknown INTEGER NOT NULL, void INTEGER NOT NULL, delivered INTEGER NOT NULL,
            prints INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, epoch, ticket)
        ) STRICT, WITHOUT ROWID;

        -- The tickets of a day by what became of them; moved in the transaction that changes the ticket.
        CREATE TABLE rollups (
            site TEXT NOT NULL, day INTEGER NOT NULL, agency TEXT NOT NULL, service TEXT NOT NULL,
            issued INTEGER NOT NULL, printed INTEGER NOT NULL, screen INTEGER NOT NULL, unknown INTEGER NOT NULL, void INTEGER NOT NULL,
            open INTEGER NOT NULL,
            PRIMARY KEY (site, day, agency, service),
            CHECK (issued = printed + screen + unknown + void + open)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX rollups_by_day ON rollups (day);
        """
}
