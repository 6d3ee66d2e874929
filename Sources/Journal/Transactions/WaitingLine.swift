import GRDB

/// Work that waits for a durable transaction.
///
/// Sendable, although its closures are not: they are called on the journal's own queue only.
struct WaitingWrite: @unchecked Sendable {
    /// Is refused where the room that is kept for outcomes would be used up.
    let isNew: Bool
    /// Does the work in the transaction and keeps its value.
    let attempt: (Database) throws -> Void
    /// Tells the one who waits: nil when the work is on the disk.
    let finish: (JournalError?) -> Void
}

/// Who waits for a transaction, and whether the journal was called to commit one. A value.
struct WaitingLine {
    private var works: [WaitingWrite] = []
    private var isCalled = false

    var isEmpty: Bool { works.isEmpty }

    /// Returns whether the journal must be called.
    mutating func enter(_ work: WaitingWrite) -> Bool {
        works.append(work)
        defer { isCalled = true }
        return !isCalled
    }

    /// The first so many, in the order in which they came.
    mutating func take(_ limit: Int) -> [WaitingWrite] {
        defer { works.removeFirst(min(limit, works.count)) }
        return Array(works.prefix(limit))
    }

    /// A transaction has ended. Returns whether the journal must be called again, for those who have come meanwhile.
    mutating func leave() -> Bool {
        isCalled = !works.isEmpty
        return isCalled
    }
}
