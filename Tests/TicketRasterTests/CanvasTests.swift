import PictureRaster
import ReceiptMarkup
import Testing
import TicketRaster

@Suite struct CanvasTests {
    static let block = DotImage(width: 2, height: 2) { x, y in x == y }

    @Test func dotsAreMagnifiedAndCutAtTheEdges() {
        var canvas = Canvas(width: 5, height: 4)
        canvas.draw(Self.block, x: 1, y: 0, scaleX: 2, scaleY: 3)
        let expected = DotImage(width: 5, height: 4) { x, y in y < 3 ? x == 1 || x == 2 : x == 3 || x == 4 }
        #expect(canvas.dots == expected)
        canvas.draw(Self.block, x: -1, y: -1)
        #expect(canvas.dots.isBlack(0, 0))
    }

    @Test func paperGrowsAndIsTakenInParts() {
        var canvas = Canvas(width: 3, height: 1)
        canvas.extend(to: 4)
        canvas.fill(x: 0, y: 2, width: 3, height: 1, gray: 0)
        #expect(canvas.height == 4)
        #expect(canvas.part(rows: 2..<9).pixels == [0, 0, 0, 255, 255, 255])
        var page = Canvas(width: 3, height: 2)
        page.draw(canvas.part(rows: 2..<3), x: 1, y: 1)
        #expect(page.pixels == [255, 255, 255, 255, 0, 0])
    }

    @Test func textStandsInItsCells() {
        var canvas = Canvas(width: 120, height: 60)
        #expect(canvas.draw("漢", x: 0, y: 0) == 24)
        #expect(canvas.draw("A", x: 60, y: 0, style: TextStyle(width: 2, height: 2, underline: 2)) == 24)
        let dots = canvas.dots
        #expect((50..<100).filter { dots.isBlack($0, 47) } == Array(60..<84))
    }

    @Test func invertedTextIsWhiteOnBlack() {
        var plain = Canvas(width: 24, height: 24)
        plain.draw("HE", x: 0, y: 0)
        var inverted = Canvas(width: 24, height: 24)
        inverted.draw("HE", x: 0, y: 0, style: TextStyle(invert: true))
        #expect(zip(plain.pixels, inverted.pixels).allSatisfy { Int($0) + Int($1) == 255 })
        #expect(plain.pixels.contains(0))
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
