import PictureRaster
import ReceiptMarkup
import Testing
import TicketRaster

@Suite struct TicketRasterTests {
    let raster = TicketRaster()

    @Test func aPictureSurvivesItsPNG() throws {
        for width in [1, 7, 8, 31, 33, 176] {
            let picture = DotImage(width: width, height: 13) { ($0 * 5 + $1 * 3) % 7 < 3 }
            #expect(try raster.image(png: PNG.encode(picture), maxWidth: 576) == picture, "\(width) dots wide")
        }
    }

    @Test func anOversizedPictureIsScaledToThePaper() throws {
        let picture = DotImage(width: 800, height: 400) { x, _ in x < 400 }
        let scaled = try raster.image(png: PNG.encode(picture), maxWidth: 384)
        #expect((scaled.width, scaled.height) == (384, 192))
        #expect(scaled.isBlack(10, 100) && !scaled.isBlack(370, 100))
    }

    @Test func greysAreDitheredToTheirShareOfBlack() throws {
        let pixels = (0..<(64 * 64)).map { _ in UInt8(128) }
        let picture = try raster.image(png: PNG.encode(gray: pixels, width: 64, height: 64), maxWidth: 384)
        let black = picture.bits.reduce(0) { $0 + $1.nonzeroBitCount }
        #expect((1900...2200).contains(black))
        #expect(picture.rows(0..<1).bits != picture.rows(1..<2).bits)
    }

    @Test func whatIsNoPNGIsRefused() {
        for bytes: [UInt8] in [[], [1, 2, 3], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]] {
            #expect(throws: DotRenderingError(.notAPicture, "")) { try raster.image(png: bytes, maxWidth: 384) }
        }
    }

    @Test func textFillsItsCellsAndNoMore() throws {
        let image = try raster.text("Hi", cells: 4, cellWidth: 12, cellHeight: 24, bold: false)
        #expect((image.width, image.height) == (48, 24))
        let inked = (0..<48).filter { x in (0..<24).contains { image.isBlack(x, $0) } }
        let last = try #require(inked.last)
        #expect(inked.count > 8 && last < 25)
        #expect(try raster.text("   ", cells: 3, cellWidth: 12, cellHeight: 24, bold: false).bits.allSatisfy { $0 == 0 })
        let bold = try raster.text("Hi", cells: 4, cellWidth: 12, cellHeight: 24, bold: true)
        #expect(bold.bits.reduce(0) { $0 + $1.nonzeroBitCount } > image.bits.reduce(0) { $0 + $1.nonzeroBitCount })
    }

    @Test func textOfManyTasksIsTheSame() async throws {
        let expected = try raster.text("Antrean", cells: 7, cellWidth: 24, cellHeight: 48, bold: true)
        let images = try await withThrowingTaskGroup(of: DotImage.self) { group in
            for _ in 0..<16 { group.addTask { try TicketRaster().text("Antrean", cells: 7, cellWidth: 24, cellHeight: 48, bold: true) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(images.count == 16 && images.allSatisfy { $0 == expected })
    }

    /// ISO/IEC 18004: three finder patterns, timing patterns, and the format bits of the level.
    @Test(arguments: [(QRLevel.l, 0b01), (.m, 0b00), (.q, 0b11), (.h, 0b10)])
    func aQRCodeHasTheMarksOfTheStandardAndItsLevel(_ level: QRLevel, _ indicator: Int) throws {
        let image = try raster.qrCode(Array("7K2M9QX4TB".utf8), cell: 4, level: level)
        let size = image.width / 4
        #expect(image.width == image.height && image.width % 4 == 0 && size >= 21 && (size - 17) % 4 == 0)
        func isBlack(_ x: Int, _ y: Int) -> Bool { image.isBlack(x * 4 + 2, y * 4 + 1) }
        for (left, top) in [(0, 0), (size - 7, 0), (0, size - 7)] {
            for y in 0..<7 {
                for x in 0..<7 {
                    let ring = max(abs(x - 3), abs(y - 3))
                    #expect(isBlack(left + x, top + y) == (ring != 2), "finder at \(left), \(top)")
                }
            }
        }
        for x in 8..<(size - 8) { #expect(isBlack(x, 6) == (x % 2 == 0) && isBlack(6, x) == (x % 2 == 0)) }
        // The first two format bits, freed of the mask 101010000010010.
        let format = (isBlack(0, 8) ? 2 : 0) + (isBlack(1, 8) ? 1 : 0)
        #expect(format ^ 0b10 == indicator)
    }

    @Test func tooMuchForAQRCodeIsAnError() {
        #expect(throws: DotRenderingError(.tooMuchData, "")) { try raster.qrCode(Array(repeating: 0xAA, count: 4000), cell: 3, level: .h) }
    }
}
