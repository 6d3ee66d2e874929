import Foundation
import GRDB
import KioskCore
import SQLiteAccess
import SyncProtocol

/// Gives out the numbers of a site's series, within one transaction: each to one kiosk, in the order in which they are asked for.
struct NumberBook {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// The number that `request` got, or the next one. Behind every number that was leased, and behind every one that a kiosk
    /// is known to have issued: a store that was restored from a backup may have forgotten leases, the kiosks' entries tell of them.
    func lease(_ request: NumberRequest, _ day: ServiceDay, at now: WallTime) throws -> NumberLease {
        func answer(_ ordinal: Int) -> NumberLease {
            NumberLease(id: request.id, prefix: request.prefix, day: request.day, ordinal: ordinal)
        }
        let id = Data(request.id.octets)
        if let known = try database.row("SELECT prefix, day, ordinal FROM leases WHERE site = ? AND id = ?", [request.site.rawValue, id]) {
            guard known["prefix"] == request.prefix, known["day"] == Int64(day.number) else {
                throw StoreError(.refused, "the id \(request.id) was used for another number; ids are random and used once")
            }
            return answer(known["ordinal"])
        }
        let series: StatementArguments = [request.site.rawValue, Int64(day.number), request.prefix]
        let leased = try highest("leases WHERE site = ? AND day = ? AND prefix = ?", series)
        let issued = try highest("numbers WHERE site = ? AND day = ? AND series = ?", series)
        let ordinal = max(leased, issued) + 1
        try database.run(
            "INSERT INTO leases (site, day, prefix, ordinal, kiosk, epoch, id, granted) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            series + [ordinal, request.kiosk.rawValue, Data(request.epoch.octets), id, now.milliseconds])
        return answer(ordinal)
    }

    /// Notes that a ticket bears a number; returns the ticket that bore it first where that is another.
    func note(_ ticket: TicketIssued, of chain: ChainName, on day: ServiceDay) throws -> String? {
        let added = try database.quickly(
            "INSERT INTO numbers (site, day, series, ordinal, kiosk, ticket) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        ) {
            $0.put(chain.site.rawValue)
            $0.put(day.number)
            $0.put(ticket.series)
            $0.put(ticket.ordinal)
            $0.put(chain.kiosk.rawValue)
            $0.put(ticket.ticket)
        }
        guard added == 0 else { return nil }
        let first = try database.row(
            "SELECT ticket, kiosk FROM numbers WHERE site = ? AND day = ? AND series = ? AND ordinal = ?",
            [chain.site.rawValue, Int64(day.number), ticket.series, Int64(ticket.ordinal)])
        return first.flatMap { $0["ticket"] == ticket.ticket ? nil : "\($0["ticket"] as String) of \($0["kiosk"] as String)" }
    }

    /// The last number of each series that a kiosk has issued, in all lives of its journal, from yesterday on.
    func ends(of chain: ChainName, at now: WallTime) throws -> [SeriesEnd] {
        let yesterday = ServiceDay(now, in: .jakarta).number - 1
        // By the tickets, which stand together for each kiosk.
        let rows = try database.rows(
            "SELECT day, number FROM tickets WHERE site = ? AND kiosk = ? AND day >= ?",
            [chain.site.rawValue, chain.kiosk.rawValue, Int64(yesterday)])
        var last: [SeriesEnd: Int] = [:]
        for row in rows {
            let (day, number): (Int64, String) = (row["day"], row["number"])
            guard let dash = number.lastIndex(of: "-"), let ordinal = Int(number[number.index(after: dash)...]) else { continue }
            let series = SeriesEnd(series: String(number[..<dash]), day: ServiceDay(number: Int32(clamping: day)), last: 0)
            last[series] = max(last[series] ?? 0, ordinal)
        }
        return last.map { series, ordinal in
            var end = series
            end.last = ordinal
            return end
        }.sorted { ($0.day, $0.series) < ($1.day, $1.series) }
    }

    private func highest(_ rows: String, _ arguments: StatementArguments) throws -> Int {
        try database.row("SELECT max(ordinal) AS last FROM \(rows)", arguments)?["last"] ?? 0
    }

    static let tables = """
        -- Numbers that kiosks were given to issue, in the order in which they asked. One that no ticket bears is missing from its series.
        CREATE TABLE leases (
            site TEXT NOT NULL, day INTEGER NOT NULL, prefix TEXT NOT NULL, ordinal INTEGER NOT NULL CHECK (ordinal > 0),
            kiosk TEXT NOT NULL, epoch BLOB NOT NULL, id BLOB NOT NULL, granted INTEGER NOT NULL,
            PRIMARY KEY (site, day, prefix, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX leases_by_id ON leases (site, id);

        -- Which ticket bears a number: the first that was heard of.
        CREATE TABLE numbers (
            site TEXT NOT NULL, day INTEGER NOT NULL, series TEXT NOT NULL, ordinal INTEGER NOT NULL,
            kiosk TEXT NOT NULL, ticket TEXT NOT NULL,
            PRIMARY KEY (site, day, series, ordinal)
        ) STRICT, WITHOUT ROWID;
        """
}
