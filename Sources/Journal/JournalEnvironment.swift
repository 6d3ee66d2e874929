import Glibc
import KioskCore
public import SyncProtocol
import Synchronization

/// What the journal needs of the world: clocks, randomness, the room on the disk. Handed in, so that tests can choose it.
public struct JournalEnvironment: Sendable {
    public var clock: @Sendable () -> ClockReading
    /// That many random octets, fit for identifiers and claim codes.
    public var random: @Sendable (_ count: Int) -> [UInt8]
    /// Octets that may still be written to the file system that holds the folder at `path`.
    public var freeSpace: @Sendable (_ path: String) throws(JournalError) -> Int64

    public init(
        clock: @escaping @Sendable () -> ClockReading, random: @escaping @Sendable (_ count: Int) -> [UInt8],
        freeSpace: @escaping @Sendable (_ path: String) throws(JournalError) -> Int64
    ) {
        self.clock = clock
        self.random = random
        self.freeSpace = freeSpace
    }

    /// A new UUIDv7 of that time.
    func identity(_ time: WallTime) -> UUIDv7 {
        let (high, low) = random(16).withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        return UUIDv7(time: time, random: (high.bigEndian, low.bigEndian))
    }

    /// The machine's own.
    public static func live() throws(JournalError) -> JournalEnvironment {
        let boot = try bootID()
        let randomness = Randomness()
        let watch = QualityWatch()
        let space = SpaceWatch()
        return JournalEnvironment(
            clock: {
                let now = sinceBoot()
                return ClockReading(wall: wallTime(), quality: watch.quality(at: now), boot: boot, monotonic: now)
            },
            random: { randomness.take($0) },
            freeSpace: { (path) throws(JournalError) in try space.free(path, at: sinceBoot()) })
    }

    private static func bootID() throws(JournalError) -> BootID {
        let path = "/proc/sys/kernel/random/boot_id"
        var buffer = [UInt8](repeating: 0, count: 64)
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw JournalError(.failed, "\(path): \(String(cString: strerror(errno))); mount /proc") }
        defer { Glibc.close(file) }
        let count = max(0, Glibc.read(file, &buffer, buffer.count))
        let digits = buffer[..<count].compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
        let octets = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        guard let boot = BootID(octets: octets) else {
            throw JournalError(.failed, "\(path) does not hold a UUID of 32 hexadecimal digits; mount /proc")
        }
        return boot
    }

    private static func wallTime() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    private static func sinceBoot() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    fileprivate static func freeSpace(_ path: String) throws(JournalError) -> Int64 {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else {
            throw JournalError(.inputOutput, "\(path): cannot ask for free space: \(String(cString: strerror(errno)))")
        }
        return Int64(clamping: space.f_bavail) * Int64(clamping: space.f_frsize)
    }
}

/// The kernel's randomness, fetched for some tickets at once.
private final class Randomness: Sendable {
    /// As much as the kernel gives at once.
    private static let most = 256
    /// The last of these octets were taken by nobody.
    private let store = Mutex<(octets: [UInt8], left: Int)>(([], 0))

    func take(_ count: Int) -> [UInt8] {
        precondition(count <= Self.most, "more randomness than anybody needs")
        return store.withLock { store in
            if store.left < count { store = (Self.fetch(), Self.most) }
            defer { store.left -= count }
            return [UInt8](store.octets[(store.left - count)..<store.left])
        }
    }

    private static func fetch() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: most) { octets, filled in
            // It fails only where the kernel has no such call.
            guard getentropy(octets.baseAddress, most) == 0 else { preconditionFailure("no randomness: \(errno)") }
            filled = most
        }
    }
}

/// The room on the disk, asked at most every other millisecond: in that time no disk takes what a journal keeps in reserve, and the question
/// takes as long as three rows.
private final class SpaceWatch: Sendable {
    private let last = Mutex<(path: String, free: Int64, until: UInt64)?>(nil)

    /// - Parameter now: milliseconds of a clock that never goes back.
    func free(_ path: String, at now: UInt64) throws(JournalError) -> Int64 {
        if let last = last.withLock({ $0 }), last.path == path, now < last.until { return last.free }
        let free = try JournalEnvironment.freeSpace(path)
        last.withLock { $0 = (path, free, now + 2) }
        return free
    }
}

/// Whether the clock is set, asked at most once a second: the question takes as long as a row.
private final class QualityWatch: Sendable {
    private let last = Mutex<(quality: ClockQuality, until: UInt64)?>(nil)

    /// - Parameter now: milliseconds of a clock that never goes back.
    func quality(at now: UInt64) -> ClockQuality {
        last.withLock { last in
            if let last, now < last.until { return last.quality }
            // systemd-timesyncd leaves this file once it has set the clock; other services do not say.
            let quality: ClockQuality = access("/run/systemd/timesync/synchronized", F_OK) == 0 ? .synchronized : .unknown
            last = (quality, now + 1000)
            return quality
        }
    }
}

/// How much the journal may keep. The kiosk closes politely before it accepts what it could not keep.
public struct JournalLimits: Hashable, Sendable {
    /// Octets that the database file may grow to.
    public var capacity: Int64
    /// Octets below ``capacity`` that only outcomes of accepted work may use.
    public var headroom: Int64
    /// Octets that must stay free on the file system; below them nothing new is accepted.
    public var reserve: Int64

    /// Service days for which entries that the centre has in a backup are kept all the same, while less than half of the capacity is used.
    public var days: Int
    /// Octets set aside on the file system, to be given up when it is full.
    public var ballast: Int64

    public init(
        capacity: Int64 = 1 << 30, headroom: Int64 = 4 << 20, reserve: Int64 = 32 << 20, days: Int = 7, ballast: Int64 = 4 << 20
    ) {
        self.capacity = capacity
        self.headroom = headroom
        self.reserve = reserve
        self.days = days
        self.ballast = ballast
    }

    /// Octets in use from which on telemetry is not recorded any more, and not kept longer than the centre needs it.
    var telemetryLimit: Int64 { capacity / 100 * 80 }
}
