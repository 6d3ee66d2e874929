public import ReceiptMarkup

/// A picture that a printer keeps in its memory, so that no ticket has to carry it.
///
/// A ticket always carries the picture. Only on its last way, and only while the printer itself says that it holds these very
/// dots, ``shortened(_:)`` puts the name in the picture's place: a name can print nothing, or something else.
///
/// Beside the picture stand ``seals``, dots whose names are a checksum of it. They are stored last and deleted first, so that
/// a picture that broke off, was changed, or lies in the printer of another mall is not taken for this one.
public struct StoredLogo: Hashable, Sendable {
    /// Where the picture lies. Names beginning with one of ``sealRow`` are ours too; other programs' stay as they are.
    static let name = name("AL")
    private static let sealRow: [UInt8] = Array("{|}~".utf8)

    /// What the encoder sends of the picture.
    let strips: [Command]
    /// 26 bits of checksum: one character of each.
    let seals: [LogoKey]
    private let image: DotImage

    /// Nil where the printer has no memory that it can be asked about.
    public init?(_ picture: DotImage, model: PrinterModel) {
        guard model.tellsItsLogos, picture.width > 0, picture.height > 0 else { return nil }
        let whole = picture.width > model.dots ? picture.columns(0..<model.dots) : picture
        // Whole bytes across, as `GS v 0` has them, so that it stands on the same dots when it is centred.
        image = DotImage(width: whole.bytesPerRow * 8, height: whole.height, bits: whole.bits)
        var bytes: [UInt8] = []
        PictureStrips(model).append(picture, to: &bytes)
        var decoder = CommandDecoder()
        strips = decoder.feed(bytes)
        var rest = Self.checksum(image)
        seals = Self.sealRow.map { row in
            defer { rest /= UInt64(Self.characters.count) }
            return Self.name(row, Self.characters[Int(rest % UInt64(Self.characters.count))])
        }
    }

    /// As ``init(_:model:)``, drawn as receipts draw this PNG across the whole paper.
    public init?(png: [UInt8], model: PrinterModel, renderer: any DotRenderer) throws(DotRenderingError) {
        self.init(try renderer.image(png: png, maxWidth: model.columns * model.cellWidth), model: model)
    }

    /// What puts it there, for once: flash memory wears out, and makers allow some ten uploads a day.
    public var upload: [UInt8] {
        let others = Self.sealRow.flatMap { row in Self.characters.map { Command.deleteLogo(Self.name(row, $0)) } }
        let dot = DotImage(width: 8, height: 1) { _, _ in true }
        return ([.initialize] + others + [.storeLogo(Self.name, image)] + seals.map { .storeLogo($0, dot) }).flatMap(\.bytes)
    }

    /// Whether a printer that holds pictures of these names holds this one.
    func isHeld(among names: Set<LogoKey>) -> Bool { names.isSuperset(of: seals + [Self.name]) }

    /// The same with the printer's own picture in place of each that is sent.
    func shortened(_ commands: [Command]) -> [Command] {
        var short: [Command] = []
        var rest = commands[...]
        while let next = rest.first {
            if rest.starts(with: strips) {
                short.append(.printLogo(Self.name, scale: .normal))
                rest = rest.dropFirst(strips.count)
            } else {
                short.append(next)
                rest = rest.dropFirst()
            }
        }
        return short
    }

    private static let characters: [UInt8] = Array(0x20...0x7E)

    private static func name(_ text: String) -> LogoKey { name(Array(text.utf8)[0], Array(text.utf8)[1]) }

    private static func name(_ first: UInt8, _ second: UInt8) -> LogoKey {
        guard let key = LogoKey(first, second) else { preconditionFailure("two characters of printable ASCII are a name") }
        return key
    }

    /// FNV-1a of 64 bits, folded: nobody forges a logo, it only changes.
    private static func checksum(_ image: DotImage) -> UInt64 {
        let size = [image.width, image.height].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let hash = (size + image.bits).reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return hash ^ hash >> 32
    }
}

extension PrinterModel {
    /// Keeps pictures that receipts print to the same dots, and answers which they are.
    public var tellsItsLogos: Bool {
        guard logoMemory == .graphics, image == .raster, !quirks.contains(.realTimeInData) else { return false }
        return switch proof {
        case .processID, .queuedStatus: true
        case .realTimeStatus, .none: false
        }
    }
}

extension Command {
    /// After it the printer may hold other pictures than it said.
    var changesLogos: Bool {
        switch self {
        case .storeLogo, .deleteLogo: true
        case .spelled(_, let command): command.changesLogos
        // `GS ( L` and `GS 8 L` in functions without a case of their own, such as 65, which deletes all; `GS ( E` resets settings.
        case .unknown(let bytes):
            [[Control.gs, 0x28, 0x4C], [Control.gs, 0x38, 0x4C], [Control.gs, 0x28, 0x45]].contains(where: bytes.starts)
        default: false
        }
    }
}
