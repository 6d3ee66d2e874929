import ESCPOS
import ReceiptMarkup
import SeededRandomness
import Testing

@Suite struct CommandTests {
    /// Bytes as the public ESC/POS reference gives them.
    static let known: [(Command, [UInt8])] = [
        (.text(Array("Hi".utf8)), [0x48, 0x69]), (.lineFeed, [0x0A]), (.carriageReturn, [0x0D]), (.horizontalTab, [0x09]),
        (.initialize, [0x1B, 0x40]), (.kanjiOff, [0x1C, 0x2E]), (.kanjiOn, [0x1C, 0x26]), (.codePage(19), [0x1B, 0x74, 19]),
        (.characterSet(1), [0x1B, 0x52, 1]), (.font(1), [0x1B, 0x4D, 1]), (.printMode(0x38), [0x1B, 0x21, 0x38]),
        (.align(.center), [0x1B, 0x61, 1]), (.align(.right), [0x1B, 0x61, 2]), (.bold(true), [0x1B, 0x45, 1]),
        (.underline(2), [0x1B, 0x2D, 2]), (.invert(true), [0x1D, 0x42, 1]), (.size(width: 6, height: 4), [0x1D, 0x21, 0x53]),
        (.upsideDown(false), [0x1B, 0x7B, 0]), (.characterSpacing(3), [0x1B, 0x20, 3]), (.defaultLineSpacing, [0x1B, 0x32]),
        (.lineSpacing(24), [0x1B, 0x33, 24]), (.feedLines(4), [0x1B, 0x64, 4]), (.feedDots(9), [0x1B, 0x4A, 9]),
        (.leftMargin(0x0102), [0x1D, 0x4C, 2, 1]), (.printWidth(0x0240), [0x1D, 0x57, 0x40, 2]),
        (.absolutePosition(300), [0x1B, 0x24, 0x2C, 1]),
        (
            .raster(DotImage(width: 16, height: 2, bits: [1, 2, 3, 4]), scale: .both),
            [0x1D, 0x76, 0x30, 3, 2, 0, 2, 0, 1, 2, 3, 4]
        ),
        (.columnImage(ColumnImage(mode: 33, columns: [1, 2, 3, 4, 5, 6])), [0x1B, 0x2A, 33, 2, 0, 1, 2, 3, 4, 5, 6]),
        (.qrModel(50), [0x1D, 0x28, 0x6B, 4, 0, 49, 65, 50, 0]), (.qrCell(4), [0x1D, 0x28, 0x6B, 3, 0, 49, 67, 4]),
        (.qrLevel(.m), [0x1D, 0x28, 0x6B, 3, 0, 49, 69, 49]),
        (.qrStore([0x41, 0x42]), [0x1D, 0x28, 0x6B, 5, 0, 49, 80, 48, 0x41, 0x42]), (.qrPrint, [0x1D, 0x28, 0x6B, 3, 0, 49, 81, 48]),
        (.barcode(system: 4, data: [0x41]), [0x1D, 0x6B, 4, 0x41, 0]),
        (.barcode(system: 73, data: [0x41, 0]), [0x1D, 0x6B, 73, 2, 0x41, 0]),
        (.barcodeHeight(80), [0x1D, 0x68, 80]), (.barcodeWidth(3), [0x1D, 0x77, 3]), (.barcodeText(2), [0x1D, 0x48, 2]),
        (.cut(.here(.full)), [0x1D, 0x56, 0]), (.cut(.here(.partial)), [0x1D, 0x56, 1]),
        (.cut(.afterFeed(.full, dots: 9)), [0x1D, 0x56, 65, 9]), (.cut(.afterFeed(.partial, dots: 0)), [0x1D, 0x56, 66, 0]),
        (.drawerPulse(pin: 0, on: 25, off: 250), [0x1B, 0x70, 0, 25, 250]), (.transmitStatus(1), [0x1D, 0x72, 1]),
        (.automaticStatus(.all), [0x1D, 0x61, 0x4F]), (.automaticStatus([]), [0x1D, 0x61, 0]),
        (.processID(Array("A~ 1".utf8)), [0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30, 0x41, 0x7E, 0x20, 0x31]), (.printerID(67), [0x1D, 0x49, 67]),
        (.realTimeStatus(4), [0x10, 0x04, 4]), (.realTimeRequest(2), [0x10, 0x05, 2]),
        (.clearBuffers, [0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8]), (.realTimePulse(pin: 1, time: 2), [0x10, 0x14, 1, 1, 2]),
        (.doubleStrike(true), [0x1B, 0x47, 1]), (.tabStops([8, 16]), [0x1B, 0x44, 8, 16, 0]),
        (.relativePosition(-2), [0x1B, 0x5C, 0xFE, 0xFF]),
        (.unknown([0x1B, 0x25, 1]), [0x1B, 0x25, 1]), (.unknown([0x00]), [0x00]),
        (.unknown([0x1D, 0x28, 0x41, 2, 0, 9, 9]), [0x1D, 0x28, 0x41, 2, 0, 9, 9]),
    ]

    @Test(arguments: known) func eachCommandHasTheBytesOfTheReference(_ command: Command, _ bytes: [UInt8]) {
        #expect(command.bytes == bytes)
    }

    @Test(arguments: known) func eachCommandIsDecodedFromItsBytes(_ command: Command, _ bytes: [UInt8]) {
        var decoder = CommandDecoder()
        #expect(decoder.feed(bytes) == [command])
        #expect(decoder.pending.isEmpty)
    }

    @Test func exactlyTheCommandsBehindDLEActAtOnce() {
        for (command, bytes) in Self.known { #expect(command.isRealTime == (bytes[0] == 0x10), "\(command)") }
    }

    /// Text and what is passed over are joined, because where one run is cut depends on the chunks.
    static func joined(_ commands: [Command]) -> [Command] {
        commands.reduce(into: []) { result, command in
            if case .text(let more) = command, case .text(let begun)? = result.last {
                result[result.count - 1] = .text(begun + more)
            } else if case .unknown(let more) = command, case .unknown(let begun)? = result.last {
                result[result.count - 1] = .unknown(begun + more)
            } else {
                result.append(command)
            }
        }
    }

    @Test func randomCommandsSurviveRandomChunkBorders() {
        var (random, seed) = SeededGenerator.announced("randomCommandsSurviveRandomChunkBorders")
        for round in 0..<300 {
            let commands = (0..<20).map { _ in RandomCommand.make(&random) }
            let bytes = commands.flatMap(\.bytes)
            var decoder = CommandDecoder()
            var decoded: [Command] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...40, using: &random))
                rest = rest.dropFirst(chunk.count)
                decoded += decoder.feed(chunk)
            }
            #expect(Self.joined(decoded) == Self.joined(commands), "round \(round) of seed \(seed)")
            #expect(decoder.pending.isEmpty, "round \(round) of seed \(seed)")
        }
    }

    /// Bytes that begin commands, so that most of the stream is commands gone wrong.
    static func noise(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        let likely: [UInt8] = [
            0x1B, 0x1D, 0x1C, 0x10, 0x04, 0x14, 0x28, 0x56, 0x2A, 0x6B, 0x76, 0x30, 0x41, 0x0A, 0x00, 0x01, 0x61, 0x2D, 0x4C, 0x38, 0x71,
            0x44, 0x43, 0x3B, 0x67, 0x42, 0x4D,
        ]
        return (0..<count).map { _ in
            Bool.random(using: &random) ? likely.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
        }
    }

    @Test func everyByteOfAnyStreamIsKeptAsItWas() {
        var (random, seed) = SeededGenerator.announced("everyByteOfAnyStreamIsKeptAsItWas")
        for round in 0..<3000 {
            let bytes = Self.noise(200, &random)
            var decoder = CommandDecoder()
            let commands = decoder.feed(bytes)
            #expect(commands.flatMap(\.bytes) + decoder.pending == bytes, "round \(round) of seed \(seed)")
        }
    }

    @Test func anyStreamGivesTheSameCommandsInWhateverPieces() {
        var (random, seed) = SeededGenerator.announced("anyStreamGivesTheSameCommandsInWhateverPieces")
        for round in 0..<1000 {
            let bytes = Self.noise(300, &random)
            var whole = CommandDecoder()
            let expected = Self.joined(whole.feed(bytes))
            var decoder = CommandDecoder()
            var decoded: [Command] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...9, using: &random))
                rest = rest.dropFirst(chunk.count)
                decoded += decoder.feed(chunk)
            }
            #expect(Self.joined(decoded) == expected && decoder.pending == whole.pending, "round \(round) of seed \(seed)")
            #expect(expected.allSatisfy { !$0.explanation.isEmpty && !$0.explanation.contains("\n") }, "round \(round) of seed \(seed)")
        }
    }

    @Test(
        arguments: [
            ([0x1B, 0x45, 0xFF], Command.bold(true)), ([0x1D, 0x21, 0x99], .size(width: 2, height: 2)),
            ([0x1B, 0x61, 49], .align(.center)),
            ([0x1D, 0x56, 48], .cut(.here(.full))), ([0x1B, 0x69], .cut(.here(.partial))), ([0x1D, 0x72, 49], .transmitStatus(1)),
        ] as [([UInt8], Command)])
    func anotherSpellingKeepsItsBytesAndItsMeaning(_ bytes: [UInt8], _ meaning: Command) {
        var decoder = CommandDecoder()
        let commands = decoder.feed(bytes)
        #expect(commands == [.spelled(bytes, meaning: meaning)])
        #expect(commands.map(\.canonical) == [meaning])
    }

    /// A stream may say that four gigabytes follow.
    @Test func aCommandThatNeverEndsTakesNoMemory() {
        var decoder = CommandDecoder()
        var covered = decoder.feed([0x1D, 0x76, 0x30, 0, 0xFF, 0xFF, 0xFF, 0xFF]).reduce(0) { $0 + $1.bytes.count }
        for _ in 0..<64 {
            covered += decoder.feed([UInt8](repeating: 0x41, count: 1 << 16)).reduce(0) { $0 + $1.bytes.count }
            #expect(decoder.pending.isEmpty)
        }
        #expect(covered == 8 + 64 << 16)
    }

    @Test func commandsInsidePicturesAreDots() {
        let trap: [UInt8] = [0x10, 0x04, 0x01, 0x1B, 0x40, 0x0A, 0x1D, 0x56]
        let command = Command.raster(DotImage(width: 64, height: 1, bits: trap), scale: .normal)
        var decoder = CommandDecoder()
        #expect(decoder.feed(command.bytes) == [command])
    }

    @Test func aBrokenPictureEndsAfterEnoughNULs() {
        var decoder = CommandDecoder()
        let picture = Command.raster(DotImage(width: 8, height: 100, bits: Array(repeating: 0xFF, count: 100)), scale: .normal)
        #expect(decoder.feed(picture.bytes.prefix(20)) == [])
        let recovered = decoder.feed(Array(repeating: 0, count: 100) + Command.initialize.bytes)
        #expect(recovered.last == .initialize)
    }
}
