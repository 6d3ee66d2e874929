import Foundation

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere for the same seed.
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From `ANJUNGAN_SEED`, or a new one; printed, so that a failure can be repeated.
    public static func announced(_ name: String) -> (generator: Self, seed: UInt64) {
        let seed = ProcessInfo.processInfo.environment["ANJUNGAN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(name): ANJUNGAN_SEED=\(seed)")
        return (Self(seed: seed), seed)
    }
}
