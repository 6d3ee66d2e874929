import GRDB
import SQLiteAccess

/// The tables, step by step. A step that was released is never changed; a new one is added behind it.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first) }
        migrator.registerMigration("2") { try $0.execute(sql: second) }
        migrator.registerMigration("3") { try $0.execute(sql: third) }
        migrator.registerMigration("4") { try $0.execute(sql: fourth) }
        migrator.registerMigration("notices") { try $0.execute(sql: notices) }
        return migrator
    }

    /// Refuses tables that are not as the steps make them.
    static func require(in database: Database, at path: String) throws {
        guard try migrator.definitions() == database.definitions() else {
            throw JournalError(.corrupted, JournalError.damaged(path, "its tables are not as this program makes them"))
        }
    }

    private static let first = """
        -- One row: whose journal this is. `run` grows by one with each opening, `commits` with each transaction.
        CREATE TABLE life (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            site TEXT NOT NULL, kiosk TEXT NOT NULL, epoch BLOB NOT NULL CHECK (length(epoch) = 16),
            created INTEGER NOT NULL, run INTEGER NOT NULL, commits INTEGER NOT NULL
        ) STRICT;

        -- The chains. `body`, `sealed` and `wrapped_key` are shipped as these very octets; `hash` is the chain hash of `header`.
        CREATE TABLE entries (
            lane INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
            header BLOB NOT NULL, body BLOB NOT NULL, sealed BLOB, wrapped_key BLOB, hash BLOB NOT NULL,
            PRIMARY KEY (lane, seq)
        ) STRICT;

        -- The last ordinal that was given, for ever, so that a day that comes back goes on where it was.
        CREATE TABLE counters (
            series TEXT NOT NULL, day INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY (series, day)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE tickets (
            id TEXT PRIMARY KEY NOT NULL,
            series TEXT NOT NULL, ordinal INTEGER NOT NULL, day INTEGER NOT NULL,
            agency TEXT NOT NULL, service TEXT NOT NULL, channel TEXT NOT NULL,
            issued INTEGER NOT NULL, claim TEXT NOT NULL, run INTEGER NOT NULL,
            -- The sequence of its `ticket.issued` in the transactions lane: the order of issue, whatever the clock did.
            entry INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('issued', 'delivered', 'void')),
            delivery TEXT CHECK ((delivery IS NOT NULL) = (state = 'delivered')),
            void TEXT CHECK ((void IS NOT NULL) = (state = 'void'))
        ) STRICT, WITHOUT ROWID;
        -- The law itself: a number is never issued twice.
        CREATE UNIQUE INDEX tickets_by_number ON tickets (day, series, ordinal);
        CREATE INDEX tickets_open ON tickets (run) WHERE state = 'issued';

        -- The print ledger. `ticket` is null for a print that is not of a ticket of this journal.
        CREATE TABLE prints (
            id TEXT PRIMARY KEY NOT NULL,
            ticket TEXT REFERENCES tickets (id), copy INTEGER CHECK ((copy IS NULL) = (ticket IS NULL)),
            state TEXT NOT NULL CHECK (state IN ('intent', 'begun', 'settled')),
            outcome TEXT CHECK ((outcome IS NOT NULL) = (state = 'settled')), reason TEXT, detail TEXT NOT NULL DEFAULT '',
            requested INTEGER NOT NULL, begun INTEGER, settled INTEGER,
            -- The run in which it was asked for: a later run must not start it any more.
            run INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX prints_of_ticket ON prints (ticket, copy) WHERE ticket IS NOT NULL;
        CREATE INDEX prints_open ON prints (state) WHERE state <> 'settled';
        """

    private static let second = """
        -- The last entry of each lane that the centre has, with the hash by which it said so. No row: none is known to be there.
        CREATE TABLE acknowledged (
            lane INTEGER PRIMARY KEY, seq INTEGER NOT NULL CHECK (seq > 0), hash BLOB NOT NULL
        ) STRICT;
        """

    private static let third = """
        -- The paper of each printer. Lengths are micrometres. `meter` is a RollMeter in JSON; `length` and `near_end` are what the
        -- configuration believes of a new roll. `slip`: the code on the test slip that was printed last on this roll; `proven`: when
        -- one was read back. `reported`: tickets left as the centre was told last.
        CREATE TABLE rolls (
            printer TEXT PRIMARY KEY NOT NULL, meter TEXT NOT NULL, length INTEGER NOT NULL, near_end INTEGER NOT NULL,
            changed INTEGER, slip TEXT, proven INTEGER, reported INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    private static let notices = """
        -- One row, or none: the emergency that the centre has called, in JSON (null: none), and the last one that a technician ended here.
        CREATE TABLE emergencies (only INTEGER PRIMARY KEY CHECK (only = 1), called TEXT, lifted INTEGER) STRICT;
        """

    private static let fourth = """
        -- The chains, two for each life of the journal: `number` is 2 * (life - 1) + lane, a life has its epoch. Positions are a sequence
        -- and its chain hash, 0 and zeros before the first entry. `anchor`: the last entry that was pruned. `acknowledged`: the last that
        -- the centre has, by this journal's own hash; `safe`: the last that it has in a backup. `relieved`: up to here the personal parts
        -- are gone. `unrecorded`: telemetry that was left out for want of room.
        CREATE TABLE chains (
            number INTEGER PRIMARY KEY, epoch BLOB NOT NULL CHECK (length(epoch) = 16), reason TEXT NOT NULL, began INTEGER NOT NULL,
            anchor INTEGER NOT NULL DEFAULT 0, anchor_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
            acknowledged INTEGER NOT NULL DEFAULT 0, acknowledged_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
            safe INTEGER NOT NULL DEFAULT 0, safe_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
            relieved INTEGER NOT NULL DEFAULT 0, unrecorded INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        INSERT INTO chains (number, epoch, reason, began, acknowledged, acknowledged_hash)
            SELECT lanes.lane, epoch, '', created, coalesce(acknowledged.seq, 0), coalesce(acknowledged.hash, zeroblob(32))
            FROM life, (SELECT 1 AS lane UNION ALL SELECT 2) AS lanes LEFT JOIN acknowledged ON acknowledged.lane = lanes.lane;
        DROP TABLE acknowledged;
        ALTER TABLE life DROP COLUMN epoch;
        -- The last reading of the clock that was believed.
        ALTER TABLE life ADD COLUMN wall INTEGER;
        ALTER TABLE life ADD COLUMN boot BLOB;
        ALTER TABLE life ADD COLUMN monotonic INTEGER;

        ALTER TABLE entries RENAME COLUMN lane TO chain;
        -- The chain in which `entry` is a sequence.
        ALTER TABLE tickets ADD COLUMN chain INTEGER NOT NULL DEFAULT 1;
        """
}
