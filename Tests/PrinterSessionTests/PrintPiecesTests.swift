import ReceiptMarkup
import Testing

@testable import ESCPOS

@Suite struct PrintPiecesTests {
    @Test func piecesEndBetweenCommandsAndKeepEveryByte() {
        let commands: [Command] = [
            .initialize, .text(Array("Nomor antrean".utf8)), .lineFeed,
            .raster(DotImage(width: 16, height: 10, bits: Array(0..<20)), scale: .normal),
            .text(Array("A-001".utf8)), .cut(.here(.partial)),
        ]
        let pieces = PrintPieces(commands.flatMap(\.bytes), size: 16).pieces
        #expect(pieces.flatMap(\.bytes) == commands.flatMap(\.bytes))
        var decoder = CommandDecoder()
        for piece in pieces {
            _ = decoder.feed(piece.bytes)
            #expect(decoder.pending.isEmpty)
        }
        // Only the picture, 28 bytes that cannot be parted, is longer; the last letter and the cut are left for the end.
        #expect(pieces.map(\.bytes.count) == [16, 28, 4, 4])
    }

    @Test func questionsInAJobAreLeftOutBecauseTheirAnswersWouldBeTakenForOurs() {
        let job: [Command] = [
            .text([0x41]), .transmitStatus(1), .realTimeStatus(1), .clearBuffers, .processID(Array("abcd".utf8)), .text([0x42]),
        ]
        #expect(PrintPieces(job.flatMap(\.bytes), size: 100).pieces.map(\.bytes) == [[0x41], [0x42]])
    }

    @Test func anUnfinishedLastCommandIsLeftOut() {
        #expect(PrintPieces([0x41, 0x1D, 0x76, 0x30, 0, 10, 0, 10, 0, 1, 2], size: 100).pieces.map(\.bytes) == [[0x41]])
    }

    @Test func theLastPieceBeginsWithTheLastThingThatCanBeSeen() {
        let job: [Command] = [.text(Array("ab".utf8)), .lineFeed, .text([0x20]), .feedLines(5), .cut(.here(.full))]
        let pieces = PrintPieces(job.flatMap(\.bytes), size: 100).pieces
        #expect(pieces.map(\.bytes) == [[0x61], Array("b\n ".utf8) + [0x1B, 0x64, 5, 0x1D, 0x56, 0]])
    }

    @Test(
        arguments: [
            [0x1B, 0x76], [0x1B, 0x75, 0], [0x1D, 0x05], [0x1D, 0x6A, 1], [0x10, 0x04, 7, 1], [0x1D, 0x28, 0x48, 3, 0, 49, 50, 48],
            [0x1D, 0x67, 0x32, 0, 20, 0], [0x1C, 0x67, 0x32, 0, 0, 0, 0, 0, 1, 0],
        ] as [[UInt8]]) func aQuestionThatHasNoCaseOfItsOwnIsLeftOutToo(_ question: [UInt8])
    {
        #expect(PrintPieces([0x41] + question + [0x0A], size: 100).pieces.flatMap(\.bytes) == [0x41, 0x0A])
    }
}
