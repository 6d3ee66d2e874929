import Foundation
import GRDB
import KioskCore
import SyncProtocol

/// The newest backup in a folder that can be read: the one that the next takes the place of.
struct NewestBackup {
    let path: String
    private let queue: DatabaseQueue
    /// Where its chains end.
    private let ends: [(chain: ChainName, end: ChainPosition)]

    /// Finds it in `folder`; one that cannot be read is of use to nobody.
    static func find(in folder: String) throws(StoreError) -> Self? {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch { throw StoreError(error, at: folder) }
        for name in names.filter({ $0.hasPrefix("centre-") && $0.hasSuffix(".sqlite") }).sorted(by: >) {
            if let backup = try? Self(path: "\(folder)/\(name)") { return backup }
        }
        return nil
    }

    /// Opens a sound copy.
    private init(path: String) throws {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        ends = try queue.read { copy in
            try copy.requireSound(.quick, at: path)
            return try copy.rows("SELECT * FROM chains").map { row in
                let chain = try ChainName(row)
                return (chain, try ChainCursor(chain, in: copy).position)
            }
        }
    }

    /// What it has and `store` has not, in words; `nil` where it has nothing of its own.
    func surplus(over store: Database) throws -> String? {
        for (chain, end) in ends where end != .start {
            // By its hash: a kiosk that was restored, too, may have brought another history as long.
            if try ChainCursor.storedHash(chain, end.sequence, in: store) != end.hash {
                return "\(chain.site)/\(chain.kiosk) up to entry \(end.sequence)"
            }
        }
        let aside = try aside(lackingIn: store)
        return aside.first.map { first in
            "\(aside.count == 1 ? "1 entry" : "\(aside.count) entries") aside, the first of \(first.chain.site)/\(first.chain.kiosk) "
                + "at entry \(first.sequence)"
        }
    }

    /// What stands aside here alone. What has found its place in the store's chain since is not lost.
    private func aside(lackingIn store: Database) throws -> [(chain: ChainName, sequence: UInt64)] {
        var lacking: [(chain: ChainName, sequence: UInt64)] = []
        for row in try read({ try $0.rows("SELECT site, kiosk, epoch, lane, seq, sha256 FROM quarantine ORDER BY rowid") }) {
            let chain = try ChainName(row)
            let key = chain.key + [row["sha256"] as Data]
            let matches = "\(ChainName.keyMatches) AND sha256 = ?"
            if try store.row("SELECT 1 FROM quarantine WHERE \(matches)", key) != nil { continue }
            // By its octets, since a copy that an earlier version made does not tell the place.
            let octets = try read { try $0.row("SELECT octets FROM quarantine WHERE \(matches)", key)?["octets"] as Data? }
            let link = octets.flatMap { ChainLink(aside: [UInt8]($0), CentralStore.sha256) }
            if let link, try ChainCursor.storedHash(chain, link.sequence, in: store) == link.hash { continue }
            lacking.append((chain, link?.sequence ?? UInt64(row["seq"] as Int64)))
        }
        return lacking
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.read(body) } catch { throw StoreError(error, at: path) }
    }
}
