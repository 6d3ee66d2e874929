/// A value of a fixed number of octets, such as a hash or a random name: just these are what it has in memory.
/// Coded as its hexadecimal digits.
///
/// They are made of 64-bit words: Swift 6.3.1 spoils the frames of asynchronous functions that hold a `UInt128`, which must lie on 16 octets.
public protocol FixedOctets: BitwiseCopyable, Hashable, Sendable, Codable, CustomStringConvertible {}

extension FixedOctets {
    @inlinable public static var size: Int { MemoryLayout<Self>.size }
    @inlinable public var octets: [UInt8] { withUnsafeBytes(of: self) { [UInt8]($0) } }

    /// Takes exactly ``size`` octets as they are; `nil` for any other number.
    @inlinable public init?(octets: [UInt8]) {
        guard let value = octets.withUnsafeBytes({ Self(octets: $0) }) else { return nil }
        self = value
    }

    /// The same from memory of somebody else's.
    @inlinable public init?(octets: UnsafeRawBufferPointer) {
        guard octets.count == Self.size else { return nil }
        self = octets.loadUnaligned(as: Self.self)
    }

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
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// 32 zero octets: what stands before the first entry of a chain, and in place of a part that an entry does not have.
    public static let none = Self(first: 0, second: 0, third: 0, fourth: 0)
}

/// Names one life of a journal: 16 random octets, drawn when the journal is created.
///
/// A journal that starts anew has another epoch, so that its sequence 1 is not taken for the old one's.
public struct Epoch: FixedOctets {
    private let high: UInt64
    private let low: UInt64
}

/// Names one run of the kernel (`/proc/sys/kernel/random/boot_id`), the frame of reference of a monotonic time.
public struct BootID: FixedOctets {
    private let high: UInt64
    private let low: UInt64
}

/// Computes the SHA-256 of octets. Handed in, so that this module needs no cryptography.
public struct EntryHasher: Sendable {
    private let sha256: @Sendable ([UInt8]) -> EntryHash

    public init(sha256: @escaping @Sendable ([UInt8]) -> EntryHash) { self.sha256 = sha256 }

    /// The SHA-256 of `octets`.
    public func callAsFunction(_ octets: [UInt8]) -> EntryHash { sha256(octets) }
}
