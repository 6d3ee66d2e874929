public import ESCPOS

/// What CUPS is told of a printer model, so that other programs can print on it: a PPD file
/// (PostScript Printer Description 4.3 with CUPS's extensions, "CUPS PPD Extensions").
///
/// The kiosk's own jobs are raw and pass by it untouched.
public struct QueueDescription: Sendable {
    private let model: PrinterModel

    /// The type of a file in ReceiptLine, `*.receipt`.
    public static let receiptType = "application/vnd.anjungan.receipt"
    /// What the filter turns into the printer's commands.
    public static let types = [receiptType, "application/pdf", "image/png", "image/jpeg", "text/plain"]
    /// The program that does it, in `ServerBin/filter`.
    public static let filter = "escpos-filter"
    /// The key of the PPD under which the filter finds the model's slug.
    public static let modelKey = "AnjunganModel"

    public init(_ model: PrinterModel) { self.model = model }

    /// The file, in ASCII.
    public var ppd: String {
        let name = Self.plain(model.name)
        let maker = name.prefix { $0 != " " }
        let filters = Self.types.map { "*cupsFilter2: \"\($0) application/vnd.cups-raw 0 \(Self.filter)\"\n" }.joined()
        return """
            *PPD-Adobe: "4.3"
            *FormatVersion: "4.3"
            *FileVersion: "1.0"
            *LanguageVersion: English
            *LanguageEncoding: ISOLatin1
            *PCFileName: "ANJUNGAN.PPD"
            *Product: "(\(name))"
            *Manufacturer: "\(maker)"
            *ModelName: "\(name)"
            *ShortNickName: "\(name.prefix(31))"
            *NickName: "\(name), receipts"
            *PSVersion: "(3010) 0"
            *LanguageLevel: "3"
            *ColorDevice: False
            *DefaultColorSpace: Gray
            *FileSystem: False
            *Throughput: "1"
            *LandscapeOrientation: Plus90
            *TTRasterizer: Type42
            *cupsVersion: 2.4
            *cupsManualCopies: False
            *cupsModelNumber: 0
            *\(Self.modelKey): "\(model.id)"
            \(filters)\(paper)*DefaultResolution: \(resolution)dpi
            *OpenUI *Resolution/Resolution: PickOne
            *OrderDependency: 20 AnySetup *Resolution
            *Resolution \(resolution)dpi/\(resolution) dpi: "<</HWResolution[\(resolution) \(resolution)]>>setpagedevice"
            *CloseUI: *Resolution
            *DefaultFont: Courier
            *Font Courier: Standard "(1.05)" Standard ROM

            """
    }

    /// As wide as the printer prints, so that nothing is shrunk; long, because white at the end is cut off.
    private var paper: String {
        let name = "Roll/Roll \(model.paperWidth.rawValue) mm"
        let size = "\(width) \(Self.length)"
        return """
            *OpenUI *PageSize/Media Size: PickOne
            *OrderDependency: 10 AnySetup *PageSize
            *DefaultPageSize: Roll
            *PageSize \(name): "<</PageSize[\(size)]>>setpagedevice"
            *CloseUI: *PageSize
            *OpenUI *PageRegion/Media Size: PickOne
            *OrderDependency: 10 AnySetup *PageRegion
            *DefaultPageRegion: Roll
            *PageRegion \(name): "<</PageSize[\(size)]>>setpagedevice"
            *CloseUI: *PageRegion
            *DefaultImageableArea: Roll
            *ImageableArea \(name): "0 0 \(size)"
            *DefaultPaperDimension: Roll
            *PaperDimension \(name): "\(size)"

            """
    }

    /// Points (1/72 inch) of 297 mm.
    private static let length = 842
    /// Points of the printable width.
    private var width: Int { Int((Double(model.dots) / Double(model.dotsPerMillimetre) / 25.4 * 72).rounded()) }
    private var resolution: Int { Int((Double(model.dotsPerMillimetre) * 25.4).rounded()) }

    /// A quotation mark or a parenthesis would end the value; a PPD of this encoding has one octet a character.
    private static func plain(_ text: String) -> String {
        let kept = text.filter { $0.isASCII && !"\"()\\<>/:".contains($0) && !$0.isNewline }
        return kept.isEmpty ? "Receipt printer" : String(kept)
    }
}
