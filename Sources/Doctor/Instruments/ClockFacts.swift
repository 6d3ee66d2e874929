import Glibc
public import KioskCore

/// What the machine says of its own clock.
public struct ClockFacts: Hashable, Sendable {
    public var now: WallTime
    /// Whether the kernel keeps it to a time source; nil when it does not say.
    public var isSynchronized: Bool?

    public init(now: WallTime, isSynchronized: Bool?) {
        self.now = now
        self.isSynchronized = isSynchronized
    }

    static func measured() -> ClockFacts {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let wall = WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        // systemd-timesyncd leaves this file once it has set the clock; every service tells the kernel.
        let isMarked = access("/run/systemd/timesync/synchronized", F_OK) == 0
        return ClockFacts(now: wall, isSynchronized: isMarked ? true : kernelState().map { $0 != timeError })
    }

    /// `TIME_ERROR` of adjtimex(2): nothing keeps the clock in time.
    private static let timeError: CInt = 5

    /// What adjtimex(2) returns when it is asked to change nothing; nil where that is forbidden.
    ///
    /// Found by its name, because the module Glibc leaves out sys/timex.h.
    private static func kernelState() -> CInt? {
        guard let symbol = dlsym(nil, "adjtimex") else { return nil }
        let adjtimex = unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutableRawPointer) -> CInt).self)
        // struct timex has 208 octets; its first, `modes`, is zero: only ask.
        let state = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 16) { buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            return buffer.baseAddress.map(adjtimex)
        }
        return state.flatMap { $0 < 0 ? nil : $0 }
    }
}
