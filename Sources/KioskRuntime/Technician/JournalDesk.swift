public import Journal
import KioskCore
public import SyncProtocol

/// What technicians look up in a journal, and bring to it. The running kiosk has one for its own; without a kiosk a command opens one.
public struct JournalDesk: Sendable {
    private let journal: Journal

    public init(_ journal: Journal) {
        self.journal = journal
    }

    public func figures() async throws -> JournalFigures {
        JournalFigures(try await journal.stats(), refusal: await journal.refusal(), clock: await journal.clockDoubt())
    }

    /// Up to `limit` entries of a chain behind `sequence`.
    public func entries(after sequence: UInt64, _ epoch: Epoch, _ lane: Lane, limit: Int) async throws -> [EntryFacts] {
        try await journal.entries(after: sequence, of: try await name(epoch, lane), limit: limit).map(EntryFacts.init)
    }

    /// What the centre would be sent of a chain behind `sequence`.
    public func batch(after sequence: UInt64, _ epoch: Epoch, _ lane: Lane) async throws -> Batch {
        try await journal.batch(after: sequence, of: try await name(epoch, lane))
    }

    /// Takes what a centre has written of what it was brought. One that is refused does not keep the others back, and one of another
    /// kiosk, whose batches were on the same stick, is left for that.
    public func acknowledge(_ answers: [Acknowledgement]) async throws -> [AcknowledgementReceipt] {
        let own = Set(try await journal.stats().chains.map(\.name.epoch))
        var receipts: [AcknowledgementReceipt] = []
        for answer in answers {
            var receipt = AcknowledgementReceipt(
                epoch: answer.epoch, lane: answer.lane.description, upto: answer.upto, isOfAnother: !own.contains(answer.epoch))
            guard !receipt.isOfAnother else {
                receipts.append(receipt)
                continue
            }
            do {
                receipt.upto = try await journal.take(answer).sequence
                receipt.refusal = answer.fault?.detail
            } catch {
                receipt.refusal = error.detail
            }
            receipts.append(receipt)
        }
        return receipts
    }

    /// Follows every chain; returns how many entries there are.
    public func verify() async throws -> Int { try await journal.verify().entries }

    /// A technician says that the clock is right.
    public func confirmClock() async throws -> JournalFigures {
        try await journal.confirmClock(centre: nil)
        return try await figures()
    }

    /// A technician says that this journal was restored from an old copy, or cloned.
    public func beginNewEpoch(reason: String) async throws -> JournalFigures {
        try await journal.beginNewEpoch(reason: reason)
        return try await figures()
    }

    /// When the emergency was called that holds; nil: none does.
    public func emergencySince() async throws -> String? {
        try await journal.emergency().map { WallTime(milliseconds: $0.since).iso }
    }

    /// A technician ends the emergency at a kiosk that does not run.
    public func endEmergency(reason: String) async throws -> EndedEmergency {
        EndedEmergency(try await journal.liftEmergency(reason: reason))
    }

    public func close() async throws { try await journal.close() }

    private func name(_ epoch: Epoch, _ lane: Lane) async throws -> ChainName {
        let stats = try await journal.stats()
        return ChainName(site: stats.site, kiosk: stats.kiosk, epoch: epoch, lane: lane)
    }
}
