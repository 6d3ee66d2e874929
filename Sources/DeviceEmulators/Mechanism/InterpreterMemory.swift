import ESCPOS
import ReceiptMarkup

/// Pictures that the printer keeps.
struct PictureMemory: Sendable {
    /// Outlive power and resets, as in the flash memory of real printers.
    var logos: [LogoKey: DotImage] = [:]
    var bitImages: [DotImage] = []
    /// Gone with a reset.
    var downloaded: DotImage?
    var buffered: (image: DotImage, scale: RasterScale)?

    mutating func initialize() { (downloaded, buffered) = (nil, nil) }
}

extension Interpreter {
    mutating func memory(_ command: Command) -> [Action] {
        switch command {
        case .storeLogo, .deleteLogo, .printLogo, .logoNames:
            guard model.logoMemory == .graphics else { return [.ignore("GS ( L: \(model.id) stores no logos")] }
            return logo(command)
        case .storeBitImages(let images):
            guard model.logoMemory == .bitImage else { return [.ignore("FS q: \(model.id) stores no pictures")] }
            pictures.bitImages = images
        case .printBitImage(let number, let scale):
            guard model.logoMemory == .bitImage else { return [.ignore("FS p: \(model.id) stores no pictures")] }
            guard number > 0, Int(number) <= pictures.bitImages.count else { return [.ignore("FS p \(number): nothing is stored there")] }
            return print(pictures.bitImages[Int(number) - 1], scale)
        case .storeDownloadedImage(let image): pictures.downloaded = image
        case .printDownloadedImage(let scale):
            guard let image = pictures.downloaded else { return [.ignore("GS /: no picture is kept")] }
            return print(image, scale)
        case .bufferGraphics(let image, let scale): pictures.buffered = (image, scale)
        case .printGraphics:
            guard let kept = pictures.buffered else { return [.ignore("GS ( L 50: no graphics are kept")] }
            pictures.buffered = nil
            return print(kept.image, kept.scale)
        default: preconditionFailure("not of the memories")
        }
        return []
    }

    private mutating func logo(_ command: Command) -> [Action] {
        switch command {
        case .storeLogo(let key, let image): pictures.logos[key] = image
        case .deleteLogo(let key): pictures.logos[key] = nil
        case .logoNames:
            let names = pictures.logos.keys.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
            return [.answer(.logoNames(Array(names.prefix(40)), more: names.count > 40))]
        case .printLogo(let key, let scale):
            guard let image = pictures.logos[key] else { return [.ignore("GS ( L 69: no logo \"\(key)\" is stored")] }
            return print(image, scale)
        default: preconditionFailure("not a logo")
        }
        return []
    }

    private mutating func print(_ image: DotImage, _ scale: RasterScale) -> [Action] {
        flush() + [.move(picture(image, scale.horizontal, scale.vertical))]
    }
}
