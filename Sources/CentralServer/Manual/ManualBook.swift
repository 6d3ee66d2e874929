import Foundation
import GRDB
import KioskCore
import SyncProtocol

/// Which numbers were printed for staff, and which of them were handed out; within one transaction.
struct ManualBook {
    private let database: Database
    private let now: WallTime

    init(_ database: Database, at now: WallTime) {
        self.database = database
        self.now = now
    }

    /// After a restore so many numbers of a series are left out at least: they may have been printed behind the backup.
    static let room = 1000
    /// A series has as many digits as people still read.
    private static let end = 999_999

    // MARK: Sheets

    /// The next numbers of a series, which are nobody else's from now on.
    func print(_ order: SheetOrder) throws -> ManualSheet {
        guard (1...SheetOrder.largest).contains(order.count), order.series.hasSuffix(ManualSeries.letter) else {
            throw StoreError(.refused, "a sheet has 1 to \(SheetOrder.largest) numbers of a manual series")
        }
        let key: StatementArguments = [order.site.rawValue, order.series]
        let newest = try database.row("SELECT * FROM manual_sheets WHERE site = ? AND series = ? ORDER BY last DESC LIMIT 1", key)
        let last: Int = newest?["last"] ?? 0
        let isComplete = try newest?["generation"] ?? 0 == Restores(database).generation
        let first = isComplete ? last + 1 : (last / Self.room + 2) * Self.room + 1
        guard first + order.count - 1 <= Self.end else {
            throw StoreError(.refused, "the series \(order.series) ends at \(Self.end); give the service another prefix")
        }
        let sheet = ManualSheet(
            serial: Base32.encode((0..<5).map { _ in UInt8.random(in: .min ... .max) }), site: order.site, service: order.service,
            series: order.series, first: first, last: first + order.count - 1, day: order.day)
        try keep(sheet, generation: Restores(database).generation)
        return sheet
    }

    private func keep(_ sheet: ManualSheet, generation: Int) throws {
        try database.run(
            """
            INSERT INTO manual_sheets (site, series, first, last, serial, agency, service, day, generation, printed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                sheet.site.rawValue, sheet.series, sheet.first, sheet.last, sheet.serial, sheet.service.agency.rawValue,
                sheet.service.service.rawValue, sheet.day, generation, now.milliseconds,
            ])
    }

    /// The sheets of a site, with how much of each was entered.
    static func sheets(of site: SiteID, in database: Database) throws -> [ManualSheet] {
        try database.rows(
            """
            SELECT *, (SELECT count(*) FROM manual_numbers AS used WHERE used.site = manual_sheets.site AND
                used.series = manual_sheets.series AND used.ordinal BETWEEN first AND last) AS entered
            FROM manual_sheets WHERE site = ? ORDER BY series, first
            """, [site.rawValue]
        ).map(ManualSheet.init)
    }

    // MARK: Entering

    /// The tickets of an entry that are not here yet, noted as entered. Refused whole where one of its numbers cannot be right.
    func enter(_ entry: ManualEntry) throws -> (tickets: [ManualTicket], known: Int) {
        guard let day = ServiceDay(iso8601: entry.day), entry.first > 0, entry.first <= entry.last,
            entry.last - entry.first < SheetOrder.largest
        else { throw StoreError(.refused, "\(place(entry))an entry has a day and up to \(SheetOrder.largest) numbers in their order") }
        // Nowhere is it a later day than in the east.
        guard day <= ServiceDay(now, in: .jayapura) else {
            throw StoreError(.refused, "\(place(entry))\(day) is still to come; write the day on which the tickets were handed out")
        }
        if entry.isFound { try takeUp(entry) }
        let sheets = try self.sheets(of: entry)
        var tickets: [ManualTicket] = []
        for ordinal in entry.first...entry.last {
            let number = TicketNumber(series: entry.series, ordinal: ordinal)
            guard let sheet = sheets.first(where: { ($0.first...$0.last).contains(ordinal) }) else { throw unprinted(number, entry) }
            try require(sheet, fits: entry, number)
            let key: StatementArguments = [entry.site.rawValue, entry.series, ordinal]
            if let used = try database.row("SELECT day FROM manual_numbers WHERE site = ? AND series = ? AND ordinal = ?", key) {
                let other = ServiceDay(number: Int32(clamping: used["day"] as Int64))
                guard other == day else {
                    throw StoreError(
                        .refused,
                        "\(place(entry))\(number) was entered for \(other) already, and a number is handed out once; correct the day or the number"
                    )
                }
                continue
            }
            try database.run(
                "INSERT INTO manual_numbers (site, series, ordinal, day, entered) VALUES (?, ?, ?, ?, ?)",
                key + [Int64(day.number), now.milliseconds])
            tickets.append(ManualTicket(number: number, service: sheet.service, day: day, handed: entry.handed))
        }
        return (tickets, entry.last - entry.first + 1 - tickets.count)
    }

    /// Takes down a sheet that somebody holds and this store has forgotten.
    private func takeUp(_ entry: ManualEntry) throws {
        guard let serial = entry.sheet, let service = entry.service else {
            throw StoreError(
                .refused, "\(place(entry))a sheet that is not known here needs its serial (--sheet) and its service (--service)")
        }
        // Those that are known are judged like all others.
        let known = try sheets(of: entry)
        let unknown = (entry.first...entry.last).filter { ordinal in !known.contains { ($0.first...$0.last).contains(ordinal) } }
        // Of an earlier life, so that the next print leaves room for the rest of this sheet.
        let earlier = try Restores(database).generation - 1
        for ordinal in unknown {
            let sheet = ManualSheet(
                serial: serial, site: entry.site, service: service, series: entry.series, first: ordinal, last: ordinal, day: nil)
            try keep(sheet, generation: earlier)
        }
    }

    private func sheets(of entry: ManualEntry) throws -> [ManualSheet] {
        try database.rows(
            "SELECT * FROM manual_sheets WHERE site = ? AND series = ? AND first <= ? AND last >= ? ORDER BY first",
            [entry.site.rawValue, entry.series, entry.last, entry.first]
        ).map(ManualSheet.init)
    }

    private func require(_ sheet: ManualSheet, fits entry: ManualEntry, _ number: TicketNumber) throws {
        if let service = entry.service, service != sheet.service {
            throw StoreError(.refused, "\(place(entry))\(number) is a number of \(sheet.service), not of \(service); look at the ticket")
        }
        if let day = sheet.day, day != entry.day {
            throw StoreError(
                .refused, "\(place(entry))\(number) is on the sheet \(sheet.serial), which is for \(day) only, not for \(entry.day)")
        }
        if let serial = entry.sheet, serial != sheet.serial {
            throw StoreError(
                .refused,
                "\(place(entry))\(number) is on the sheet \(sheet.serial) here, not on \(serial): the store was restored, and the same number was "
                    + "printed twice. Hand out no more of \(serial), keep it, and enter its tickets by free numbers of a new sheet")
        }
    }

    private func unprinted(_ number: TicketNumber, _ entry: ManualEntry) -> StoreError {
        StoreError(
            .refused,
            "\(place(entry))\(number) is on no sheet that was printed for \(entry.site); “anjungan-central series list” shows them. Correct it; or, "
                + "where you hold its sheet, this store was restored from an older backup: enter it with --found --sheet SERIAL --service SERVICE"
        )
    }

    private func place(_ entry: ManualEntry) -> String { entry.line.map { "line \($0): " } ?? "" }

    static let tables = """
        -- Numbers that were printed for staff to hand out: from `first` to `last`, on a sheet with this serial. `day` null: on any day.
        CREATE TABLE manual_sheets (
            site TEXT NOT NULL, series TEXT NOT NULL, first INTEGER NOT NULL CHECK (first > 0), last INTEGER NOT NULL CHECK (last >= first),
            serial TEXT NOT NULL, agency TEXT NOT NULL, service TEXT NOT NULL, day TEXT, generation INTEGER NOT NULL,
            printed INTEGER NOT NULL,
            PRIMARY KEY (site, series, first)
        ) STRICT, WITHOUT ROWID;

        -- Those that were handed out and entered, once each.
        CREATE TABLE manual_numbers (
            site TEXT NOT NULL, series TEXT NOT NULL, ordinal INTEGER NOT NULL, day INTEGER NOT NULL, entered INTEGER NOT NULL,
            PRIMARY KEY (site, series, ordinal)
        ) STRICT, WITHOUT ROWID;

        -- Under which epoch this store writes a site's entries of its own. A restored store begins another: it may have lost the end.
        CREATE TABLE manual_chains (
            site TEXT PRIMARY KEY, epoch BLOB NOT NULL, generation INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- How many of the tickets were handed out by staff.
        ALTER TABLE rollups ADD COLUMN manual INTEGER NOT NULL DEFAULT 0;
        """
}

extension ManualSheet {
    fileprivate init(_ row: Row) throws {
        guard let site = SiteID(row["site"]), let service = ServiceKey("\(row["agency"] as String)/\(row["service"] as String)") else {
            throw StoreError(.corrupted, "a printed sheet names no service; restore the last backup")
        }
        self.init(
            serial: row["serial"], site: site, service: service, series: row["series"], first: row["first"], last: row["last"],
            day: row["day"], entered: row.hasColumn("entered") ? row["entered"] : 0)
    }
}
