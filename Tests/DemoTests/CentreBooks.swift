import Foundation
import GRDB
import Journal
import KioskCore
import SyncProtocol

/// What a centre has stored, read behind its back.
struct CentreBooks {
    /// The octets of every entry of a chain, in order.
    var entries: [ChainName: [[UInt8]]] = [:]
    /// What was put aside because it did not fit.
    var putAside: Int

    /// - Parameter store: the centre's folder; nobody writes there any more.
    init(store: String) throws {
        let queue = try DatabaseQueue(path: "\(store)/centre.sqlite")
        defer { try? queue.close() }
        (entries, putAside) = try queue.read { database in
            var entries: [ChainName: [[UInt8]]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT * FROM entries ORDER BY site, kiosk, epoch, lane, seq") {
                let header = try EntryHeader(decoding: [UInt8](row["header"] as Data))
                let key = (row["wrapped_key"] as Data?).map { [UInt8]($0) }
                let sealed = (row["sealed"] as Data?).map { SealedPart(ciphertext: [UInt8]($0), wrappedKey: key) }
                entries[header.chain, default: []].append(
                    Entry(header: header, body: [UInt8](row["body"] as Data), sealed: sealed).octets)
            }
            return (entries, try Int.fetchOne(database, sql: "SELECT count(*) FROM quarantine") ?? -1)
        }
    }

    /// Where it differs from what the journal holds; empty when every entry is there exactly once, octet by octet, and nothing else.
    func differences(from journal: Journal, site: SiteID, kiosk: KioskID) async throws -> [String] {
        var differences = putAside == 0 ? [] : ["\(putAside) entries were put aside"]
        var known: Set<ChainName> = []
        for lane in Lane.allCases {
            let chain = ChainName(site: site, kiosk: kiosk, epoch: journal.epoch, lane: lane)
            known.insert(chain)
            let own = try await journal.entries(after: 0, lane: lane, limit: .max).map(\.octets)
            let copy = entries[chain] ?? []
            for sequence in 0..<max(own.count, copy.count) {
                let (left, right) = (
                    own.indices.contains(sequence) ? own[sequence] : nil, copy.indices.contains(sequence) ? copy[sequence] : nil
                )
                if left != right {
                    differences.append(
                        "entry \(sequence + 1) of \(lane): \(left?.count ?? 0) octets in the journal, \(right?.count ?? 0) at the centre")
                }
            }
        }
        return differences + entries.keys.filter { !known.contains($0) }.map { "a chain of nobody: \($0)" }
    }
}
