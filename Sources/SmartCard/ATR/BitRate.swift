/// Fi and Di: how many clock cycles one bit takes, F / D (ISO/IEC 7816-3, tables 7 and 8).
public struct BitRate: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// As in TA1 and PPS1: the index of F in the high four bits, that of D in the low ones.
    public let rawValue: UInt8

    /// nil where the indexes are reserved.
    public init?(rawValue: UInt8) {
        guard Self.factors[Int(rawValue >> 4)] != nil, Self.divisors[Int(rawValue & 15)] != nil else { return nil }
        self.rawValue = rawValue
    }

    /// F = 372, D = 1: with which every card begins.
    public static let slowest = BitRate(rawValue: 0x11)!

    /// F.
    public var factor: Int { Self.factors[Int(rawValue >> 4)]! }
    /// D.
    public var divisor: Int { Self.divisors[Int(rawValue & 15)]! }

    /// Bits a second at a clock in hertz.
    public func bitsPerSecond(clock: Int) -> Int { clock * divisor / factor }

    private static let factors: [Int?] = [372, 372, 558, 744, 1116, 1488, 1860, nil, nil, 512, 768, 1024, 1536, 2048, nil, nil]
    private static let divisors: [Int?] = [nil, 1, 2, 4, 8, 16, 32, 64, 12, 20, nil, nil, nil, nil, nil, nil]

    public var description: String { "F=\(factor) D=\(divisor)" }
}
