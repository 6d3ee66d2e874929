/// How many batches a centre has in its hands at once, and what it tells the others.
///
/// Memory and the length of the queue before the disk are bounded by ``limit``. Who finds no room is told when to come again:
/// the more were turned away since there was room last, the wider that is spread, so that they do not come back together.
public struct Admission: Hashable, Sendable {
    /// Batches that are read, waiting for the disk, or being written.
    public let limit: Int
    private(set) var atWork = 0
    private(set) var turnedAway = 0

    public enum Verdict: Hashable, Sendable {
        /// Take it in, and say when it is done; ``Admission/leave()``.
        case admitted
        /// Answer 503 with these.
        case later(retryAfter: Duration, maximumEntries: Int)
    }

    public init(limit: Int) { self.limit = max(1, limit) }

    /// What one batch takes at most on a slow disk; so long one that is turned away makes the others wait.
    private static let turn = Duration.milliseconds(20)
    private static let longest = Duration.seconds(300)
    /// Of a batch while the centre is busy: many kiosks get a little rather than few everything.
    private static let fewer = 125

    /// - Parameter random: any 64 bits.
    public mutating func enter(random: UInt64) -> Verdict {
        guard atWork >= limit else {
            atWork += 1
            return .admitted
        }
        turnedAway += 1
        let spread = min(Self.longest, .seconds(2) + Self.turn * turnedAway)
        return .later(retryAfter: .seconds(1) + spread * (Double(random >> 11) / Double(1 << 53)), maximumEntries: Self.fewer)
    }

    /// One that was admitted is done.
    public mutating func leave() {
        atWork -= 1
        if atWork == 0 { turnedAway = 0 }
    }

    /// How many entries the next batch of whoever is being answered should have; `nil` while there is room.
    public var maximumEntries: Int? { atWork * 2 > limit ? Self.fewer : nil }
}
