/// How long a kiosk waits before it calls the centre again.
public struct SyncTiming: Hashable, Sendable {
    /// The widest first pause after a failure; it doubles with each further one.
    public var base: Duration
    /// The widest pause there is.
    public var cap: Duration
    /// How long a kiosk with nothing to send stays silent, so that its silence means something.
    public var heartbeat: Duration
    /// Over how long the backlogs of all kiosks are spread that come back together.
    public var spread: Duration

    public init(
        base: Duration = .milliseconds(500), cap: Duration = .seconds(900), heartbeat: Duration = .seconds(60),
        spread: Duration = .seconds(120)
    ) {
        self.base = base
        self.cap = cap
        self.heartbeat = heartbeat
        self.spread = spread
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
        return window * Self.fraction(random)
    }

    /// When a kiosk's turn is after an outage: always the same part of ``spread``, which no two kiosks are likely to share.
    ///
    /// After a day away the many kiosks of a country call at about the same time, and each has more than one batch to send.
    /// The first batch of each goes as its jitter has it; the rest in its slot.
    public func slot(of chain: ChainName) -> Duration {
        // FNV-1a, 64 bits, and the finaliser of SplitMix64: names that differ in one letter lie far apart.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for octet in "\(chain.site)/\(chain.kiosk)".utf8 { hash = (hash ^ UInt64(octet)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return min(cap, spread) * Self.fraction(hash ^ (hash >> 31))
    }

    private static func fraction(_ random: UInt64) -> Double { Double(random >> 11) / Double(1 << 53) }
}
