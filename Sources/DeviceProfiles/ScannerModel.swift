/// A scanner of printed codes, or a reader that types card numbers, as data. `Devices/scanners/*.yaml` are read into it.
public struct ScannerModel: DeviceModel {
    public var id: String
    public var name: String
    /// As what it shows itself while it is a keyboard (HID, boot interface, usage page 01 usage 06).
    public var wedge: [USBIdentity]
    /// As what it shows itself while it is a bar code scanner (HID, usage page 8C usage 02).
    public var posScanner: [USBIdentity]
    /// What it sends.
    public var content: Content
    /// Which keys it presses for which characters.
    public var layout: KeyboardLayout
    /// Characters in front of everything it types; printable ASCII, usually none.
    public var prefix: String
    /// Keys behind everything it types, as it leaves the factory; none where it ends with its last character.
    public var suffix: [SuffixKey]
    /// Milliseconds between two keys of one code, at most.
    public var keyGap: Int
    /// A feature report that it must get before it reports codes as a POS scanner, its report id first; empty where it needs none.
    public var enableReport: [UInt8]
    public var sources: [String]

    public var usb: [USBIdentity] { wedge + posScanner }

    /// How it speaks while it shows itself as `usb`; nil where that is not one of its identities.
    public func kind(as usb: USBIdentity) -> Kind? { wedge.contains(usb) ? .wedge : posScanner.contains(usb) ? .posScanner : nil }

    /// How it speaks on USB.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// As a keyboard.
        case wedge
        /// As a HID POS bar code scanner.
        case posScanner
    }

    public enum Content: Hashable, Sendable {
        /// What is printed on paper or shown on a telephone. The symbologies are what sources name; none of them where none is named.
        case code([Symbology])
        /// The identifier of a card in its field.
        case cardNumber(CardNumberForm)
    }

    /// How the octets of a card's identifier become digits.
    public struct CardNumberForm: Hashable, Sendable {
        public var notation: Notation
        /// Which octet is the number's highest: the first that the card sends, or the last.
        public var order: ByteOrder
        /// How many octets make the number: 3 to 10. With 4, of a longer ISO/IEC 14443 A identifier those of the first anticollision level
        /// are used: 88 and the first three (ISO/IEC 14443-3, 6.5.4).
        public var octets: Int
        /// Digits that it always types, with zeroes in front; 0 where it types no more than the number has.
        public var digits: Int

        public init(notation: Notation, order: ByteOrder, octets: Int, digits: Int) {
            self.notation = notation
            self.order = order
            self.octets = octets
            self.digits = digits
        }

        public enum Notation: String, Hashable, Sendable, CaseIterable { case decimal, hexadecimal }

        public enum ByteOrder: String, Hashable, Sendable, CaseIterable {
            /// The first octet is the highest.
            case firstHighest = "first-highest"
            /// The first octet is the lowest.
            case firstLowest = "first-lowest"
        }
    }

    public enum KeyboardLayout: String, Hashable, Sendable, CaseIterable {
        /// ANSI INCITS 154, as United States keyboards are.
        case us
    }

    public enum SuffixKey: String, Hashable, Sendable, CaseIterable { case enter, tab }

    public enum Symbology: String, Hashable, Sendable, CaseIterable {
        case aztec, codabar, code11, code128, code39, code93, ean, itf, maxicode, pdf417, qr, upc
        case dataMatrix = "data-matrix"
        case gs1DataBar = "gs1-databar"
        case microPDF417 = "micro-pdf417"
        case microQR = "micro-qr"
    }

    public init(
        id: String, name: String, wedge: [USBIdentity] = [], posScanner: [USBIdentity] = [], content: Content,
        layout: KeyboardLayout = .us, prefix: String = "", suffix: [SuffixKey] = [.enter], keyGap: Int = 50, enableReport: [UInt8] = [],
        sources: [String] = []
    ) {
        self.id = id
        self.name = name
        self.wedge = wedge
        self.posScanner = posScanner
        self.content = content
        self.layout = layout
        self.prefix = prefix
        self.suffix = suffix
        self.keyGap = keyGap
        self.enableReport = enableReport
        self.sources = sources
    }
}
