/// How a QR code packs its data: in the closest mode that fits them all (ISO/IEC 18004 clause 7.3).
public enum QRMode: Hashable, Sendable, CaseIterable {
    /// 0–9.
    case digits
    /// 0–9, A–Z, space, `$%*+-./:`.
    case letters
    case bytes

    public init(of data: some Collection<UInt8>) {
        if data.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .digits
        } else if data.allSatisfy(Self.isLetter) {
            self = .letters
        } else {
            self = .bytes
        }
    }

    /// Bits that `count` characters take in a symbol of `version` 1…40, with what is written in front of them (tables 2 and 3).
    public func bits(of count: Int, version: Int) -> Int {
        let size = version < 10 ? 0 : version < 27 ? 1 : 2
        return switch self {
        case .digits: 14 + 2 * size + count / 3 * 10 + [0, 4, 7][count % 3]
        case .letters: 13 + 2 * size + count / 2 * 11 + count % 2 * 6
        case .bytes: (size == 0 ? 12 : 20) + count * 8
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x24, 0x25, 0x2A, 0x2B, 0x2D...0x3A, 0x41...0x5A: true
        default: false
        }
    }
}
