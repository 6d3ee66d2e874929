import Foundation
import GRDB
import KioskCore
import SQLiteAccess
import SyncProtocol

extension ChainName {
    /// Whose row it is.
    init(_ row: Row) throws {
        guard let site = SiteID(row["site"]), let kiosk = KioskID(row["kiosk"]), let epoch = Epoch(octets: [UInt8](row["epoch"] as Data)),
            let lane = UInt8(exactly: row["lane"] as Int64).flatMap(Lane.init)
        else { throw StoreError(.corrupted, "a row names no chain; restore the last backup") }
        self.init(site: site, kiosk: kiosk, epoch: epoch, lane: lane)
    }
}

extension Entry {
    /// Reads a row of `entries`.
    init(_ row: Row) throws {
        let sealed = (row["sealed"] as Data?).map {
            SealedPart(ciphertext: [UInt8]($0), wrappedKey: (row["wrapped_key"] as Data?).map { [UInt8]($0) })
        }
        do throws(EntryError) {
            try self.init(decodingHeader: [UInt8](row["header"] as Data), body: [UInt8](row["body"] as Data), sealed: sealed)
        } catch {
            throw StoreError(
                .corrupted,
                "entry \(row["seq"] as Int64) of \(row["site"] as String)/\(row["kiosk"] as String): \(error); restore the last backup")
        }
    }
}

extension Entry {
    /// Stores it behind the last of its chain.
    func store(_ chain: ChainName, _ hash: EntryHash, received: WallTime, in database: Database) throws {
        try database.quickly(
            """
            INSERT INTO entries (site, kiosk, epoch, lane, seq, header, body, sealed, wrapped_key, hash, received)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) {
            $0.put(chain.site.rawValue)
            $0.put(chain.kiosk.rawValue)
            $0.put(chain.epoch.octets)
            $0.put(chain.lane.rawValue)
            $0.put(header.sequence)
            $0.put(headerOctets)
            $0.put(body)
            $0.put(sealed?.ciphertext)
            $0.put(sealed?.wrappedKey)
            $0.put(hash.octets)
            $0.put(received.milliseconds)
        }
    }
}
