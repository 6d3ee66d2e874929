/// What PC/SC readers answer themselves for the card in their field (PC/SC part 3, 3.2.2.1.3).
public enum ContactlessCommand {
    /// GET DATA: the UID, PUPI or serial number.
    public static let identifier = CommandAPDU(0xFF, 0xCA, 0x00, 0x00, expected: 256)
    /// GET DATA: the historical bytes of the ATS.
    public static let answerToSelect = CommandAPDU(0xFF, 0xCA, 0x01, 0x00, expected: 256)
}

/// What a card in a contactless reader's field calls itself: a pointer that somebody may have enrolled, and never a proof of who holds
/// the card, because anybody can copy it.
public struct CardPointer: Hashable, Sendable {
    /// 4, 7 or 10 octets of ISO/IEC 14443 A, 4 of B, 8 of ISO/IEC 15693.
    public var octets: [UInt8]

    /// nil where it is no identifier: nothing at all, or longer than any.
    public init?(_ octets: [UInt8]) {
        guard (1...16).contains(octets.count) else { return nil }
        self.octets = octets
    }

    /// Drawn anew at each tap (ISO/IEC 14443-3, 6.5.4): nothing can be enrolled by it.
    public var isRandom: Bool { octets.count == 4 && octets[0] == 0x08 }

    /// So few are possible that all of them can be tried: as personal as what it points to.
    public var isEnumerable: Bool { octets.count <= 4 }
}
