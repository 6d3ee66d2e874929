import SeededRandomness
import SmartCard
import Testing

/// USB CCID 1.10, 5.1 and 6.
@Suite struct CCIDTests {
    @Test(arguments: [
        (ReaderCommand.powerOn(nil), "62 00000000 00 06 00 0000"),
        (.powerOn(.three), "62 00000000 00 06 02 0000"),
        (.powerOff, "63 00000000 00 06 000000"),
        (.slotStatus, "65 00000000 00 06 000000"),
        (.transfer([0xFF, 0x11, 0x96, 0x78]), "6F 04000000 00 06 00 0000 FF119678"),
        (.transfer([], waiting: 0, level: 0x10), "6F 00000000 00 06 00 1000"),
        (.transfer([0xAA], waiting: 5, level: 3), "6F 01000000 00 06 05 0300 AA"),
        (.getParameters, "6C 00000000 00 06 000000"), (.resetParameters, "6D 00000000 00 06 000000"),
        (.escape([0x18]), "6B 01000000 00 06 000000 18"), (.abort, "72 00000000 00 06 000000"),
    ])
    func commandsAreSpeltAsTheSpecificationHasThem(_ command: ReaderCommand, _ text: String) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        #expect(command.octets(slot: 0, sequence: 6) == octets)
        #expect(ReaderCommand(decoding: octets) == command)
    }

    /// What a driver told a real reader of a real card (popovec/oseid, doc/T1_CRC.txt).
    @Test func parametersOfT1FollowFromTheATR() throws {
        let answer = try ATRTests.atr("3B D5 96 02 80 71 FE 65 01 4F 73 45 49 44 5E")
        let parameters = CardParameters(.t1, rate: answer.fastestRate, of: answer)
        let expected = try #require([UInt8](hexadecimal: "61 07000000 00 09 01 0000 96 11 02 65 00 FE 00"))
        #expect(ReaderCommand.setParameters(parameters).octets(slot: 0, sequence: 9) == expected)
        #expect(CardParameters(protocolNumber: 1, Array(expected.suffix(7)))?.octets == Array(expected.suffix(7)))
    }

    /// A card of both protocols has parameters for both; a reader is told those of the one that was chosen.
    @Test(arguments: [(TransmissionProtocol.t0, UInt8(0)), (.t1, 1)])
    func parametersAreThoseOfTheChosenProtocol(_ transmission: TransmissionProtocol, _ number: UInt8) throws {
        // T=0 with a waiting integer of 20 (TC2), T=1 with a field of 128 octets (TA3) and CRC (TC3).
        let octets: [UInt8] = [0x3B, 0x80, 0xC0, 0x14, 0x51, 0x80, 0x01]
        let answer = try AnswerToReset(decoding: octets + [octets.dropFirst().reduce(0, ^)])
        #expect(answer.protocols == [.t0, .t1] && answer.waitingInteger == 20 && answer.block.fieldSize == 128)
        let parameters = CardParameters(transmission, rate: .slowest, of: answer)
        #expect(CardParameters(protocolNumber: number, parameters.octets) == parameters)
    }

    @Test func parametersOfT0() {
        let parameters = CardParameters(.t0, isInverse: true, extraGuardTime: 3, waitingInteger: 20)
        #expect(parameters.octets == [0x11, 0x02, 3, 20, 0])
        #expect(CardParameters(protocolNumber: 0, parameters.octets) == parameters)
        #expect(CardParameters(protocolNumber: 0, [0x11]) == nil)
        #expect(CardParameters(protocolNumber: 2, [0x11, 0, 0, 0, 0]) == nil)
    }

    @Test(arguments: [
        ("80 0F000000 00 06 00 00 00 3BD596028071FE65014F734549445E", CardPresence.active, ReaderAnswer.Outcome.done),
        ("80 00000000 00 0A 41 FB 00", .inactive, .failed(.hardware)),
        ("81 00000000 01 09 02 00 00", .absent, .done),
        ("80 00000000 00 07 80 05 00", .active, .moreTime(5)),
        ("83 02000000 00 07 00 00 00 AABB", .active, .done),
    ])
    func answersAreRead(_ text: String, _ card: CardPresence, _ outcome: ReaderAnswer.Outcome) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        let answer = try ReaderAnswer(decoding: octets)
        #expect(answer.card == card && answer.outcome == outcome)
        #expect(answer.octets == octets)
    }

    @Test(arguments: [
        ("80 00000000 00 06 00 00", ReaderMessageError.tooShort(9)), ("80 02000000 00 06 00 00 00 AA", .length(said: 2, came: 1)),
        ("80 00000000 00 06 00 00 00 AA", .length(said: 0, came: 1)), ("84 00000000 00 06 00 00 00", .type(0x84)),
        ("80 00000000 00 06 C0 00 00", .status(0xC0)), ("80 00000000 00 06 03 00 00", .status(3)),
    ])
    func whatIsNoAnswerIsRefused(_ text: String, _ error: ReaderMessageError) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        #expect(throws: error) { try ReaderAnswer(decoding: octets) }
    }

    @Test func theDescriptorIsReadAsItIsWritten() throws {
        let reader = ReaderDescription(
            slots: 2, voltages: [.five, .oneEight], protocols: [.t1], features: [.choosesVoltage, .tellsFieldSize], level: .extendedAPDU,
            messageLength: 65_554, busySlots: 2)
        #expect(reader.octets.count == 54)
        #expect(try ReaderDescription(decoding: reader.octets) == reader)
        #expect(throws: ReaderDescriptionError.notADescriptor) { try ReaderDescription(decoding: Array(reader.octets.dropLast())) }
        var still = reader
        still.messageLength = 0
        #expect(throws: ReaderDescriptionError.impossible) { try ReaderDescription(decoding: still.octets) }
    }

    /// Octet by octet: one slot, every voltage, T=0 and T=1, 4 MHz, TPDU, 271 octets.
    @Test func everyFieldOfTheDescriptorIsWhereTheSpecificationHasIt() throws {
        let text = """
            36 21 10 01 00 07 03 00 00 00 A0 0F 00 00 A0 0F 00 00 00 00 2A 00 00 00 60 09 00 00 F7 00 00 00 \
            00 00 00 00 00 00 00 00 30 00 01 00 0F 01 00 00 00 00 00 00 00 01
            """
        let reader = try ReaderDescription(decoding: #require([UInt8](hexadecimal: text)))
        #expect(reader.level == .tpdu && reader.messageLength == 271 && reader.fieldSize == 247 && reader.defaultClock == 4_000_000)
        #expect(reader.features == [.choosesClock, .choosesRate] && reader.busySlots == 1 && reader.slots == 1)
    }

    @Test func noticesNameEverySlot() throws {
        let notice = ReaderNotice.slots([.init(isPresent: true, hasChanged: true), .init(isPresent: false, hasChanged: true)])
        #expect(notice.octets == [0x50, 0b1011])
        #expect(ReaderNotice(decoding: [0x50, 0b1011], slots: 2) == notice)
        #expect(ReaderNotice(decoding: [0x50, 0b0011, 0, 0], slots: 1) == .slots([.init(isPresent: true, hasChanged: true)]))
        #expect(ReaderNotice(decoding: [0x50], slots: 1) == nil)
        #expect(ReaderNotice(decoding: [0x50, 0], slots: 5) == nil)
        #expect(ReaderNotice(decoding: [0x51, 0, 7, 1], slots: 1) == .hardwareError(slot: 0, sequence: 7, code: 1))
        #expect(ReaderNotice(decoding: [0x52, 0], slots: 1) == nil)
        #expect(ReaderNotice(decoding: [], slots: 1) == nil)
    }
}
