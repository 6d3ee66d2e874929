import Broadcasting
import Dispatch
import GRDB

/// Work that waits for a durable transaction.
struct WaitingWrite {
    /// Does the work in the transaction and keeps its value.
    let attempt: (Database) throws -> Void
    /// Tells the one who waits: nil when the work is on the disk.
    let finish: (JournalError?) -> Void
}

extension Journal {
    /// At most so many share a transaction, so that none waits long for the others.
    private static let groupLimit = 64

    /// One durable transaction, which all share that wait for one; each is told its own error, and its failure undoes only its own work.
    ///
    /// Work may be done twice before it is told of: it must change nothing but the database, or nothing that matters.
    func write<Value: Sendable>(_ body: @escaping (Database) throws -> Value) async throws(JournalError) -> Value {
        let result: Result<Value, JournalError> = await withCheckedContinuation { continuation in
            var value: Value?
            waiting.append(
                WaitingWrite(
                    attempt: { value = try body($0) },
                    finish: { error in
                        if let error { return continuation.resume(returning: .failure(error)) }
                        guard let value else { preconditionFailure("Work that succeeded has a value") }
                        continuation.resume(returning: .success(value))
                    }))
            guard waiting.count == 1 else { return }
            // Behind everybody who already stands in line for this actor, so that their work shares the transaction.
            executor.queue.async { self.assumeIsolated { $0.commitWaiting() } }
        }
        return try result.get()
    }

    /// Commits what waits, in the order in which it came.
    func commitWaiting() {
        let all = waiting
        waiting = []
        for start in stride(from: 0, to: all.count, by: Self.groupLimit) {
            let group = Array(all[start..<min(start + Self.groupLimit, all.count)])
            if group.count > 1, commit(group) { continue }
            for work in group { work.finish(commitAlone(work)) }
        }
    }

    /// Returns false when nothing of the group is stored and each must be tried alone.
    private func commit(_ group: [WaitingWrite]) -> Bool {
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
                    // SQLite has undone the whole transaction: a full disk, a failed one.
                    guard database.isInsideTransaction else { throw error }
                    refusals.append(JournalError(error, at: self.directory))
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

    private func commitAlone(_ work: WaitingWrite) -> JournalError? {
        let failure = commit(work.attempt)
        // What was set aside for this moment; without it, room must come from elsewhere.
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
                try Self.count(believed, in: database)
            }
            commits += 1
        } catch {
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
