import Conditions
public import DeviceEmulators
import DeviceLayer
import Secrets
public import SmartCard

/// What every way to a reader must do, with an emulated reader at its other end.
public enum ReaderBehaviour: String, CaseIterable, Sendable {
    case everyLevelAndProtocolReadsAFile
    case aCardIsToldWithItsIdentifierAndGoes
    case aRandomIdentifierIsKnownAsSuch
    case aCardWithContactsHasNoIdentifier
    case twoSlotsDoNotDisturbEachOther
    case withoutNoticesAReaderIsAsked
    case everyFaultIsOvercome
    case anUnpluggedReaderIsSaidAndServedAgain
    case aHangingReaderIsResetAndServedAgain
    case aBabblingReaderIsStoppedAndServedAgain
    case noticesWithoutEndAreStopped
    case aCancelledCommandIsAborted
    case whatIsForTheReaderItselfReachesIt
    case commandsOfManyTasksAreAnsweredEachItsOwn
    case aCardThatIsResetIsTheSameCard

    /// Makes a table with a reader that is plugged in.
    public typealias Maker = @Sendable (_ description: ReaderDescription, _ hasNotices: Bool) throws -> ReaderTable

    /// Throws ``ReaderMisbehaviour`` where something is otherwise.
    public func demand(of make: Maker) async throws {
        switch self {
        case .everyLevelAndProtocolReadsAFile: try await Self.everyLevel(make)
        case .aCardIsToldWithItsIdentifierAndGoes: try await Self.identifier(make(.contactless, true))
        case .aRandomIdentifierIsKnownAsSuch: try await Self.random(make(.contactless, true))
        case .aCardWithContactsHasNoIdentifier: try await Self.contacts(make(.contactless, true))
        case .twoSlotsDoNotDisturbEachOther: try await Self.twoSlots(make)
        case .withoutNoticesAReaderIsAsked: try await Self.asked(make(.contactless, false))
        case .everyFaultIsOvercome: try await Self.faults(make)
        case .anUnpluggedReaderIsSaidAndServedAgain: try await Self.unplug(make(.contactless, true))
        case .aHangingReaderIsResetAndServedAgain: try await Self.hang(make(.contactless, true))
        case .aBabblingReaderIsStoppedAndServedAgain:
            try await Self.babble(make(.contactless, true), .message([0x80, 0xFF, 0xFF], after: .zero))
            try await Self.babble(
                make(.contactless, true), .message(ReaderAnswer(slot: 0, sequence: 200, card: .active).octets, after: .zero))
        case .noticesWithoutEndAreStopped: try await Self.babble(make(.contactless, true), .notice([0x50, 0x02]))
        case .aCancelledCommandIsAborted: try await Self.cancel(make(.contactless, true))
        case .whatIsForTheReaderItselfReachesIt: try await Self.escape(make(.contactless, true))
        case .commandsOfManyTasksAreAnsweredEachItsOwn: try await Self.many(make(.contactless, true))
        case .aCardThatIsResetIsTheSameCard: try await Self.reset(make(.contactless, true))
        }
    }

    // MARK: Cards

    public static let identifier: [UInt8] = [0x04, 0xA2, 0x3B, 0x11, 0x5C, 0x80, 0x01]
    public static let tag = TagCard(ContactlessTraits(identifier: identifier, answerToSelect: [0x78, 0x80]))
    static let t0: [UInt8] = [0x3B, 0x02, 0x14, 0x50]
    /// T=1 at a higher rate: PPS is due where the reader does not negotiate.
    static let t1: [UInt8] = [0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45, 0x88]
    static let book = [UInt8]((0..<700).map { UInt8($0 * 7 & 0xFF) })
    static let select = CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x01, 0x1E])

    public static func file(_ answerToReset: [UInt8]) -> FileCard { FileCard(answerToReset: answerToReset, files: [0x011E: book]) }

    static func read(_ offset: Int, _ count: Int) -> CommandAPDU {
        CommandAPDU(0x00, 0xB0, UInt8(offset >> 8), UInt8(offset & 0xFF), expected: count)
    }

    /// Reads the file of the card, in pieces and whole where the reader takes that.
    static func readBook(_ reader: CardReader, slot: Int = 0, whole: Bool) async throws {
        try ReaderBench.demand(await reader.transmit(select, slot: slot), is: ResponseAPDU(status: .done), "SELECT")
        var octets: [UInt8] = []
        while octets.count < book.count {
            let answer = try await reader.transmit(read(octets.count, 200), slot: slot)
            try ReaderBench.demand(!answer.data.isEmpty, "READ BINARY says \(answer.status)")
            octets += answer.data
        }
        try ReaderBench.demand(octets, is: book, "the file in pieces")
        guard whole else { return }
        try ReaderBench.demand(await reader.transmit(read(0, 700), slot: slot).data, is: book, "the file at once")
    }

    // MARK: What is done with them

    private static func everyLevel(_ make: Maker) async throws {
        for level in ExchangeLevel.allCases {
            for features in [
                ReaderFeatures.choosesVoltage, [], [.choosesVoltage, .negotiatesParameters, .selectsParameters, .tellsFieldSize],
            ] {
                let table = try make(
                    ReaderDescription(features: features, level: level, messageLength: level == .extendedAPDU ? 80 : 271), true)
                try await table.serve { reader, events in
                    for answerToReset in [t0, t1] {
                        table.model.insert(file(answerToReset))
                        let card = try await events.card()
                        try ReaderBench.demand(card.answerToReset.octets, is: answerToReset, "the ATR")
                        try await readBook(reader, whole: level == .extendedAPDU || (level == .tpdu && answerToReset == t1))
                        table.model.remove()
                        try await events.removal()
                    }
                }
                try table.unplug()
            }
        }
    }

    private static func identifier(_ table: ReaderTable) async throws {
        try await table.serve { reader, events in
            table.model.insert(tag)
            let card = try await events.card()
            try ReaderBench.demand(card.reader == reader.name && card.slot == 0 && card.isContactless, "the card is another: \(card)")
            try ReaderBench.demand(card.pointer?.octets == Secret(identifier) && card.pointer?.isRandom == false, "another identifier")
            try ReaderBench.demand(card.answerToSelect, is: [0x78, 0x80], "the ATS")
            try ReaderBench.demand("\(card)".contains("A23B") == false, "the identifier can be printed")
            // Who comes later hears of it too.
            try ReaderBench.demand(await reader.events().card() == card, "a later listener hears of another card")
            table.model.remove()
            try await events.removal()
            do {
                _ = try await reader.transmit(select)
                throw ReaderMisbehaviour("a command was answered without a card")
            } catch let error as ReaderFailure {
                try ReaderBench.demand(error, is: ReaderFailure(.noCard, ""), "without a card")
            }
        }
    }

    private static func random(_ table: ReaderTable) async throws {
        try await table.serve { _, events in
            table.model.insert(TagCard(ContactlessTraits(identifier: [0x08, 1, 2, 3], isRandom: true)))
            let card = try await events.card()
            try ReaderBench.demand(card.pointer?.isRandom == true, "a random identifier is taken for one that stays")
        }
    }

    private static func contacts(_ table: ReaderTable) async throws {
        try await table.serve { _, events in
            table.model.insert(file(t1))
            let card = try await events.card()
            try ReaderBench.demand(card.pointer == nil && !card.isContactless, "a card with contacts has an identifier")
        }
    }

    private static func twoSlots(_ make: Maker) async throws {
        for busySlots in 1...2 {
            let table = try make(ReaderDescription(slots: 2, features: [.choosesVoltage], level: .tpdu, busySlots: busySlots), true)
            try await table.serve { reader, events in
                table.model.insert(file(t1), slot: 1)
                try ReaderBench.demand(await events.card().slot, is: 1, "the slot")
                table.model.insert(file(t0), slot: 0)
                try ReaderBench.demand(await events.card().slot, is: 0, "the slot")
                async let first: Void = readBook(reader, slot: 0, whole: false)
                async let second: Void = readBook(reader, slot: 1, whole: true)
                _ = try await (first, second)
                table.model.remove(slot: 0)
                try await events.removal()
                try await readBook(reader, slot: 1, whole: true)
                do {
                    _ = try await reader.transmit(select, slot: 2)
                    throw ReaderMisbehaviour("a third slot answered")
                } catch let error as ReaderFailure {
                    try ReaderBench.demand(error, is: ReaderFailure(.noSlot, ""), "the third slot")
                }
            }
            try table.unplug()
        }
    }

    private static func asked(_ table: ReaderTable) async throws {
        try await table.serve { _, events in
            table.model.insert(tag)
            _ = try await events.card()
            table.model.remove()
            try await events.removal()
        }
    }
}
