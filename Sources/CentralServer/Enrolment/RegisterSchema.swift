import GRDB

/// The tables of the register, step by step. A step that was released is never changed; a new one is added behind it.
enum RegisterSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: tables) }
        migrator.registerMigration("replaced") { try $0.execute(sql: replaced) }
        return migrator
    }

    private static let replaced = """
        -- 1: `revoked` is when another machine was enrolled under the same name. 0, of what an earlier version wrote, too: it was revoked.
        ALTER TABLE certificates ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
        """

    private static let tables = """
        -- Codes that were given out: of the secret only what CodeKeyring makes of it. `kiosk` null: any that is not enrolled yet.
        CREATE TABLE codes (
            id BLOB PRIMARY KEY, key BLOB NOT NULL, site TEXT NOT NULL, kiosk TEXT, made INTEGER NOT NULL, expires INTEGER NOT NULL,
            failures INTEGER NOT NULL, used INTEGER
        ) STRICT, WITHOUT ROWID;

        -- Every certificate that was ever issued to a kiosk. What is not here is not believed.
        CREATE TABLE certificates (
            serial TEXT PRIMARY KEY, site TEXT NOT NULL, kiosk TEXT NOT NULL, der BLOB NOT NULL, issued INTEGER NOT NULL,
            ends INTEGER NOT NULL, revoked INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX certificates_of_kiosk ON certificates (site, kiosk);

        -- Who was turned away, once for each kiosk and reason; both names empty for strangers.
        CREATE TABLE refusals (
            site TEXT NOT NULL, kiosk TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY (site, kiosk, code)
        ) STRICT, WITHOUT ROWID;
        """
}
