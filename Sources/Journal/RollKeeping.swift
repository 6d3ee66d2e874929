import DeviceLayer
public import ESCPOS
import Foundation
import GRDB
public import KioskCore
import SyncProtocol

/// The roll of one printer, as far as the journal has followed it.
public struct RollRecord: Hashable, Sendable {
    public var printer: String
    public var meter: RollMeter
    /// What the configuration believes of a new roll.
    public var assumptions: RollMeter.Assumptions
    /// When the change to this roll was seen; nil while none was.
    public var changedAt: WallTime?
    /// When a test slip of this roll was read back: only that proves that the roll can be printed on.
    public var provenAt: WallTime?
    /// Why what was kept of it cannot be read: ``meter`` is a fresh one.
    var fault: String?

    /// There is another roll, and nobody has read anything that was printed on it.
    public var isUnproven: Bool { changedAt != nil && provenAt == nil }
    public var left: RollMeter.Estimate { meter.left(assumptions) }

    /// What it is after a report of the sensors, and what that means; nil when nothing has changed.
    func after(_ report: RollMeter.Report, at time: WallTime) -> (RollRecord, [RollMeter.Event])? {
        var roll = self
        let events = roll.meter.saw(report, at: time.milliseconds, assumptions)
        return roll == self ? nil : (roll, events)
    }

    /// How many tickets that is; nil where that is unknown.
    public var ticketsLeft: Int? {
        switch left {
        case .unknown: nil
        case .atMost(let length), .about(let length): meter.tickets(length)
        }
    }
}

/// What the code that somebody has read on a slip says of the roll.
public enum SlipVerdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is that of the last test slip: the roll can be read.
    case proven
    /// It is another one than that of the last test slip.
    case otherCode = "other-code"
    /// No test slip was asked for since the roll was changed.
    case noSlip = "no-slip"
}

extension Journal {
    /// Follows the roll of `printer`, and of no other, from now on, believing this of new rolls. What was known of it stays;
    /// what was known of another is forgotten, because a kiosk has one printer and it may only have another name now.
    ///
    /// - Returns: why what was known could not be read and counting begins anew; nil when all is well.
    @discardableResult
    public func keepRoll(of printer: String, _ assumptions: RollMeter.Assumptions) async throws(JournalError) -> String? {
        let clock = environment.clock()
        return try await write { [self] database in
            try database.run("DELETE FROM rolls WHERE printer <> ?", [printer])
            try database.run(
                """
                INSERT INTO rolls (printer, meter, length, near_end) VALUES (?, ?, ?, ?)
                ON CONFLICT (printer) DO UPDATE SET length = excluded.length, near_end = excluded.near_end
                """, [printer, try Self.text(RollMeter()), assumptions.length, assumptions.nearEnd])
            guard let roll = try Self.roll(of: printer, in: database), let fault = roll.fault else { return nil }
            try store(roll, in: database)
            try tell(roll, "unreadable", clock, in: database)
            return
                "what was known of the roll of \(printer) cannot be read, so its paper is counted anew; after the next change of the roll "
                + "the estimate is right again (\(fault))"
        }
    }

    /// The roll of a printer; nil when it is not followed.
    public func roll(of printer: String) throws(JournalError) -> RollRecord? {
        try read { try Self.roll(of: printer, in: $0) }
    }

    /// The sensors of `printer` report. Returns what that means for its roll; what has changed is on the disk, and told to the centre.
    ///
    /// A sensor that never rests must not fill the journal: what is too much, or has no room, the centre learns with the next print.
    public func recordRoll(of printer: String, _ report: RollMeter.Report) async throws(JournalError) -> [RollMeter.Event] {
        let clock = environment.clock()
        // Status comes more often than paper changes.
        guard try roll(of: printer)?.after(report, at: clock.wall) != nil else { return [] }
        let hasRoom = refusal() == nil
        return try await write { [self] database in
            // As it is now: a print may have been counted meanwhile.
            guard let known = try Self.roll(of: printer, in: database), let (seen, events) = known.after(report, at: clock.wall) else {
                return []
            }
            var roll = seen
            if events.contains(.changed) { try begin(&roll, clock, in: database) }
            try store(roll, in: database)
            let goesOn = known.meter.hasEnded && !roll.meter.hasEnded && events.isEmpty
            let words = goesOn ? [nil] : events.map { $0.rawValue as String? }
            if hasRoom, sensorWords.take(words.count, at: clock.wall) {
                for word in words { try tell(roll, word, clock, in: database) }
            } else if !words.isEmpty {
                try database.run("UPDATE rolls SET reported = NULL WHERE printer = ?", [printer])
            }
            return events
        }
    }

    /// Somebody says that a new roll is in: where no sensor can.
    public func recordNewRoll(of printer: String) async throws(JournalError) {
        let clock = environment.clock()
        try await write { [self] database in
            guard var roll = try Self.roll(of: printer, in: database) else { throw unknownPrinter(printer) }
            roll.meter.change(roll.assumptions)
            try begin(&roll, clock, in: database)
            try store(roll, in: database)
            try tell(roll, RollMeter.Event.changed.rawValue, clock, in: database)
        }
    }

    /// A new code for a test slip of this roll: 6 characters of Crockford's base 32. It replaces an earlier one.
    public func newSlip(of printer: String) async throws(JournalError) -> String {
        let code = String(Base32.encode(environment.random(10)).suffix(6))
        try await write { [self] database in
            guard try Self.roll(of: printer, in: database) != nil else { throw unknownPrinter(printer) }
            try database.run("UPDATE rolls SET slip = ? WHERE printer = ?", [code, printer])
        }
        return code
    }

    /// Somebody, or a scanner, has read this code on a slip. That of the last test slip proves the roll.
    public func proveRoll(of printer: String, code: String) async throws(JournalError) -> SlipVerdict {
        let clock = environment.clock()
        return try await write { [self] database in
            guard var roll = try Self.roll(of: printer, in: database) else { throw unknownPrinter(printer) }
            let slip = try database.row("SELECT slip FROM rolls WHERE printer = ?", [printer])?["slip"] as String?
            guard let slip else { return .noSlip }
            guard code.uppercased() == slip else { return .otherCode }
            try database.run("UPDATE rolls SET proven = ? WHERE printer = ?", [clock.wall.milliseconds, printer])
            roll.provenAt = clock.wall
            try tell(roll, "proven", clock, in: database)
            return .proven
        }
    }
}

// MARK: - Within transactions

extension Journal {
    /// Counts what a print has moved.
    func count(_ paper: PaperUse, _ clock: ClockReading, in database: Database) throws {
        guard var roll = try Self.roll(of: paper.printer, in: database) else { return }
        if roll.fault != nil { try tell(roll, "unreadable", clock, in: database) }
        roll.meter.printed(paper.micrometres)
        try store(roll, in: database)
        let reported = try database.row("SELECT reported FROM rolls WHERE printer = ?", [paper.printer])?["reported"] as Int?
        // The first estimate, and every tenth that it has fallen by.
        guard let tickets = roll.ticketsLeft, tickets * 10 <= (reported ?? .max / 10) * 9 else { return }
        try tell(roll, nil, clock, in: database)
    }

    /// Counts a ticket of the usual length for a print whose program died: its paper has moved, or may have.
    /// Only where there is one printer, because a print does not say on which it was.
    func countInterruptedPrint(_ clock: ClockReading, in database: Database) throws {
        let printers = try database.rows("SELECT printer FROM rolls").map { $0["printer"] as String }
        guard printers.count == 1, let roll = try Self.roll(of: printers[0], in: database), let ticket = roll.meter.meanTicket else {
            return
        }
        try count(PaperUse(printer: roll.printer, micrometres: ticket), clock, in: database)
    }

    /// Another roll: nothing that was read on the last one proves anything of this one.
    private func begin(_ roll: inout RollRecord, _ clock: ClockReading, in database: Database) throws {
        roll.changedAt = clock.wall
        roll.provenAt = nil
        try database.run(
            "UPDATE rolls SET changed = ?, proven = NULL, slip = NULL WHERE printer = ?", [clock.wall.milliseconds, roll.printer])
    }

    private func store(_ roll: RollRecord, in database: Database) throws {
        try database.run("UPDATE rolls SET meter = ? WHERE printer = ?", [try Self.text(roll.meter), roll.printer])
    }

    private func tell(_ roll: RollRecord, _ event: String?, _ clock: ClockReading, in database: Database) throws {
        let (length, certainty): (Int?, PrinterRoll.Certainty) =
            switch roll.left {
            case .unknown: (nil, .unknown)
            case .atMost(let length): (length, .atMost)
            case .about(let length): (length, .about)
            }
        let body = PrinterRoll(
            printer: roll.printer, event: event, used: roll.meter.used / 1000, left: length.map { $0 / 1000 }, tickets: roll.ticketsLeft,
            certainty: certainty, isLow: roll.meter.isLow)
        try writer.note(body, day: ServiceDay(clock.wall, in: zone), clock: clock, in: database)
        try database.run("UPDATE rolls SET reported = ? WHERE printer = ?", [roll.ticketsLeft, roll.printer])
    }

    private static func roll(of printer: String, in database: Database) throws -> RollRecord? {
        guard let row = try database.row("SELECT * FROM rolls WHERE printer = ?", [printer]) else { return nil }
        var assumptions = RollMeter.Assumptions(metres: 0, nearEndMetres: 0)
        (assumptions.length, assumptions.nearEnd) = (row["length"], row["near_end"])
        let (meter, fault) = Self.meter(row["meter"])
        return RollRecord(
            printer: printer, meter: meter, assumptions: assumptions,
            changedAt: (row["changed"] as Int64?).map { WallTime(milliseconds: $0) },
            provenAt: (row["proven"] as Int64?).map { WallTime(milliseconds: $0) }, fault: fault)
    }

    /// An estimate of paper must never be in the way of a ticket's outcome: one that cannot be read begins anew.
    private static func meter(_ text: String) -> (RollMeter, fault: String?) {
        do {
            return (try JSONDecoder().decode(RollMeter.self, from: Data(text.utf8)), nil)
        } catch {
            return (RollMeter(), "\(error)")
        }
    }

    private static func text(_ meter: RollMeter) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(meter), as: UTF8.self)
    }

    private func unknownPrinter(_ name: String) -> JournalError {
        JournalError(.unknownPrinter, "no roll is kept of a printer “\(name)”; the configuration says `printer_name`")
    }
}

/// How many of the sensors' words may still become entries in this hour.
struct SensorWords {
    /// A roll makes three, and nobody changes seven in an hour.
    static let anHour = 20
    private var began: WallTime?
    private var count = 0

    /// Takes that many; false where there are not as many left.
    mutating func take(_ words: Int, at now: WallTime) -> Bool {
        // A clock that was set back begins an hour, too.
        if began.map({ !(0..<3_600_000).contains(now.milliseconds - $0.milliseconds) }) ?? true { (began, count) = (now, 0) }
        guard count + words <= Self.anHour else { return false }
        count += words
        return true
    }
}
