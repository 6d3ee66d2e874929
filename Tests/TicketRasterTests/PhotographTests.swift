import PictureRaster
import ReceiptMarkup
import Testing
import TicketRaster

@Suite struct PhotographTests {
    let raster = TicketRaster()

    /// A gradient from black to white: every band of it has its share of black.
    @Test func aPhotographKeepsItsGreysOnAverage() throws {
        let (width, height) = (256, 64)
        let gray = (0..<(width * height)).map { UInt8($0 % width) }
        let image = try raster.image(png: PNG.encode(gray: gray, width: width, height: height), maxWidth: 576)
        for left in stride(from: 0, to: width, by: 32) {
            let black = (0..<height).reduce(0) { count, y in count + (left..<(left + 32)).count { image.isBlack($0, y) } }
            let wanted = 1 - (Double(left) + 15.5) / 255
            #expect(abs(Double(black) / Double(32 * height) - wanted) < 0.02, "columns from \(left): \(black) black")
        }
    }

    @Test func aPhotographHasNoLongRunsInItsMiddleGreys() throws {
        let gray = [UInt8](repeating: 128, count: 128 * 128)
        let image = try raster.image(png: PNG.encode(gray: gray, width: 128, height: 128), maxWidth: 576)
        for y in 0..<128 {
            var run = 0
            for x in 1..<128 {
                run = image.isBlack(x, y) == image.isBlack(x - 1, y) ? run + 1 : 0
                #expect(run < 6, "\(x), \(y)")
            }
        }
    }

    @Test func lineArtKeepsItsEdges() throws {
        let gray = (0..<(64 * 64)).map { index -> UInt8 in index % 64 < 32 ? 0 : index % 64 == 32 ? 100 : 255 }
        let image = try raster.image(png: PNG.encode(gray: gray, width: 64, height: 64), maxWidth: 576)
        #expect(image == DotImage(width: 64, height: 64) { x, _ in x <= 32 })
    }

    /// The file ends behind its head, so whoever begins to decode it finds no picture at all.
    @Test(arguments: [(32_767, 32_767), (16_385, 1), (16_000, 16_000), (0, 1)]) func aPictureTooLargeIsRefusedByItsHead(
        _ width: Int, _ height: Int
    ) {
        let sides = [width, height].flatMap { side in [24, 16, 8, 0].map { UInt8(side >> $0 & 0xFF) } }
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + sides
        let error = #expect(throws: DotRenderingError.self) { try raster.image(png: png, maxWidth: 576) }
        #expect(error?.code == .tooMuchData)
    }

    @Test func theSamePictureIsTheSameHoweverOftenAndWide() throws {
        let png = try PNG.encode(DotImage(width: 300, height: 40) { ($0 + $1) % 3 == 0 })
        let first = try raster.image(png: png, maxWidth: 576)
        #expect(try raster.image(png: png, maxWidth: 100).width == 100)
        #expect(try raster.image(png: png, maxWidth: 576) == first)
        for other in 1...20 { _ = try raster.image(png: PNG.encode(DotImage(width: other, height: 1) { _, _ in true }), maxWidth: 576) }
        #expect(try raster.image(png: png, maxWidth: 576) == first)
    }
}
