/// A value of a fixed number of octets, such as a hash or a random name. Coded as its hexadecimal digits.
public protocol FixedOctets: Hashable, Sendable, Codable, CustomStringConvertible {
    static var size: Int { get }
    var octets: [UInt8] { get }
    /// Takes exactly ``size`` octets as they are; `nil` for any other number.
    init?(octets: [UInt8])
}

extension FixedOctets {
    /// Lower-case hexadecimal.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads what ``description`` writes; upper-case digits too.
    public init?(_ text: String) {
        let digits = text.utf8.count == 2 * Self.size ? text.compactMap(\.hexDigitValue).map(UInt8.init) : []
        guard digits.count == 2 * Self.size else { return nil }
        self.init(octets: stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected \(2 * Self.size) hexadecimal digits")
        }
        self = value
    }
}

/// A SHA-256 (FIPS 180-4): of an entry's header, or of one of its parts.
public struct EntryHash: FixedOctets {
    public static let size = 32
    public let octets: [UInt8]

    public init?(octets: [UInt8]) {
        guard octets.count == Self.size else { return nil }
        self.octets = octets
    }

    /// 32 zero octets: what stands before the first entry of a chain, and in place of a part that an entry does not have.
    public static let none = Self(zeros: ())
    private init(zeros: Void) { octets = [UInt8](repeating: 0, count: Self.size) }
}

/// Names one life of a journal: 16 random octets, drawn when the journal is created.
///
/// A journal that starts anew has another epoch, so that its sequence 1 is not taken for the old one's.
public struct Epoch: FixedOctets {
    public static let size = 16
    public let octets: [UInt8]

    public init?(octets: [UInt8]) {
        guard octets.count == Self.size else { return nil }
        self.octets = octets
    }
}

/// Names one run of the kernel (`/proc/sys/kernel/random/boot_id`), the frame of reference of a monotonic time.
public struct BootID: FixedOctets {
    public static let size = 16
    public let octets: [UInt8]

    public init?(octets: [UInt8]) {
        guard octets.count == Self.size else { return nil }
        self.octets = octets
    }
}

/// Computes the SHA-256 of octets. Handed in, so that this module needs no cryptography.
public struct EntryHasher: Sendable {
    private let sha256: @Sendable ([UInt8]) -> EntryHash

    public init(sha256: @escaping @Sendable ([UInt8]) -> EntryHash) { self.sha256 = sha256 }

    /// The SHA-256 of `octets`.
    public func callAsFunction(_ octets: [UInt8]) -> EntryHash { sha256(octets) }
}
