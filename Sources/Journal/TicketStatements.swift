import SQLiteAccess

/// What every ticket asks of the database, compiled once for the connection that the journal has.
///
/// Sendable, although statements are not: they are used on the journal's own queue only.
final class TicketStatements: @unchecked Sendable {
    let begin = KeptStatement("BEGIN IMMEDIATE")
    let commit = KeptStatement("COMMIT")
    let pages = KeptStatement("PRAGMA page_count")
    /// Counts a transaction, and remembers the clock.
    let count = KeptStatement("UPDATE life SET commits = commits + 1, wall = ?, boot = ?, monotonic = ?")
    /// Asked for by itself: RETURNING makes a table for its answer, which takes longer than all the rest.
    let lastNumber = KeptStatement("SELECT last FROM counters WHERE series = ? AND day = ?")
    let number = KeptStatement("INSERT OR REPLACE INTO counters (series, day, last) VALUES (?, ?, ?)")
    let entry = KeptStatement("INSERT INTO entries (chain, seq, header, body, sealed, wrapped_key, hash) VALUES (?, ?, ?, ?, ?, ?, ?)")
    let ticket = KeptStatement(
        """
        INSERT INTO tickets (id, series, ordinal, day, agency, service, channel, issued, claim, run, chain, entry, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'issued')
        """)
    let print = KeptStatement("INSERT INTO prints (id, ticket, copy, state, requested, run) VALUES (?, ?, ?, 'intent', ?, ?)")

    /// Before their connection is closed.
    func letGo() {
        for statement in [begin, commit, pages, count, lastNumber, number, entry, ticket, print] { statement.letGo() }
    }
}
