public import ReceiptMarkup

/// A picture that the printer keeps in its memory, so that no ticket has to carry it.
public struct StoredLogo: Hashable, Sendable {
    /// The PNG as receipts name it.
    public var png: [UInt8]
    /// Where `GS ( L` keeps it. Printers with the older memory (`FS q`) keep logos by their number in the upload instead.
    public var key: LogoKey

    public init(png: [UInt8], key: LogoKey) {
        self.png = png
        self.key = key
    }
}

/// Puts logos into a printer's memory. Flash memory wears out: at most ten uploads a day, makers say; once per change is enough.
public enum LogoUpload {
    /// What to send, once, for `images` in the order of the encoder's stored logos; nothing where the printer has no memory.
    ///
    /// `FS q` replaces everything that was stored, so all logos go up together. Cut to the printer's width.
    public static func commands(for images: [(key: LogoKey, image: DotImage)], model: PrinterModel) -> [Command] {
        let pictures = images.map { logo in
            var image = logo.image.width > model.dots ? logo.image.columns(0..<model.dots) : logo.image
            if model.quirks.contains(.realTimeInData) { image.bits = image.bits.withoutOrders }
            return (key: logo.key, image: image)
        }
        switch model.logoMemory {
        case .none: return []
        case .graphics: return pictures.map { .storeLogo($0.key, $0.image) }
        case .bitImage:
            return pictures.isEmpty
                ? [] : [.storeBitImages(pictures.map { $0.image.wholeBytes(avoidingOrders: model.quirks.contains(.realTimeInData)) })]
        }
    }
}

extension PrinterModel {
    /// Prints the logo of index `index`; nil where the printer has no memory.
    func printing(_ logo: StoredLogo, at index: Int) -> Command? {
        switch logoMemory {
        case .none: nil
        case .graphics: .printLogo(logo.key, scale: .normal)
        case .bitImage: index < 255 ? .printBitImage(UInt8(index + 1), scale: .normal) : nil
        }
    }
}

extension DotImage {
    /// With sides of whole bytes, white added at the right and below, as `FS q` takes it.
    fileprivate func wholeBytes(avoidingOrders: Bool) -> DotImage {
        let columns = avoidingOrders ? columnBytes.withoutOrders : columnBytes
        return DotImage(columns: columns, bytesAcross: bytesPerRow, bytesDown: (height + 7) / 8)
    }
}
