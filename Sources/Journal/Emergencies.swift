import Foundation
import GRDB
public import KioskCore
import SyncProtocol

/// An emergency holds through a restart without a network, and its begin and end are among the transactions.
extension Journal {
    /// The emergency that holds here: the centre has called it, and no technician has ended it.
    public func emergency() throws(JournalError) -> Emergency? {
        try read { try EmergencyRow(in: $0).held }
    }

    /// Keeps what the centre says now: an emergency, or that there is none. Returns what holds here.
    @discardableResult
    public func keep(_ called: Emergency?) async throws(JournalError) -> Emergency? {
        var known = try read { try EmergencyRow(in: $0) }
        guard known.called != called else { return known.held }
        known.called = called
        try await change(by: "centre", reason: nil) { $0.called = called }
        return known.held
    }

    /// A technician ends the emergency here, whatever the centre says; one that it calls afterwards holds again.
    ///
    /// - Parameter reason: for people; at most 200 characters, nothing personal.
    /// - Returns: the one that was ended; nil: none held.
    @discardableResult
    public func liftEmergency(reason: String) async throws(JournalError) -> Emergency? {
        guard let held = try emergency() else { return nil }
        try await change(by: "technician", reason: String(reason.prefix(200))) { $0.lifted = held.since }
        return held
    }

    /// Changes the row, and tells in the same transaction what that began or ended.
    private func change(by whom: String, reason: String?, _ body: @escaping @Sendable (inout EmergencyRow) -> Void)
        async throws(JournalError)
    {
        let clock = environment.clock()
        try await write { [self] database in
            var row = try EmergencyRow(in: database)
            let before = row.held
            body(&row)
            try row.store(in: database)
            guard before?.since != row.held?.since else { return }
            let day = ServiceDay(clock.wall, in: zone)
            if let before {
                try writer.append(EmergencyEnded(since: before.since, by: whom, reason: reason), day: day, clock: clock, in: database)
            }
            if let held = row.held {
                let begun = EmergencyBegun(since: held.since, indonesian: held.indonesian, english: held.english)
                try writer.append(begun, day: day, clock: clock, in: database)
            }
        }
    }
}

/// The one row of `emergencies`.
private struct EmergencyRow {
    var called: Emergency?
    var lifted: Int64?
    var held: Emergency? { called?.since == lifted ? nil : called }

    init(in database: Database) throws {
        guard let row = try database.row("SELECT called, lifted FROM emergencies") else { return }
        called = try (row["called"] as String?).map { try JSONDecoder().decode(Emergency.self, from: Data($0.utf8)) }
        lifted = row["lifted"]
    }

    func store(in database: Database) throws {
        let text = try called.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try database.run(
            """
            INSERT INTO emergencies (only, called, lifted) VALUES (1, ?, ?)
            ON CONFLICT DO UPDATE SET called = excluded.called, lifted = excluded.lifted
            """, [text, lifted])
    }
}
