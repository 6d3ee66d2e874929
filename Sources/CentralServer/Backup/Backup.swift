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
        let copy = try newest(in: target)
        let ends = copy?.ends ?? []
        guard let lost = try reader.read({ try lost(ends, in: $0) }) else { return }
        throw StoreError(
            .refused,
            "\(copy?.path ?? "a backup") has \(lost.chain.site)/\(lost.chain.kiosk) up to entry \(lost.upto), which this store has not: it was put back to "
                + "an older state. Nothing was copied. Stop the centre and restore its newest backup; where there is none any more, copy "
                + "with --despite-losses. Each centre needs a folder of its own for its backups")
    }

    /// The first chain of which a backup has something that is not here, and up to where.
    private static func lost(
        _ ends: [(chain: ChainName, end: ChainPosition)], in database: Database
    ) throws -> (chain: ChainName, upto: UInt64)? {
        for (chain, end) in ends where end != .start {
            // By its hash: a kiosk that was restored, too, may have brought another history as long.
            if try ChainCursor.storedHash(chain, end.sequence, in: database) != end.hash { return (chain, end.sequence) }
        }
        for (chain, upto) in try Losses.backedUp(in: database) {
            if try ChainCursor(chain, in: database).position.sequence < upto { return (chain, upto) }
        }
        return nil
    }

    /// The newest backup in a folder that can be read, and where its chains end; one that cannot is of use to nobody.
    private static func newest(in target: String) throws(StoreError) -> (path: String, ends: [(chain: ChainName, end: ChainPosition)])? {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: target) } catch { throw StoreError(error, at: target) }
        for name in names.filter({ $0.hasPrefix("centre-") && $0.hasSuffix(".sqlite") }).sorted(by: >) {
            let path = "\(target)/\(name)"
            if let ends = try? ends(of: path) { return (path, ends) }
        }
        return nil
    }

    /// Where the chains of a sound copy end.
    private static func ends(of path: String) throws -> [(chain: ChainName, end: ChainPosition)] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).read { database -> [(chain: ChainName, end: ChainPosition)] in
            try database.requireSound(.quick, at: path)
            var ends: [(chain: ChainName, end: ChainPosition)] = []
            for row in try database.rows("SELECT * FROM chains") {
                let chain = try ChainName(row)
                ends.append((chain, try ChainCursor(chain, in: database).position))
            }
            return ends
        }
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
