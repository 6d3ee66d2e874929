public import ReceiptMarkup

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
    /// Dots of a character of font A.
    public var fontA: CharacterCell
    /// Dots of a character of font B; nil where there is none.
    public var fontB: CharacterCell?
    /// Bar codes that it draws by `GS k` in form B; the others are drawn by us.
    public var barcodes: Set<Barcode.System>
    /// Where an uploaded logo stays.
    public var logoMemory: LogoMemory
    /// How it is told in real time to forget what it has not printed.
    public var clearing: Clearing
    /// What it does otherwise than the commands' descriptions say.
    public var quirks: Set<Quirk>
    /// Millimetres of paper a second.
    public var speed: Int
    /// Seconds from switching on to the first answer, at most.
    public var warmUp: Int
    /// As what it shows itself on USB.
    public var usb: [USBIdentity]
    /// What it answers to `GS I 67`, by which `printer identify` finds it.
    public var names: [String]
    /// Where the facts come from, in words.
    public var sources: [String]

    /// Dots of one character.
    public struct CharacterCell: Hashable, Sendable {
        public var width: Int
        public var height: Int

        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }

        public static let a = Self(width: 12, height: 24)
        public static let b = Self(width: 9, height: 17)
    }

    /// The memory for pictures that outlives power.
    public enum LogoMemory: String, Hashable, Sendable, CaseIterable {
        case none
        /// `GS ( L` functions 67 and 69, by a key of two characters.
        case graphics
        /// `FS q` and `FS p`, by a number; `FS q` writes all pictures at once.
        case bitImage
    }

    /// How a printer is made to forget, while it stands still or not.
    public enum Clearing: String, Hashable, Sendable, CaseIterable {
        /// `DLE DC4 8`: forgets in every state, and answers.
        case buffer
        /// `DLE ENQ 2`: forgets only in an error.
        case recovery
        /// Neither: only the power switch.
        case none
    }

    public enum Quirk: String, Hashable, Sendable, CaseIterable {
        /// Acts on `10 04` and `10 14` also inside the data of a picture.
        case realTimeInData = "real-time-in-data"
        /// Takes the line feed after `GS v 0` for a part of the picture.
        case swallowsLineFeedAfterRaster = "swallows-line-feed-after-raster"
        /// Does nothing on `ESC J`.
        case ignoresFeedDots = "ignores-feed-dots"
        /// Does not cut on `GS V 65` and 66, or feeds without cutting.
        case noFeedAndCut = "no-feed-and-cut"
        /// Prints `FS .` as text.
        case noKanjiOff = "no-kanji-off"
        /// Forgets the settings of bar codes after each `GS k`.
        case forgetsBarcodeSettings = "forgets-barcode-settings"
    }

    /// `idVendor` and `idProduct`. Makers of adapters and clones share them, so one identity may belong to several models.
    public struct USBIdentity: Hashable, Sendable, CustomStringConvertible {
        public var vendor: UInt16
        public var product: UInt16

        public init(vendor: UInt16, product: UInt16) {
            self.vendor = vendor
            self.product = product
        }

        /// Reads the way `lsusb` writes it: four hexadecimal digits, a colon, four hexadecimal digits.
        public init?(_ text: some StringProtocol) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 4 && $0.utf8.allSatisfy(\.isHexadecimalDigit) }),
                let vendor = UInt16(parts[0], radix: 16), let product = UInt16(parts[1], radix: 16)
            else { return nil }
            self.init(vendor: vendor, product: product)
        }

        /// As ``init(_:)`` reads it, in lower case.
        public var description: String { "\(Self.hexadecimal(vendor)):\(Self.hexadecimal(product))" }

        private static func hexadecimal(_ number: UInt16) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
    }

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
        cutter: Cutter, feedBeforeCut: Int, image: ImageSupport, fontA: CharacterCell = .a, fontB: CharacterCell? = .b,
        barcodes: Set<Barcode.System> = [], logoMemory: LogoMemory = .none, clearing: Clearing = .buffer, quirks: Set<Quirk> = [],
        speed: Int = 150, warmUp: Int = 5, usb: [USBIdentity] = [], names: [String] = [], sources: [String] = []
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
        self.fontA = fontA
        self.fontB = fontB
        self.barcodes = barcodes
        self.logoMemory = logoMemory
        self.clearing = clearing
        self.quirks = quirks
        self.speed = speed
        self.warmUp = warmUp
        self.usb = usb
        self.names = names
        self.sources = sources
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}
