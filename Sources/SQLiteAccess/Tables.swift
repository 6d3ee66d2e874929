public import GRDB

/// What stands in a database's own schema, so that what a disk has changed there can be told. SQLite believes what it reads of it, also
/// where a name has lost a bit.
extension DatabaseMigrator {
    /// The tables and indexes that the steps make, as SQLite spells them.
    public func definitions() throws -> Set<String> {
        let sound = try DatabaseQueue()
        try migrate(sound)
        return try sound.read { try $0.definitions() }
    }
}

extension Database {
    /// The tables and indexes that are there, as SQLite spells them.
    public func definitions() throws -> Set<String> {
        try String.fetchSet(self, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
    }
}
