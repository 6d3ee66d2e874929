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
        #expect(pieces.flatMap { $0 } == commands.flatMap(\.bytes))
        var decoder = CommandDecoder()
        for piece in pieces {
            _ = decoder.feed(piece)
            #expect(decoder.pending.isEmpty)
        }
        // Only the picture, 28 bytes that cannot be parted, is longer.
        #expect(pieces.map(\.count) == [16, 28, 8])
    }

    @Test func questionsInAJobAreLeftOutBecauseTheirAnswersWouldBeTakenForOurs() {
        let job: [Command] = [
            .text([0x41]), .transmitStatus(1), .realTimeStatus(1), .clearBuffers, .processID(Array("abcd".utf8)), .text([0x42]),
        ]
        #expect(PrintPieces(job.flatMap(\.bytes), size: 100).pieces == [[0x41, 0x42]])
    }

    @Test func anUnfinishedLastCommandIsLeftOut() {
        #expect(PrintPieces([0x41, 0x1D, 0x76, 0x30, 0, 10, 0, 10, 0, 1, 2], size: 100).pieces == [[0x41]])
    }
}
