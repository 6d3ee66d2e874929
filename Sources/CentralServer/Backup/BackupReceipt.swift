import Foundation
import GRDB
import Glibc
import KioskCore
import LocalFiles
import SyncProtocol

/// What a backup has of each chain: a file in the store's folder `backups`, which the centre takes down and deletes.
///
/// Who may write into the store's folder may say what is safe, and nobody else: a backup is made by another process than
/// the one that writes the store, also while no centre runs.
struct BackupReceipt: Codable {
    /// The backup's file.
    var backup: String
    var chains: [Chain]

    struct Chain: Codable {
        var site: String
        var kiosk: String
        var epoch: Epoch
        var lane: Lane
        var upto: UInt64
        var hash: EntryHash
    }

    /// Calls safe what is stored here by the same hash, and never less than before.
    func take(into database: Database) throws {
        for chain in chains {
            guard let site = SiteID(chain.site), let kiosk = KioskID(chain.kiosk) else { continue }
            let name = ChainName(site: site, kiosk: kiosk, epoch: chain.epoch, lane: chain.lane)
            guard try ChainCursor.storedHash(name, chain.upto, in: database) == chain.hash else { continue }
            try database.run(
                """
                INSERT INTO safe (site, kiosk, epoch, lane, upto, hash) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET upto = excluded.upto, hash = excluded.hash WHERE excluded.upto > safe.upto
                """,
                name.key + [Int64(chain.upto), Data(chain.hash.octets)])
        }
    }

    /// Writes it durably where the centre of this store finds it.
    func write(into folder: StoreFolder, named name: String) throws(StoreError) {
        let encoded: Data
        do {
            encoded = try JSONEncoder().encode(self)
        } catch {
            preconditionFailure("Texts and whole numbers always fit into JSON: \(error)")
        }
        let inbox = StoreFolder(path: folder.backups)
        try inbox.make()
        try StoreError.of { () throws(FileFailure) in try WholeFile.write([UInt8](encoded), to: "\(inbox.path)/\(name).json", mode: 0o600) }
    }

    /// The paths of the receipts that wait.
    static func waiting(in folder: StoreFolder) throws(StoreError) -> [String] {
        guard let directory = opendir(folder.backups) else {
            guard errno == ENOENT else {
                throw StoreError(.readOnly, "\(folder.backups): \(String(cString: strerror(errno))); give it to the centre's user")
            }
            return []
        }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json") { paths.append("\(folder.backups)/\(name)") }
        }
        return paths.sorted()
    }
}
