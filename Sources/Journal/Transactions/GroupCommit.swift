import Broadcasting
import Dispatch
import GRDB
import LocalFiles
import SQLiteAccess
import Synchronization

extension Journal {
    /// At most so many share a transaction, so that none waits long for the others.
    private static let groupLimit = 64

    /// One durable transaction, which all share that wait for one; each is told its own error, and its failure undoes only its own work.
    ///
    /// Work may be done twice before it is told of: it must change nothing but the database, or nothing that matters.
    func write<Value: Sendable>(_ body: @escaping (Database) throws -> Value) async throws(JournalError) -> Value {
        try await wait(isNew: false, body)
    }

    /// The same for callers elsewhere, who get in line and are answered without a way over this actor.
    ///
    /// - Parameter isNew: refused with ``JournalError/Code/full`` where the room is kept for the outcomes of what was accepted before.
    nonisolated func write<Value: Sendable>(
        isNew: Bool, _ body: @escaping @Sendable (isolated Journal, Database) throws -> Value
    ) async throws(JournalError) -> Value {
        try await wait(isNew: isNew) { database in
            // It stays on this actor, which its caller is on too.
            nonisolated(unsafe) let database = database
            return try self.assumeIsolated { try body($0, database) }
        }
    }

    private nonisolated func wait<Value: Sendable>(
        isNew: Bool, _ body: @escaping (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        // Written on the journal's queue, before the continuation is resumed.
        nonisolated(unsafe) var value: Value?
        let error = await withUnsafeContinuation { waiter in
            let work = WaitingWrite(isNew: isNew, waiter: waiter) { value = try body($0) }
            if waiting.withLock({ $0.enter(work) }) { callForCommit() }
        }
        if let error { throw error }
        guard let value else { preconditionFailure("Work that succeeded has a value") }
        return value
    }

    private nonisolated func callForCommit() {
        executor.queue.async { self.assumeIsolated { $0.commitWaiting() } }
    }

    /// One transaction for all who wait, and who come while it is open.
    func commitWaiting() {
        defer { if waiting.withLock({ $0.leave() }) { callForCommit() } }
        // Looked at once for all: together they need a small part of what is kept for outcomes.
        let refusal = refusal()
        var group = admitted(Self.groupLimit, refusal)
        guard !group.isEmpty else { return }
        // Mostly nobody is refused, and then nobody needs a savepoint.
        let failure = commit { database in
            var next = group[...]
            while !next.isEmpty {
                for work in next { try work.attempt(database) }
                next = admitted(Self.groupLimit - group.count, refusal)[...]
                group += next
            }
        }
        switch failure?.code {
        case nil, .indeterminate, .closed: for work in group { work.finish(failure) }
        default:
            if group.count == 1 {
                group[0].finish(onBallast(group[0], after: failure))
            } else if !commitApart(group) {
                for work in group { work.finish(onBallast(work, after: commit(work.attempt))) }
            }
        }
    }

    /// Takes who waits, at most so many, but refuses what is new where there is no room for it.
    private func admitted(_ limit: Int, _ refusal: JournalError?) -> [WaitingWrite] {
        let works = waiting.withLock { $0.take(limit) }
        guard let refusal else { return works }
        for work in works where work.isNew { work.finish(refusal) }
        return works.filter { !$0.isNew }
    }

    /// One transaction with a savepoint for each. Returns false when nothing of the group is stored and each must be tried alone.
    private func commitApart(_ group: [WaitingWrite]) -> Bool {
        var refusals: [JournalError?] = []
        let failure = commit { database in
            refusals = []
            for work in group {
                do {
                    try database.inSavepoint {
                        try work.attempt(database)
                        return .commit
                    }
                    refusals.append(nil)
                } catch {
                    writer.forgetHeads()
                    // SQLite has undone the whole transaction: a full disk, a failed one.
                    guard database.isInsideTransaction else { throw error }
                    refusals.append(JournalError(error, at: directory))
                }
            }
        }
        switch failure?.code {
        case nil: for (work, refusal) in zip(group, refusals) { work.finish(refusal) }
        case .indeterminate, .closed: for work in group { work.finish(failure) }
        default: return false
        }
        return true
    }

    /// Tries it again where the disk was full, on what was set aside for this moment; without it, room must come from elsewhere.
    private func onBallast(_ work: WaitingWrite, after failure: JournalError?) -> JournalError? {
        guard failure?.code == .full, ballast?.release() == true else { return failure }
        return commit(work.attempt)
    }

    /// One transaction. A commit that the disk failed is looked up again before anybody is told. Nil: it is on the disk.
    private func commit(_ body: (Database) throws -> Void) -> JournalError? {
        guard let connection else { return ending }
        let clock = environment.clock()
        let believed = clockWatch.believes(clock) ? clock : clockWatch.believed
        do {
            try connection.write { database in
                try body(database)
                try count(believed, in: database)
                fileOctets = try statements.pages(in: database).octetsOfPages()
            }
            commits += 1
        } catch {
            writer.forgetHeads()
            let failure = JournalError(error, at: connection.path)
            guard failure.code == .inputOutput else { return failure }
            do throws(JournalError) {
                guard try wasCommitted(after: failure, connection) else { return failure }
            } catch {
                return error
            }
        }
        clockWatch.believed = believed
        watchers.tell(())
        return nil
    }
}
