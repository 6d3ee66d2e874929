/// A printer model as data. `Devices/printers/*.yaml` are read into it; no code asks for a model by name.
public struct PrinterModel: Hashable, Sendable {
    /// The slug of its file, such as `epson-tm-t20`.
    public var id: String
    /// What stands on its box.
    public var name: String
    public var paperWidth: PaperWidth
    /// Dots across the printable width.
    public var dots: Int
    /// Characters of font A in a line.
    public var columns: Int
    /// 8 at 203 dpi.
    public var dotsPerMillimetre: Int
    /// Which `ESC t` number selects which encoding: different on nearly every printer.
    public var codePages: [CodePage: UInt8]
    public var qr: CodeSupport
    public var proof: Proof
    /// Answers `GS a`.
    public var automaticStatus: Bool
    /// Bytes that it takes before it must have printed some.
    public var bufferBytes: Int
    public var cutter: Cutter
    /// Lines of the default spacing that bring the last line past the knife.
    public var feedBeforeCut: Int
    public var image: ImageSupport

    /// Millimetres of the roll.
    public enum PaperWidth: Int, Hashable, Sendable, CaseIterable {
        case mm58 = 58
        case mm80 = 80
    }

    /// How a QR code gets onto the paper.
    public enum CodeSupport: String, Hashable, Sendable, CaseIterable {
        /// By the printer's own command.
        case native
        /// As a picture that we draw.
        case raster
    }

    /// How far the printer can prove that it has printed.
    public enum Proof: String, Hashable, Sendable, CaseIterable {
        /// `GS ( H`: answers once it is printed.
        case processID
        /// `GS r 1`: answers once it is processed.
        case queuedStatus
        /// `DLE EOT` before and after.
        case realTimeStatus
        /// Answers nothing.
        case none
    }

    public enum Cutter: String, Hashable, Sendable, CaseIterable { case full, partial, none }

    /// Which picture command it understands.
    public enum ImageSupport: String, Hashable, Sendable, CaseIterable {
        /// `GS v 0`.
        case raster
        /// `ESC *`.
        case column
    }

    /// The most rows of a picture that we send in one command: printers with small buffers print taller ones with stripes
    /// or not at all, and half a buffer is left when the printer stalls in the middle of one.
    public var stripRows: Int { min(128, max(8, bufferBytes / 2 / ((dots + 7) / 8))) }

    public init(
        id: String, name: String, paperWidth: PaperWidth, dots: Int, columns: Int, dotsPerMillimetre: Int = 8,
        codePages: [CodePage: UInt8] = [.cp437: 0], qr: CodeSupport, proof: Proof, automaticStatus: Bool, bufferBytes: Int,
        cutter: Cutter, feedBeforeCut: Int, image: ImageSupport
    ) {
        self.id = id
        self.name = name
        self.paperWidth = paperWidth
        self.dots = dots
        self.columns = columns
        self.dotsPerMillimetre = dotsPerMillimetre
        self.codePages = codePages
        self.qr = qr
        self.proof = proof
        self.automaticStatus = automaticStatus
        self.bufferBytes = bufferBytes
        self.cutter = cutter
        self.feedBeforeCut = feedBeforeCut
        self.image = image
    }
}
