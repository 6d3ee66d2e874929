/// The keyboard of the HID boot protocol: reports of eight octets that say which keys are down.
///
/// Source: USB Device Class Definition for Human Interface Devices 1.11, appendix B.1 and clause 8.3 (phantom states).
public struct BootKeyboard: Hashable, Sendable {
    private var held: [Key] = []
    public init() {}

    /// What happened since the last report: keys that went up, then those that went down in the report's order, so that a shift
    /// comes before what it shifts. nil where too many keys are down for the keyboard to tell them apart, or it is no report.
    public mutating func read(_ report: some RandomAccessCollection<UInt8>, at time: Duration) -> [Keystroke]? {
        guard report.count == 8, let modifiers = report.first else { return nil }
        let keys = report.dropFirst(2)
        guard !keys.contains(where: { (0x01...0x03).contains($0) }) else { return nil }
        var down = (0..<8).filter { modifiers & (1 << $0) != 0 }.map { Key(rawValue: UInt8(0xE0 + $0)) }
        for usage in keys where usage != 0 && !down.contains(Key(rawValue: usage)) { down.append(Key(rawValue: usage)) }
        let strokes =
            held.filter { !down.contains($0) }.map { Keystroke($0, .released, at: time) }
            + down.filter { !held.contains($0) }.map { Keystroke($0, .pressed, at: time) }
        held = down
        return strokes
    }
}
