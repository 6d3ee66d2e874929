import SeededRandomness
import Testing

@testable import SmartCard

/// ISO/IEC 7816-3, clauses 8 and 9.
@Suite struct ATRTests {
    static func atr(_ text: String) throws -> AnswerToReset { try AnswerToReset(decoding: #require([UInt8](hexadecimal: text))) }

    /// Both protocols, TA1 96, TC1 02, and for T=1 IFSC 254, BWI 6, CWI 5, CRC.
    @Test func theInterfaceBytesOfACardWithBothProtocols() throws {
        let answer = try Self.atr("3B D5 96 02 80 71 FE 65 01 4F 73 45 49 44 5E")
        #expect(answer.protocols == [.t0, .t1])
        #expect(answer.fastestRate.factor == 512 && answer.fastestRate.divisor == 32)
        #expect(answer.extraGuardTime == 2)
        #expect(answer.block == BlockParameters(fieldSize: 254, blockWaitingInteger: 6, characterWaitingInteger: 5, check: .crc))
        #expect(answer.historical == Array("OsEID".utf8))
        #expect(answer.specificMode == nil)
    }

    /// What a contactless reader makes of a card in its field (PC/SC part 3, 3.1.3.2.3).
    @Test func aStorageCardsATR() throws {
        let answer = try Self.atr("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A")
        #expect(answer.protocols == [.t0, .t1])
        #expect(answer.historical.count == 15)
        #expect(answer.block.check == .lrc && answer.block.fieldSize == 32)
    }

    @Test func withoutInterfaceBytesItIsT0WithoutACheckCharacter() throws {
        let answer = try Self.atr("3B 02 14 50")
        #expect(answer.protocols == [.t0])
        #expect(answer.fastestRate == .slowest && answer.waitingInteger == 10 && answer.voltages == [.five])
    }

    @Test func theInverseConventionAndTheSpecificModeAreSeen() throws {
        // TA1 13, TD1 81: T=1 next; TA2 01: T=1 by the interface bytes; no historical bytes.
        var octets: [UInt8] = [0x3F, 0x90, 0x13, 0x11, 0x01]
        octets.append(octets.dropFirst().reduce(0, ^))
        let answer = try AnswerToReset(decoding: octets)
        #expect(answer.isInverse)
        #expect(answer.specificMode == AnswerToReset.SpecificMode(number: 1, usesInterfaceBytes: true, mayChange: true))
        #expect(answer.protocols == [.t1])
    }

    @Test func theVoltagesStandBehindTheGlobalAnnouncement() throws {
        // TD1 80, TD2 1F, TA3 C7: clock stops anywhere, classes A, B, C.
        var octets: [UInt8] = [0x3B, 0x80, 0x80, 0x1F, 0xC7]
        octets.append(octets.dropFirst().reduce(0, ^))
        let answer = try AnswerToReset(decoding: octets)
        #expect(answer.voltages == [.five, .three, .oneEight] && answer.clockStop == 3 && answer.protocols == [.t0])
    }

    @Test(arguments: [
        ("", ATRError.Code.cutOff), ("3B", .cutOff), ("3B05", .cutOff), ("3BF0110000", .cutOff), ("3C0214500000", .initialCharacter),
        ("3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6B", .checkCharacter), ("3B 02 14 50 00", .tooLong),
        ("3B 80 01", .cutOff),
    ])
    func whatIsNoATRIsRefused(_ text: String, _ code: ATRError.Code) throws {
        let error = #expect(throws: ATRError.self) { try Self.atr(text) }
        #expect(error?.code == code)
    }

    @Test func noiseIsReadOrRefused() {
        var (generator, _) = SeededGenerator.announced("ATRNoise")
        var read = 0
        for _ in 0..<50_000 {
            var octets: [UInt8] = [Bool.random(using: &generator) ? 0x3B : 0x3F]
            octets += (0..<Int.random(in: 0...36, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            if Bool.random(using: &generator) { octets.append(octets.dropFirst().reduce(0, ^)) }
            guard let answer = try? AnswerToReset(decoding: octets) else { continue }
            read += 1
            #expect(answer.historical.count <= 15 && (1...254).contains(answer.block.fieldSize))
        }
        #expect(read > 100)
    }

    @Test func ppsIsProposedAndUnderstood() throws {
        let rate = BitRate(rawValue: 0x96)
        let selection = ParameterSelection(.t1, rate: rate)
        #expect(selection.request == [0xFF, 0x11, 0x96, 0x78])
        #expect(try selection.accepted(by: selection.request) == rate)
        // Without PPS1 the card stays as slow as it began.
        #expect(try selection.accepted(by: [0xFF, 0x01, 0xFE]) == .slowest)
        #expect(ParameterSelection(.t1).request == [0xFF, 0x01, 0xFE])
    }

    @Test(arguments: [
        ("FF 10 96 79", PPSError.anotherProtocol), ("FF 11 95 7B", .anotherRate), ("FF 11 96 79", .malformed), ("FF 21 96 48", .malformed),
        ("FF 11", .malformed), ("", .malformed),
    ])
    func aResponseToSomethingElseIsRefused(_ text: String, _ error: PPSError) throws {
        let response = try #require([UInt8](hexadecimal: text))
        let selection = ParameterSelection(.t1, rate: BitRate(rawValue: 0x96))
        #expect(throws: error) { try selection.accepted(by: response) }
    }
}
