import Foundation
import GRDB
import KioskCore
import SyncProtocol
import Testing

@testable import CentralServer

/// A store in a folder of its own, which goes with it.
final class Bench: Sendable {
    let folder: String
    var database: String { "\(folder)/centre.sqlite" }

    init() {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("centre-\(UUID().uuidString)").path
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open(capacity: Int64? = nil) async throws -> CentralStore { try await CentralStore.open(directory: folder, capacity: capacity) }

    /// Looks into the database by a connection of its own.
    func look<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: database, configuration: configuration).read(body)
    }

    func count(_ table: String) throws -> Int { try look { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 } }

    /// The stored entries of a chain as octets, in the order of their sequence.
    func entries(of chain: ChainName) throws -> [[UInt8]] {
        try look { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM entries WHERE site = ? AND kiosk = ? AND epoch = ? AND lane = ? ORDER BY seq",
                arguments: [chain.site.rawValue, chain.kiosk.rawValue, Data(chain.epoch.octets), Int(chain.lane.rawValue)]
            ).map { row in
                let sealed = (row["sealed"] as Data?).map {
                    SealedPart(ciphertext: [UInt8]($0), wrappedKey: (row["wrapped_key"] as Data?).map { [UInt8]($0) })
                }
                let header = try EntryHeader(decoding: [UInt8](row["header"] as Data))
                return Entry(header: header, body: [UInt8](row["body"] as Data), sealed: sealed).octets
            }
        }
    }

    func quarantined() throws -> [[UInt8]] {
        try look { try Data.fetchAll($0, sql: "SELECT octets FROM quarantine ORDER BY rowid").map { [UInt8]($0) } }
    }

    /// Holds at all times: the roll-ups are what one gets by counting the tickets again.
    func expectRollupsMatchTickets(_ comment: Comment? = nil) throws { #expect(try rollups() == recounted(), comment) }

    /// What is counted together.
    struct Group: Hashable {
        var site: String
        var day: Int
        var agency: String
        var service: String
        init(_ row: Row) { (site, day, agency, service) = (row["site"], row["day"], row["agency"], row["service"]) }
    }

    func recounted() throws -> [Group: TicketCounts] {
        var recounted: [Group: TicketCounts] = [:]
        for row in try look({ try Row.fetchAll($0, sql: "SELECT * FROM tickets") }) {
            let fate = TicketFate(
                isOnPaper: row["paper"], isUnknown: row["unknown"], isVoid: row["void"], isDelivered: row["delivered"],
                openPrints: row["prints"])
            recounted[Group(row), default: TicketCounts()].add(fate.column)
            if row["kiosk"] == ManualSeries.writer.rawValue { recounted[Group(row)]?.manual += 1 }
        }
        return recounted
    }

    func rollups() throws -> [Group: TicketCounts] {
        Dictionary(
            uniqueKeysWithValues: try look { try Row.fetchAll($0, sql: "SELECT * FROM rollups") }.map { row in
                (
                    Group(row),
                    TicketCounts(
                        issued: row["issued"], printed: row["printed"], screen: row["screen"], unknown: row["unknown"], void: row["void"],
                        open: row["open"], manual: row["manual"])
                )
            })
    }
}

extension CentralStore {
    @discardableResult
    func take(_ batch: Batch) throws -> Acknowledgement { try ingest(batch, at: noon).acknowledgement }
    func counts() throws -> TicketCounts { try report(today, made: noon).counts }
    func incidents() throws -> [DayReport.Incident] { try report(today, made: noon).incidents }
}
