/// What a scanner or card reader sends, as its file in `Devices/scanners` says.
public struct ScannerProfile: Hashable, Sendable {
    /// A key behind everything that it types.
    public enum Suffix: String, Hashable, Sendable, CaseIterable { case enter, tab }

    public var layout: KeyboardLayout
    /// Octets in front of everything that it sends; usually none.
    public var prefix: [UInt8]
    /// Keys behind everything that it types; where there are none, a code ends when nothing more comes.
    public var suffix: [Suffix]
    /// Between two keys of one code, at most. People are slower.
    public var keyGap: Duration
    /// How a card reader types the identifier of a card; nil: what it sends is no card's.
    public var cardNumber: CardNumberForm?

    public init(
        layout: KeyboardLayout = .us, prefix: [UInt8] = [], suffix: [Suffix] = [.enter], keyGap: Duration = .milliseconds(50),
        cardNumber: CardNumberForm? = nil
    ) {
        self.layout = layout
        self.prefix = prefix
        self.suffix = suffix
        self.keyGap = keyGap
        self.cardNumber = cardNumber
    }

    /// Characters of the shortest code: what is shorter may be a slip of somebody's hand.
    public static let shortestCode = 4
    /// Octets of the longest code: more than a QR code of version 40 holds (7,089 digits, ISO/IEC 18004).
    public static let longestCode = 8192
}
