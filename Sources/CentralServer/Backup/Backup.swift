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
    /// - Parameter despiteLosses: also where the store has less than the newest backup in `target` has, or than kiosks were told that a
    ///   backup has: it was put back to an older state then, and this copy cannot take the place of that one.
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
        let newest = try newest(in: target)
        let known = try reader.read { try Losses.backedUp(in: $0) } + (newest?.ends ?? [])
        for (chain, upto) in known {
            let here = try reader.read { try ChainCursor(chain, in: $0).position.sequence }
            guard here < upto else { continue }
            throw StoreError(
                .refused,
                "\(newest?.path ?? "a backup") has \(chain.site)/\(chain.kiosk) up to entry \(upto), this store only up to \(here): it was "
                    + "put back to an older state. Nothing was copied. Stop the centre and restore its newest backup; where there is none any "
                    + "more, copy with --despite-losses. Each centre needs a folder of its own for its backups")
        }
    }

    /// The newest backup in a folder that can be read, and where its chains end; one that cannot is of use to nobody.
    private static func newest(in target: String) throws(StoreError) -> (path: String, ends: [(chain: ChainName, upto: UInt64)])? {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: target) } catch { throw StoreError(error, at: target) }
        var configuration = Configuration()
        configuration.readonly = true
        for name in names.filter({ $0.hasPrefix("centre-") && $0.hasSuffix(".sqlite") }).sorted(by: >) {
            let path = "\(target)/\(name)"
            let ends = try? DatabaseQueue(path: path, configuration: configuration).read { database in
                try database.requireSound(.quick, at: path)
                return try database.rows("SELECT * FROM chains").map { row in
                    (chain: try ChainName(row), upto: UInt64(row["upto"] as Int64))
                }
            }
            if let ends { return (path, ends) }
        }
        return nil
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
