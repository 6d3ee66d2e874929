import GRDB

extension Journal {
    /// Why no ticket would be accepted now; nil while there is room and the disk answers.
    public func refusal() -> JournalError? {
        do throws(JournalError) {
            try requireRoom()
            return nil
        } catch {
            return error
        }
    }

    /// How the connection commits, and how long one commit took just now.
    public func durability() async throws(JournalError) -> JournalDurability {
        let (synchronous, mode) = try read { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0,
                try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
            )
        }
        let clock = ContinuousClock()
        let start = clock.now
        try await write { _ in }
        return JournalDurability(synchronous: synchronous, mode: mode, commit: clock.now - start)
    }
}

/// What keeps a commit through a power cut.
public struct JournalDurability: Hashable, Sendable {
    /// `PRAGMA synchronous`: 2 is FULL.
    public var synchronous: Int
    /// `PRAGMA journal_mode`.
    public var mode: String
    /// How long one commit took, with its sync.
    public var commit: Duration
}
