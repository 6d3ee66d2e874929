import Foundation
import GRDB
import KioskCore
import SyncProtocol

extension DayReport {
    /// Resolved incidents that a report still tells of: the latest.
    static let resolvedIncidents = 50

    /// Reads the report of one day. It adds up the roll-ups, so that it costs the same on a busy day.
    init(_ day: ServiceDay, made: WallTime, names: SiteNames, alarms limits: AlarmLimits, notices: NoticeBook, in database: Database) throws
    {
        self.init(
            day: day.description, made: made.iso8601, agencies: try Self.agencies(day, names, in: database),
            chains: try Self.chains(made, in: database), incidents: try Self.incidents(in: database),
            rolls: try Self.rolls(in: database), alarms: try limits.alarms(made, in: database) + notices.alarms(in: database))
    }

    private static func agencies(_ day: ServiceDay, _ names: SiteNames, in database: Database) throws -> [Agency] {
        let rows = try database.rows(
            """
            SELECT agency, service, sum(issued) AS issued, sum(printed) AS printed, sum(screen) AS screen, sum(unknown) AS unknown,
                sum(void) AS void, sum(open) AS open, sum(manual) AS manual
            FROM rollups WHERE day = ? GROUP BY agency, service ORDER BY agency, service
            """, [Int64(day.number)])
        var agencies: [(id: String, services: [Service])] = []
        for row in rows {
            let (agency, service): (String, String) = (row["agency"], row["service"])
            if agencies.last?.id != agency { agencies.append((agency, [])) }
            agencies[agencies.count - 1].services.append(
                Service(service: service, name: names.service(agency, service), counts: TicketCounts(row)))
        }
        return agencies.map { Agency(agency: $0.id, name: names.agency($0.id), services: $0.services) }
    }

    private static func chains(_ made: WallTime, in database: Database) throws -> [Chain] {
        let backups = "safe.site = chains.site AND safe.kiosk = chains.kiosk AND safe.epoch = chains.epoch AND safe.lane = chains.lane"
        // What is at the place where the former epoch ended, by this one's word: the very entry, or none, or that of another history.
        let end = """
            (SELECT entries.hash = epochs.hash FROM entries WHERE entries.site = epochs.site AND entries.kiosk = epochs.kiosk
                AND entries.epoch = epochs.previous AND entries.lane = \(Lane.transactions.rawValue) AND entries.seq = epochs.upto)
            """
        return try database.rows(
            """
            SELECT chains.*, (SELECT safe.upto FROM safe WHERE \(backups)) AS safe,
                began, previous, epochs.upto AS previous_upto, reason, damaged,
                previous IS NOT NULL AND (epochs.upto = 0 OR coalesce(\(end), 0)) AS is_here
            FROM chains LEFT JOIN epochs ON chains.lane = \(Lane.transactions.rawValue)
                AND epochs.site = chains.site AND epochs.kiosk = chains.kiosk AND epochs.epoch = chains.epoch
            ORDER BY chains.site, chains.kiosk, contact DESC, chains.epoch, lane
            """
        ).map { row in
            let since = AlarmLimits.waitingSince(row)
            return Chain(
                site: row["site"], kiosk: row["kiosk"], epoch: hexadecimal(row["epoch"]), lane: lane(row["lane"]),
                upto: UInt64(row["upto"] as Int64), hash: EntryHash(octets: [UInt8](row["hash"] as Data)) ?? .none,
                head: UInt64(row["head"] as Int64), contact: WallTime(milliseconds: row["contact"]).iso8601,
                waitingSince: since?.iso8601, safe: (row["safe"] as Int64?).map { UInt64($0) }, follows: predecessor(row))
        }
    }

    private static func predecessor(_ row: Row) -> Chain.Predecessor? {
        guard row["began"] as Int64? != nil else { return nil }
        return Chain.Predecessor(
            epoch: (row["previous"] as Data?).map(hexadecimal), upto: UInt64(row["previous_upto"] as Int64), isHere: row["is_here"],
            isDamaged: row["damaged"], reason: row["reason"])
    }

    private static func incidents(in database: Database) throws -> [Incident] {
        let entries = """
            (SELECT count(*) FROM quarantine AS kept WHERE kept.site = incidents.site AND kept.kiosk = incidents.kiosk
                AND kept.epoch = incidents.epoch AND kept.lane = incidents.lane AND kept.code = incidents.code
                AND kept.seq = incidents.seq) AS entries
            """
        let open = try database.rows("SELECT *, \(entries) FROM incidents WHERE resolved IS NULL ORDER BY last DESC, site, kiosk, seq")
        let closed = try database.rows(
            "SELECT *, \(entries) FROM incidents WHERE resolved IS NOT NULL ORDER BY resolved DESC, site, kiosk, seq LIMIT \(resolvedIncidents)"
        )
        return try (open + closed).map { row in
            guard let code = Incident.Code(rawValue: row["code"]) else {
                throw StoreError(
                    .newer, "an incident has the code \(row["code"] as String), which this version does not know; use the newer one")
            }
            return Incident(
                site: row["site"], kiosk: row["kiosk"], epoch: hexadecimal(row["epoch"]), lane: lane(row["lane"]), code: code,
                sequence: UInt64(row["seq"] as Int64), detail: row["detail"], first: WallTime(milliseconds: row["first"]).iso8601,
                last: WallTime(milliseconds: row["last"]).iso8601, entries: row["entries"],
                resolved: (row["resolved"] as Int64?).map { WallTime(milliseconds: $0).iso8601 })
        }
    }

    private static func rolls(in database: Database) throws -> [Roll] {
        try database.rows("SELECT * FROM rolls ORDER BY site, kiosk, printer").map { row in
            Roll(
                site: row["site"], kiosk: row["kiosk"], printer: row["printer"], told: WallTime(milliseconds: row["told"]).iso8601,
                used: row["used"], left: row["remaining"], tickets: row["tickets"],
                certainty: PrinterRoll.Certainty(rawValue: row["certainty"]) ?? .unknown, isLow: row["low"],
                isUnproven: row["changed"] as Int64? != nil && row["proven"] as Int64? == nil)
        }
    }

    private static func hexadecimal(_ epoch: Data) -> String { Epoch(octets: [UInt8](epoch))?.description ?? "" }
    private static func lane(_ number: Int64) -> String { UInt8(exactly: number).flatMap(Lane.init)?.description ?? "\(number)" }
}

extension TicketCounts {
    fileprivate init(_ row: Row) {
        self.init(
            issued: row["issued"], printed: row["printed"], screen: row["screen"], unknown: row["unknown"], void: row["void"],
            open: row["open"], manual: row["manual"])
    }
}
