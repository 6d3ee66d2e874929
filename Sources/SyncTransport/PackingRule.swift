/// Whether batches to a centre are packed.
///
/// Packing pays wherever the line is slower than the packing, which takes some thirty megabytes a second of a kiosk's processor.
/// So it is left out while full batches get through faster than that could help: in the mall's own network, not on its way out.
/// What a batch took says how fast the line is, the centre's work included.
struct PackingRule: Hashable, Sendable {
    /// The centre said that it unpacks; forgotten when it refuses, because an older one may have taken its place.
    private var unpacks = false
    private var isFast = false

    /// Small batches tell of the way there and back, not of how much a line carries.
    private static let telling = 64 * 1024
    /// Octets a second, unpacked, from which on packing holds up; no line below 16 Mbit/s gets there, not even with packed batches.
    private static let fast = 8e6
    /// Below this a line is slow again.
    private static let slow = 4e6

    var packs: Bool { unpacks && !isFast }

    /// A batch of so many octets before packing was answered after this time by a centre that unpacks, or not.
    mutating func answered(octets: Int, after time: Duration, unpacks: Bool) {
        self.unpacks = unpacks
        guard octets >= Self.telling else { return }
        let speed = Double(octets) / max(time / .seconds(1), 1e-6)
        if speed >= Self.fast { isFast = true }
        if speed < Self.slow { isFast = false }
    }

    mutating func refused() { unpacks = false }
}
