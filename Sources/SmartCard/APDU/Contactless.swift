public import Secrets

/// What PC/SC readers answer themselves for the card in their field (PC/SC part 3, 3.2.2.1.3).
public enum ContactlessCommand {
    /// GET DATA: the UID, PUPI or serial number.
    public static let identifier = CommandAPDU(0xFF, 0xCA, 0x00, 0x00, expected: 256)
    /// GET DATA: the historical bytes of the ATS.
    public static let answerToSelect = CommandAPDU(0xFF, 0xCA, 0x01, 0x00, expected: 256)
}

/// What a card in a contactless reader's field calls itself: a pointer that somebody may have enrolled, and never a proof of who holds
/// the card, because anybody can copy it.
///
/// Personal: those of four octets are so few that all can be tried, and the longer ones follow their holder from place to place.
public struct CardPointer: Hashable, Sendable {
    /// 4, 7 or 10 octets of ISO/IEC 14443 A, 4 of B, 8 of ISO/IEC 15693.
    public let octets: Secret
    /// Drawn anew at each tap (ISO/IEC 14443-3, 6.5.4): nothing can be enrolled by it.
    public let isRandom: Bool

    /// nil where it is no identifier: nothing at all, or longer than any.
    public init?(_ octets: some Collection<UInt8>) {
        guard (1...16).contains(octets.count) else { return nil }
        self.octets = Secret(octets)
        isRandom = octets.count == 4 && octets.first == 0x08
    }

    init(taking octets: Secret) {
        self.octets = octets
        isRandom = octets.count == 4 && octets.withBytes { $0.first == 0x08 }
    }

    /// So few are possible that all of them can be tried.
    public var isEnumerable: Bool { octets.count <= 4 }
}
