import ESCPOS
import ReceiptMarkup
import SeededRandomness

/// Commands of every kind with random parameters.
enum RandomCommand {
    static func make(_ random: inout SeededGenerator) -> Command {
        func byte(_ range: ClosedRange<UInt8> = 0...255) -> UInt8 { UInt8.random(in: range, using: &random) }
        func bytes(_ count: ClosedRange<Int>, _ range: ClosedRange<UInt8> = 0...255) -> [UInt8] {
            (0..<Int.random(in: count, using: &random)).map { _ in byte(range) }
        }
        switch Int.random(in: 0..<35, using: &random) {
        case 0: return .text(bytes(1...60, 0x20...0xFF))
        case 1: return .lineFeed
        case 2: return .initialize
        case 3: return .align([.left, .center, .right].randomElement(using: &random)!)
        case 4: return .size(width: byte(1...8), height: byte(1...8))
        case 5: return .underline(byte(0...2))
        case 6: return .invert(Bool.random(using: &random))
        case 7: return .lineSpacing(byte())
        case 8: return .codePage(byte())
        case 9:
            let width = Int.random(in: 1...8, using: &random)
            let height = Int.random(in: 1...30, using: &random)
            let scale = RasterScale.allCases.randomElement(using: &random)!
            return .raster(DotImage(width: width * 8, height: height, bits: bytes((width * height)...(width * height))), scale: scale)
        case 10:
            return .columnImage(ColumnImage(mode: 33, columns: (0..<Int.random(in: 0...40, using: &random)).flatMap { _ in bytes(3...3) }))
        case 11: return .columnImage(ColumnImage(mode: byte(0...1), columns: bytes(0...300)))
        case 12: return .qrStore(bytes(0...300))
        case 13: return .qrLevel(QRLevel.allCases.randomElement(using: &random)!)
        case 14: return .barcode(system: byte(0...8), data: bytes(0...20, 1...255))
        case 15: return .barcode(system: byte(65...79), data: bytes(0...255))
        case 16:
            return .cut(
                [.here(.full), .here(.partial), .afterFeed(.full, dots: byte()), .afterFeed(.partial, dots: byte())].randomElement(
                    using: &random)!)
        case 17: return .drawerPulse(pin: byte(), on: byte(), off: byte())
        case 18: return .automaticStatus(AutomaticStatusMask(rawValue: byte()))
        case 19: return .processID(bytes(4...4, 0x20...0x7E))
        case 20: return .realTimeStatus(byte(1...4))
        case 21: return .clearBuffers
        case 22: return .absolutePosition(UInt16.random(in: 0...575, using: &random))
        case 23: return .tabStops(bytes(0...32, 1...255))
        case 24: return .relativePosition(Int16.random(in: .min ... .max, using: &random))
        case 25: return .bufferGraphics(picture(&random), scale: RasterScale.allCases.randomElement(using: &random)!)
        case 26: return .storeLogo(LogoKey(byte(0x20...0x7E), byte(0x20...0x7E))!, picture(&random))
        case 27: return .printLogo(LogoKey("A1")!, scale: RasterScale.allCases.randomElement(using: &random)!)
        case 28: return [.deleteLogo(LogoKey("~ ")!), .printGraphics, .logoNames].randomElement(using: &random)!
        case 29: return .storeBitImages((0..<Int.random(in: 0...3, using: &random)).map { _ in wholeBytes(&random) })
        case 30: return .storeDownloadedImage(wholeBytes(&random))
        case 31: return .printDownloadedImage(scale: RasterScale.allCases.randomElement(using: &random)!)
        case 32: return .printBitImage(byte(), scale: RasterScale.allCases.randomElement(using: &random)!)
        case 33: return .doubleStrike(Bool.random(using: &random))
        default: return .leftMargin(UInt16.random(in: 0...575, using: &random))
        }
    }

    private static func picture(_ random: inout SeededGenerator) -> DotImage {
        let width = Int.random(in: 0...40, using: &random)
        let height = Int.random(in: 0...20, using: &random)
        return DotImage(
            width: width, height: height, bits: (0..<((width + 7) / 8 * height)).map { _ in .random(in: 0...255, using: &random) })
    }

    private static func wholeBytes(_ random: inout SeededGenerator) -> DotImage {
        let across = Int.random(in: 1...4, using: &random)
        let down = Int.random(in: 1...3, using: &random)
        return DotImage(
            width: across * 8, height: down * 8, bits: (0..<(across * down * 8)).map { _ in .random(in: 0...255, using: &random) })
    }
}
