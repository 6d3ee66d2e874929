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
    ///
    /// - Parameter despiteLosses: also where the store lacks what the newest backup in `target` has, in a chain or aside, or what kiosks
    ///   were told that a backup has: it was put back to an older state then, and this copy cannot take the place of that one.
    public static func make(
        of store: String, in target: String, at now: WallTime, despiteLosses: Bool = false
    ) throws(StoreError) -> Backup {
        let name = "centre-" + now.iso8601.filter { $0 != ":" && $0 != "-" }
        let path = "\(target)/\(name).sqlite"
        let partial = "\(path).partial"
        guard access(path, F_OK) != 0 else { throw StoreError(.failed, "\(path) is there already; try again in a moment") }
        try StoreFolder(path: target).make()
        let reader = try StoreReader(directory: store)
        if !despiteLosses { try requireNothingLost(reader, in: target) }
        // What a killed attempt of the same name left would be refused as a target.
        unlink(partial)
        try reader.copy(to: partial)
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

    /// Refuses a store that lacks what only a backup has: whoever goes by age would throw that one away for this copy.
    private static func requireNothingLost(_ reader: StoreReader, in target: String) throws(StoreError) {
        let newest = try NewestBackup.find(in: target)
        let lost = try reader.read { store -> String? in
            if let newest, let surplus = try newest.surplus(over: store) { return "\(newest.path) has \(surplus)" }
            return try toldOfMore(in: store).map { "a backup has \($0.chain.site)/\($0.chain.kiosk) up to entry \($0.upto)" }
        }
        guard let lost else { return }
        throw StoreError(
            .refused,
            "\(lost), which this store has not: it was put back to an older state. Nothing was copied. Stop the centre and restore its newest "
                + "backup; where there is none any more, or nobody needs what it alone has, copy with --despite-losses. Each centre needs a "
                + "folder of its own for its backups")
    }

    /// The first chain of which a backup had more than is here, as its kiosk was told, and up to where.
    private static func toldOfMore(in store: Database) throws -> (chain: ChainName, upto: UInt64)? {
        try Losses.backedUp(in: store).first { chain, upto in try ChainCursor(chain, in: store).position.sequence < upto }
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
