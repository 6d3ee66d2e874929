import GRDB

/// Work that waits for a durable transaction.
///
/// Sendable, although its closure is not: it is called on the journal's own queue only.
struct WaitingWrite: @unchecked Sendable {
    /// Is refused where the room that is kept for outcomes would be used up.
    let isNew: Bool
    fileprivate let waiter: UnsafeContinuation<JournalError?, Never>
    /// Does the work in the transaction and keeps its value.
    let attempt: (Database) throws -> Void

    init(isNew: Bool, waiter: UnsafeContinuation<JournalError?, Never>, attempt: @escaping (Database) throws -> Void) {
        self.isNew = isNew
        self.waiter = waiter
        self.attempt = attempt
    }

    /// Tells the one who waits: nil when the work is on the disk.
    func finish(_ error: JournalError?) { waiter.resume(returning: error) }
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
