import Foundation
import GRDB
public import KioskCore
public import SyncProtocol

/// Reads a store, also while a centre writes it. It never writes and never checkpoints.
public struct StoreReader: Sendable {
    private let queue: DatabaseQueue
    private let path: String

    /// Opens the store in `directory` for reading.
    public init(directory: String) throws(StoreError) {
        path = StoreFolder(path: directory).database
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(
                .missing, "\(directory) holds no store of a centre; name its folder with --store, or start “anjungan-central run” first")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            guard try !queue.read(StoreSchema.migrator.hasBeenSuperseded) else {
                throw StoreError(
                    .newer, "\(path) was written by a newer version of this program; use that version's “anjungan-central report”")
            }
            guard try queue.read(StoreSchema.migrator.hasCompletedMigrations) else {
                throw StoreError(.missing, "\(path) has not all of its tables; start “anjungan-central run” once, which makes them")
            }
            try queue.read { try StoreSchema.migrator.requireTables(in: $0, at: path) }
        } catch {
            throw StoreError(error, at: path)
        }
    }

    /// Copies what is stored at this moment into a new file, which says of itself that it is a copy. It is not synced yet.
    /// A store whose indexes are damaged is refused: the copy would have them made anew, and hide that entries were hidden here.
    func copy(to path: String) throws(StoreError) {
        do {
            try queue.read { try $0.requireSound(.whole, at: self.path) }
            try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
            let copy = try DatabaseQueue(path: path)
            try copy.writeWithoutTransaction { try Restores.mark($0) }
            try copy.close()
        } catch {
            throw StoreError(error, at: path)
        }
    }

    /// What is known of a day.
    public func report(
        _ day: ServiceDay, made now: WallTime, names: SiteNames = SiteNames(), alarms: AlarmLimits = AlarmLimits(),
        notices: NoticeBook = NoticeBook()
    ) throws(StoreError) -> DayReport {
        try read { try DayReport(day, made: now, names: names, alarms: alarms, notices: notices, in: $0) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.read(body) } catch { throw StoreError(error, at: path) }
    }
}
