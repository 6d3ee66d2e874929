/// How long a kiosk waits before it calls the centre again.
public struct SyncTiming: Hashable, Sendable {
    /// The widest first pause after a failure; it doubles with each further one.
    public var base: Duration
    /// The widest pause there is.
    public var cap: Duration
    /// How long a kiosk with nothing to send stays silent, so that its silence means something.
    public var heartbeat: Duration

    public init(base: Duration = .milliseconds(500), cap: Duration = .seconds(900), heartbeat: Duration = .seconds(60)) {
        self.base = base
        self.cap = cap
        self.heartbeat = heartbeat
    }

    /// Full jitter: anything from nothing to the window, so that kiosks that lost the centre together do not return together.
    ///
    /// - Parameters:
    ///   - failures: in a row, from 1.
    ///   - random: any 64 bits.
    public func pause(failures: Int, random: UInt64) -> Duration {
        // A window beyond a day is the cap in any case; shifting further would overflow.
        let doublings = min(max(0, failures - 1), 24)
        let window = min(cap, base * (1 << doublings))
        return window * (Double(random >> 11) / Double(1 << 53))
    }
}
