import ESCPOS
import SeededRandomness
import Testing

@Suite struct AnswerTests {
    @Test func realTimeAnswersAreReadWithTheirQuestion() {
        #expect(RealTimeStatus(.printer, byte: 0x12)?.flags == [])
        #expect(RealTimeStatus(.printer, byte: 0x1A)?.flags == [.offline])
        #expect(RealTimeStatus(.offlineCause, byte: 0x36)?.flags == [.coverOpen, .stoppedByPaperEnd])
        #expect(RealTimeStatus(.errorCause, byte: 0x1A)?.flags == [.cutterError])
        #expect(RealTimeStatus(.paper, byte: 0x7E)?.flags == [.paperNearEnd, .paperEnd])
        #expect(RealTimeStatus(.paper, byte: 0x10) == nil)
        #expect(RealTimeStatus(.paper, byte: 0x92) == nil)
    }

    @Test func automaticStatusIsFourBytes() {
        #expect(AutomaticStatus(bytes: [0x10, 0, 0, 0])?.flags == [])
        #expect(AutomaticStatus(bytes: [0x38, 0x08, 0x0F, 0x0F])?.flags == [.offline, .coverOpen, .cutterError, .paperNearEnd, .paperEnd])
        #expect(AutomaticStatus(bytes: [0x12, 0, 0, 0]) == nil)
        #expect(AutomaticStatus(bytes: [0x10, 0, 0x10, 0]) == nil)
        #expect(AutomaticStatus(bytes: [0x10, 0, 0]) == nil)
    }

    @Test func thePaperSensorSaysNearEndAndEnd() {
        #expect(PaperSensor.flags(0x00) == [])
        #expect(PaperSensor.flags(0x03) == .paperNearEnd)
        #expect(PaperSensor.flags(0x0F) == [.paperNearEnd, .paperEnd])
        #expect(PaperSensor.byte([.paperEnd]) == 0x0C)
    }

    @Test func everyFlagThatAnAnswerCanTellComesBack() {
        for raw in 0..<(UInt16(1) << 13) {
            let status = AutomaticStatus(PrinterFlags(rawValue: raw))
            #expect(AutomaticStatus(bytes: status.bytes) == status)
            for query in RealTimeQuery.allCases {
                let answer = RealTimeStatus(query, PrinterFlags(rawValue: raw))
                #expect(RealTimeStatus(query, byte: answer.byte) == answer)
            }
        }
    }

    @Test func randomAnswersSurviveRandomChunkBorders() {
        var (random, seed) = SeededGenerator.announced("randomAnswersSurviveRandomChunkBorders")
        for round in 0..<300 {
            let answers = (0..<20).map { _ in Self.randomAnswer(&random) }
            var rest = answers.flatMap(\.bytes)[...]
            var decoder = AnswerDecoder()
            var decoded: [PrinterAnswer] = []
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...6, using: &random))
                rest = rest.dropFirst(chunk.count)
                decoded += decoder.feed(chunk)
            }
            #expect(decoded == answers, "round \(round) of seed \(seed)")
        }
    }

    private static func randomAnswer(_ random: inout SeededGenerator) -> PrinterAnswer {
        let flags = PrinterFlags(rawValue: UInt16.random(in: 0..<(1 << 13), using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .realTimeStatus(RealTimeStatus(RealTimeQuery.allCases.randomElement(using: &random)!, flags).byte)
        case 1: return .queuedStatus(PaperSensor.byte(flags))
        case 2: return .automaticStatus(AutomaticStatus(flags))
        case 3: return .processID((0..<4).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) })
        case 4: return .logoNames([LogoKey("AL")!, LogoKey("~ ")!], more: Bool.random(using: &random))
        default: return .printerInfo(Array("TM-T88V".utf8))
        }
    }

    @Test func anAnswerThatBreaksOffDoesNotSwallowTheNext() {
        var decoder = AnswerDecoder()
        #expect(decoder.feed([0x10, 0x00, 0x12]) == [.unknown([0x10, 0x00]), .realTimeStatus(0x12)])
        #expect(decoder.feed([0x37, 0x22, 0x41, 0x42, 0x12, 0x43, 0x44]).contains(.realTimeStatus(0x12)))
        #expect(decoder.feed([0xFF]) == [.unknown([0xFF])])
    }

    @Test func anEndlessInfoTextIsGivenUp() {
        var decoder = AnswerDecoder()
        let answers = decoder.feed([0x5F] + Array(repeating: UInt8(ascii: "A"), count: 200) + PrinterAnswer.realTimeStatus(0x12).bytes)
        #expect(answers.last == .realTimeStatus(0x12))
    }

    @Test func aStrayTextHeaderSwallowsNothing() {
        var decoder = AnswerDecoder()
        #expect(decoder.feed([0x5F, 0x12, 0x16]) == [.unknown([0x5F]), .realTimeStatus(0x12), .realTimeStatus(0x16)])
        #expect(decoder.feed([0x5F, 0x41, 0x12]) == [.unknown([0x5F]), .queuedStatus(0x41), .realTimeStatus(0x12)])
        #expect(decoder.pending == [])
    }

    @Test func anyBytesInAnyPiecesGiveTheSameAnswersAndLittleWaits() {
        var (random, seed) = SeededGenerator.announced("anyBytesInAnyPiecesGiveTheSameAnswersAndLittleWaits")
        // Bytes that begin something, more often than by chance.
        let beginnings: [UInt8] = [0x00, 0x10, 0x12, 0x22, 0x25, 0x37, 0x41, 0x5F, 0xFF]
        for round in 0..<300 {
            let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                Bool.random(using: &random) ? beginnings.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
            }
            var whole = AnswerDecoder()
            let answers = whole.feed(bytes)
            var pieces = AnswerDecoder()
            var again: [PrinterAnswer] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...30, using: &random))
                rest = rest.dropFirst(piece.count)
                again += pieces.feed(piece)
                #expect(pieces.pending.count <= 81, "round \(round) of seed \(seed)")
            }
            #expect(again == answers && pieces.pending == whole.pending, "round \(round) of seed \(seed)")
            let length = answers.reduce(whole.pending.count) { $0 + $1.bytes.count }
            #expect(length == bytes.count, "round \(round) of seed \(seed): bytes lost")
        }
    }

    @Test func aLongChunkTakesNoLongerThanItsBytes() {
        // A decoder that moves all the rest forward with every answer needs minutes for this.
        var decoder = AnswerDecoder()
        #expect(decoder.feed(Array(repeating: 0x12, count: 400_000)).count == 400_000)
        #expect(decoder.feed(Array(repeating: 0x5F, count: 20_000)).count == 20_000 - 80)
    }
}
