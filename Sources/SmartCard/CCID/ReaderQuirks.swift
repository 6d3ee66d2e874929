/// What a reader does otherwise than its class descriptor or the specification says. Which reader does what stands in `Devices/readers`.
public struct ReaderQuirks: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Announces short APDUs, but hands longer ones on in pieces.
    public static let chainsLongAPDUs = ReaderQuirks(rawValue: 0x01)
    /// Takes the 270 octets of the longest short APDU whatever dwMaxCCIDMessageLength says.
    public static let understatesMessageLength = ReaderQuirks(rawValue: 0x02)
    /// Keeps no rate above 9,600 bits a second.
    public static let slowRateOnly = ReaderQuirks(rawValue: 0x04)
    /// Looks for cards only after its slot was told to power off.
    public static let powersOffAtOpen = ReaderQuirks(rawValue: 0x08)
    /// Does not tell of every card by its interrupt endpoint, and must be asked.
    public static let noInterrupts = ReaderQuirks(rawValue: 0x10)
}

extension ReaderDescription {
    /// The same as the reader really is.
    func corrected(by quirks: ReaderQuirks) -> ReaderDescription {
        var real = self
        real.quirks = quirks
        if quirks.contains(.chainsLongAPDUs), level == .shortAPDU { real.level = .extendedAPDU }
        if quirks.contains(.understatesMessageLength) { real.messageLength = max(messageLength, 270) }
        if quirks.contains(.slowRateOnly) { real.fastestRate = min(fastestRate, 9600) }
        return real
    }
}
