import DeviceEmulators
import DeviceLayer
import DeviceLines
import Logging
import Secrets
import SmartCard
import Testing

@Suite(.timeLimit(.minutes(1))) struct CardReaderTests {
    static let identifier: [UInt8] = [0x04, 0xA2, 0x3B, 0x11, 0x5C, 0x80, 0x01]
    static let tag = TagCard(ContactlessTraits(identifier: identifier, answerToSelect: [0x78, 0x80]))

    /// Runs the readers, and `body` with what they tell.
    static func with(
        _ ports: [any ReaderPorts], patience: Double = 0.02,
        body: @Sendable (CardReaders, AsyncStream<ReaderEvent>) async throws -> Void
    ) async throws {
        let readers = CardReaders(ports, patience: patience, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await readers.run() }
            try await body(readers, readers.events())
            group.cancelAll()
        }
    }

    @Test func aCardInTheFieldIsToldWithItsIdentifierAndGoesAgain() async throws {
        let model = ReaderModel()
        try await Self.with([model]) { readers, events in
            model.insert(Self.tag)
            let card = try await events.card()
            #expect(card.reader == "emulated" && card.slot == 0 && card.isContactless)
            #expect(card.pointer?.octets == Secret(Self.identifier) && card.pointer?.isRandom == false)
            #expect(card.answerToSelect == [0x78, 0x80])
            #expect(readers.readers.map(\.condition) == [nil])
            let reader = try #require(readers["emulated"])
            let answer = try await reader.transmit(ContactlessCommand.identifier)
            #expect(answer.data == Self.identifier)
            model.remove()
            try await events.removal()
        }
    }
}

extension AsyncStream<ReaderEvent> {
    /// The next card.
    func card() async throws -> CardSight {
        for await event in self { if case .card(let card) = event { return card } }
        throw CancellationError()
    }

    /// Until a card is gone.
    func removal() async throws {
        for await event in self { if case .removed = event { return } }
        throw CancellationError()
    }

    /// Until a reader is so.
    @discardableResult
    func status(_ isWanted: (ReaderStatus) -> Bool) async throws -> ReaderStatus {
        for await event in self { if case .status(let status) = event, isWanted(status) { return status } }
        throw CancellationError()
    }
}
