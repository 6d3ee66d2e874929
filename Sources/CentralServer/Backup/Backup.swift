import Foundation
import GRDB
import Glibc
public import KioskCore
import LocalFiles
import SyncProtocol

/// A copy of a store, made while the centre goes on writing it.
public struct Backup: Hashable, Sendable {
    /// Where it is.
    public var path: String
    /// Chains in it, and entries of all of them together.
    public var chains: Int
    public var entries: Int

    /// Makes one in `target`, proves it, and tells the store what is safe by it. Blocks until it is on the disk.
    ///
    /// The copy has a name of its own only when it is whole: it was synced, read back and checked from its first page to its last.
    /// Kiosks delete what is called safe, so keep each backup until the next one is made, on another disk than the store's.
    public static func make(of store: String, in target: String, at now: WallTime) throws(StoreError) -> Backup {
        let name = "centre-" + now.iso8601.filter { $0 != ":" && $0 != "-" }
        let path = "\(target)/\(name).sqlite"
        let partial = "\(path).partial"
        guard access(path, F_OK) != 0 else { throw StoreError(.failed, "\(path) is there already; try again in a moment") }
        try StoreFolder(path: target).make()
        // What a killed attempt of the same name left would be refused as a target.
        unlink(partial)
        try StoreReader(directory: store).copy(to: partial)
        chmod(partial, 0o600)
        let chains: [BackupReceipt.Chain]
        let entries: Int
        do {
            (chains, entries) = try examine(partial)
        } catch {
            unlink(partial)
            throw error
        }
        try StoreError.of { () throws(FileFailure) in try WholeFile.move(partial, to: path) }
        try BackupReceipt(backup: path, chains: chains).write(into: StoreFolder(path: store), named: name)
        return Backup(path: path, chains: chains.count, entries: entries)
    }

    /// Reads a copy back: SQLite finds it sound, and the end of every chain is the entry that the cursor names.
    private static func examine(_ path: String) throws(StoreError) -> (chains: [BackupReceipt.Chain], entries: Int) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            return try DatabaseQueue(path: path, configuration: configuration).read { database in
                try database.requireSound(.whole, at: path)
                let chains = try database.requireEnds(at: path).map { chain, position in
                    BackupReceipt.Chain(
                        site: chain.site.rawValue, kiosk: chain.kiosk.rawValue, epoch: chain.epoch, lane: chain.lane,
                        upto: position.sequence, hash: position.hash)
                }
                return (chains, try Int.fetchOne(database, sql: "SELECT count(*) FROM entries") ?? 0)
            }
        } catch {
            throw StoreError(error, at: path)
        }
    }
}
