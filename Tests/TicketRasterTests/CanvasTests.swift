import PictureRaster
import ReceiptMarkup
import Testing
import TicketRaster

@Suite struct CanvasTests {
    static let block = DotImage(width: 2, height: 2) { x, y in x == y }

    @Test func dotsAreCutAtTheEdges() {
        var canvas = Canvas(width: 3, height: 2)
        canvas.draw(Self.block, x: 2, y: 1)
        canvas.draw(Self.block, x: -1, y: -1, gray: 90)
        #expect(canvas.pixels == [90, 255, 255, 255, 255, 0])
    }

    @Test func textStandsInItsCells() {
        var canvas = Canvas(width: 120, height: 24)
        canvas.draw("漢 A", x: 0, y: 0)
        let inked = Set((0..<120).filter { column in (0..<24).contains { canvas.pixels[$0 * 120 + column] < 128 } })
        #expect(!inked.isDisjoint(with: 0..<24) && !inked.isDisjoint(with: 36..<48))
        #expect(inked.isDisjoint(with: 24..<36) && inked.isDisjoint(with: 48..<120))
    }

    @Test func theGreyPNGHoldsThePage() throws {
        var canvas = Canvas(width: 40, height: 24)
        canvas.draw("Ag", x: 0, y: 0)
        let png = try canvas.png()
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // Byte 24 of a PNG is its bit depth, 25 its colour type (0 is grey).
        #expect(png[24] == 8 && png[25] == 0)
        #expect(try TicketRaster().image(png: png, maxWidth: 40).height == 24)
    }
}
