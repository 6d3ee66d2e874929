import Broadcasting
import Foundation
import GRDB
public import SyncProtocol

/// What the sync needs of the journal. A lane is that of the present epoch; other chains go by their name.
extension Journal {
    /// How a lane of this journal is called wherever its entries go.
    public nonisolated func chain(_ lane: Lane) -> ChainName { ChainName(site: site, kiosk: kiosk, epoch: epoch, lane: lane) }

    /// For how long the oldest entry that the centre does not have has been waiting; `nil` when it has all.
    public func waiting(_ lane: Lane) throws(JournalError) -> Duration? { try waiting(writer.life.number(lane)) }

    /// The last entry of a lane.
    public func head(of lane: Lane) throws(JournalError) -> ChainPosition {
        let number = writer.life.number(lane)
        return try read { try StoredChain(number, in: $0).head(in: $0) }
    }

    /// The chain hash of entry `sequence`; nil when there is none, or no more.
    public func hash(of sequence: UInt64, lane: Lane) throws(JournalError) -> EntryHash? {
        try hash(of: sequence, writer.life.number(lane))
    }

    /// The next batch for the centre: entries behind `position` as stored, at most as many as a batch holds, and the chain's head.
    ///
    /// - Parameter limit: how many entries it may have at most, from 1.
    public func batch(
        after position: ChainPosition, lane: Lane, limit: Int = Batch.maximumEntries
    ) throws(JournalError) -> Batch {
        try batch(after: position.sequence, of: writer.life.number(lane), limit)
    }

    /// The same of any chain that this journal keeps, also of an earlier epoch.
    public func batch(
        after sequence: UInt64, of chain: ChainName, limit: Int = Batch.maximumEntries
    ) throws(JournalError) -> Batch {
        try batch(after: sequence, of: number(of: chain.epoch, chain.lane), limit)
    }

    /// Remembers that the centre has this entry. One that is not this journal's own is refused: nothing may be called safe by it.
    ///
    /// ``ChainPosition/start`` says that the centre has nothing.
    public func acknowledge(_ position: ChainPosition, lane: Lane) async throws(JournalError) {
        try await acknowledge(position, writer.life.number(lane))
    }

    /// Remembers that the centre has everything up to this entry in a backup, too: from now on it may be pruned.
    ///
    /// Refused like ``acknowledge(_:lane:)``, and where the centre has not acknowledged as much.
    public func markSafe(_ position: ChainPosition, lane: Lane) async throws(JournalError) {
        try await markSafe(position, writer.life.number(lane))
    }

    /// Takes the centre's word on any chain of this journal, as it came by hand: what it has, and what it has in a backup.
    ///
    /// - Returns: where the chain's acknowledgement stands after it.
    public func take(_ answer: Acknowledgement) async throws(JournalError) -> ChainPosition {
        let number = try number(of: answer.epoch, answer.lane)
        // Also where the rest of the answer is about another history.
        if let numbers = answer.numbers { try await goOn(behind: numbers) }
        try await acknowledge(answer.position, number)
        if let safe = answer.safe { try await markSafe(safe.position, number) }
        return answer.position
    }

    /// The last entry that the centre is known to have.
    public func acknowledged(_ lane: Lane) throws(JournalError) -> ChainPosition {
        let number = writer.life.number(lane)
        return try read { try StoredChain(number, in: $0).acknowledged }
    }

    /// The last entry that the centre is known to have in a backup.
    public func safe(_ lane: Lane) throws(JournalError) -> ChainPosition {
        let number = writer.life.number(lane)
        return try read { try StoredChain(number, in: $0).safe }
    }

    /// A value at once, and after each transaction; whoever is slow misses values, never the latest.
    public nonisolated func changes() -> AsyncStream<Void> { watchers.add(first: ()).stream }
}

// MARK: - Chains of earlier epochs

extension Journal {
    /// The chains of earlier epochs of which no backup of the centre has all: transactions first, and the oldest of those.
    public func earlierChains() throws(JournalError) -> [ChainName] {
        let life = writer.life
        let left = try read { database in
            try StoredChain.all(in: database).filter { try $0.number.life < life.number && $0.safe != $0.head(in: database) }
        }
        return Lane.allCases.flatMap { lane in left.filter { $0.number.lane == lane } }.map(life.name)
    }

    /// How a chain of this journal stands.
    public func state(of chain: ChainName) throws(JournalError) -> ChainState {
        let (number, life) = (try number(of: chain.epoch, chain.lane), writer.life)
        return try read { try Self.state(StoredChain(number, in: $0), life, in: $0) }
    }

    /// As ``waiting(_:)``, of any chain of this journal.
    public func waiting(of chain: ChainName) throws(JournalError) -> Duration? { try waiting(number(of: chain.epoch, chain.lane)) }

    /// As ``hash(of:lane:)``, of any chain of this journal.
    public func hash(of sequence: UInt64, chain: ChainName) throws(JournalError) -> EntryHash? {
        try hash(of: sequence, number(of: chain.epoch, chain.lane))
    }

    /// As ``acknowledge(_:lane:)``, of any chain of this journal.
    public func acknowledge(_ position: ChainPosition, of chain: ChainName) async throws(JournalError) {
        try await acknowledge(position, number(of: chain.epoch, chain.lane))
    }

    /// As ``markSafe(_:lane:)``, of any chain of this journal.
    public func markSafe(_ position: ChainPosition, of chain: ChainName) async throws(JournalError) {
        try await markSafe(position, number(of: chain.epoch, chain.lane))
    }
}

extension Journal {
    private func waiting(_ number: ChainNumber) throws(JournalError) -> Duration? {
        let now = environment.clock()
        return try read { database in
            let acknowledged = try StoredChain(number, in: database).acknowledged
            return try ChainReading.entries(after: acknowledged.sequence, of: number, limit: 1, in: database).first
                .map { now.since($0.entry.header.clock) }
        }
    }

    private func hash(of sequence: UInt64, _ number: ChainNumber) throws(JournalError) -> EntryHash? {
        guard sequence > 0 else { return nil }
        return try read { try StoredChain(number, in: $0).position(at: sequence, in: $0)?.hash }
    }

    private func batch(after sequence: UInt64, of number: ChainNumber, _ limit: Int) throws(JournalError) -> Batch {
        let life = writer.life
        return try read { database in
            let chain = try StoredChain(number, in: database)
            var octets = 0
            let entries = try ChainReading.readable(
                after: sequence, of: number, limit: min(limit, Batch.maximumEntries), in: database
            ).map(\.octets).prefix { entry in
                octets += entry.count
                // A single entry goes however large it is.
                return octets <= Batch.maximumOctets || octets == entry.count
            }
            return Batch(chain: life.name(of: chain), head: try chain.head(in: database), entries: Array(entries))
        }
    }

    /// Finds a chain by its name.
    func number(of epoch: Epoch, _ lane: Lane) throws(JournalError) -> ChainNumber {
        let chains = try read { try StoredChain.all(in: $0) }
        guard let chain = chains.first(where: { $0.epoch == epoch && $0.number.lane == lane }) else {
            throw JournalError(
                .foreign,
                "\(directory) has no \(lane) lane of epoch \(epoch): this is of another kiosk, or of a journal that was moved aside")
        }
        return chain.number
    }

    private func acknowledge(_ position: ChainPosition, _ number: ChainNumber) async throws(JournalError) {
        guard try read({ try StoredChain(number, in: $0).acknowledged }) != position else { return }
        try await write { database in
            let chain = try StoredChain(number, in: database)
            try Self.requireOwn(position, chain, in: database)
            try database.run(
                "UPDATE chains SET acknowledged = ?, acknowledged_hash = ? WHERE number = ?",
                [Int64(position.sequence), Data(position.hash.octets), number.rawValue])
            // A centre that has less than it said has no backup of more either.
            guard position.sequence < chain.safe.sequence else { return }
            try Self.setSafe(position, number, in: database)
        }
    }

    private func markSafe(_ position: ChainPosition, _ number: ChainNumber) async throws(JournalError) {
        guard try read({ try StoredChain(number, in: $0).safe }) != position else { return }
        try await write { database in
            let chain = try StoredChain(number, in: database)
            // It is never taken back by a late word.
            guard position.sequence > chain.safe.sequence else { return }
            try Self.requireOwn(position, chain, in: database)
            guard position.sequence <= chain.acknowledged.sequence else {
                throw JournalError(
                    .foreign,
                    "the centre calls entry \(position.sequence) of the \(number.lane) lane safe, but has acknowledged only "
                        + "\(chain.acknowledged.sequence); nothing is pruned by that")
            }
            try Self.setSafe(position, number, in: database)
        }
    }

    private static func setSafe(_ position: ChainPosition, _ number: ChainNumber, in database: Database) throws {
        try database.run(
            "UPDATE chains SET safe = ?, safe_hash = ? WHERE number = ?",
            [Int64(position.sequence), Data(position.hash.octets), number.rawValue])
    }

    private static func requireOwn(_ position: ChainPosition, _ chain: StoredChain, in database: Database) throws {
        guard try chain.position(at: position.sequence, in: database) == position else {
            throw JournalError(
                .foreign,
                "entry \(position.sequence) of the \(chain.number.lane) lane is not the one that the centre acknowledged; compare its report"
            )
        }
    }
}
