/// Which kind of bar code was read: `]`, a letter and a modifier, such as `]Q3`.
///
/// Source: ISO/IEC 15424:2008, data carrier identifiers.
public struct AIMIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The letter, such as Q for QR codes and C for Code 128.
    public let letter: UInt8
    /// 0 to 9 or a letter.
    public let modifier: UInt8

    /// nil where the three octets are none.
    public init?(_ octets: some Collection<UInt8>) {
        let three = Array(octets.prefix(3))
        guard three.count == 3, three[0] == UInt8(ascii: "]"), Self.letters.contains(three[1]),
            (0x30...0x39).contains(three[2]) || (0x41...0x5A).contains(three[2]) || (0x61...0x7A).contains(three[2])
        else { return nil }
        (letter, modifier) = (three[1], three[2])
    }

    public var description: String { String(decoding: [UInt8(ascii: "]"), letter, modifier], as: UTF8.self) }

    private static let letters = Set("ABCDEFGHIJKLMNOPQRSTUVXZcdefghijklmnopqrstuvwxyz".utf8)
}
