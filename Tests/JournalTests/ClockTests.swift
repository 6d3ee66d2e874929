import Journal
import KioskCore
import SyncProtocol
import Synchronization
import Testing

/// A clock that leaps, both ways.
@Suite struct ClockTests {
    static let hour: Int64 = 3_600_000

    static func world() -> World {
        let world = World()
        world.quality.withLock { $0 = .unknown }
        return world
    }

    static func leap(_ hours: Int64, _ world: World) { world.wall.withLock { $0 += hours * hour } }

    @Test(arguments: [-4000, -27, 27, 4000]) func aLeapAsksTheTechnicianAndNumbersGoOn(_ hours: Int64) async throws {
        let folder = try TemporaryFolder()
        let world = Self.world()
        let journal = try await openJournal(folder, world: world)
        _ = try await journal.issue(request())
        #expect(await journal.clockDoubt() == nil)
        Self.leap(hours, world)
        let doubt = try #require(await journal.clockDoubt())
        #expect(doubt.now.milliseconds - doubt.expected.milliseconds == hours * Self.hour)
        #expect("\(doubt)".contains(hours > 0 ? "ahead" : "behind"))
        #expect(try await journal.issue(request()).number.ordinal == 2, "the same day goes on")
        #expect(try await journal.verify()[.transactions]?.sequence == 2, "order is by sequence")
        // A restart asks again, and does not take what was written under the wrong clock for the truth.
        try await journal.close()
        let again = try await openJournal(folder, world: world)
        #expect(await again.clockDoubt() == doubt)
        Self.leap(-hours, world)
        #expect(await again.clockDoubt() == nil, "a clock that was put right needs no confirmation")
        #expect(try await again.issue(request()).number.ordinal == 3)
    }

    @Test(arguments: [-25, -1, 1, 25]) func aDayMoreOrLessIsNoLeap(_ hours: Int64) async throws {
        let world = Self.world()
        let journal = try await openJournal(TemporaryFolder(), world: world)
        _ = try await journal.issue(request())
        Self.leap(hours, world)
        #expect(await journal.clockDoubt() == nil)
    }

    /// A kiosk that goes on for weeks without a visitor: the monotonic clock tells that so much time has passed.
    @Test func aLongQuietTimeIsNoLeapAndAHiddenOneIs() async throws {
        let world = Self.world()
        let journal = try await openJournal(TemporaryFolder(), world: world)
        _ = try await journal.issue(request())
        Self.leap(500, world)
        world.monotonic.withLock { $0 += UInt64(500 * Self.hour) }
        #expect(await journal.clockDoubt() == nil)
        world.monotonic.withLock { $0 += UInt64(500 * Self.hour) }
        #expect(await journal.clockDoubt() != nil, "it stood still for 500 h")
    }

    @Test func theTechnicianOrTheCentreConfirms() async throws {
        let folder = try TemporaryFolder()
        let world = Self.world()
        let journal = try await openJournal(folder, world: world)
        _ = try await journal.issue(request())
        Self.leap(100, world)
        let now = world.wall.withLock { $0 }
        #expect(try await journal.confirmClock(centre: WallTime(milliseconds: now - 90 * Self.hour)) == false)
        #expect(await journal.clockDoubt() != nil)
        #expect(try await journal.confirmClock(centre: WallTime(milliseconds: now + 60_000)))
        #expect(await journal.clockDoubt() == nil)
        Self.leap(100, world)
        #expect(try await journal.confirmClock(centre: nil))
        try await journal.close()
        let again = try await openJournal(folder, world: world)
        #expect(await again.clockDoubt() == nil)
    }

    @Test func aTimeServiceIsBelieved() async throws {
        let world = Self.world()
        let journal = try await openJournal(TemporaryFolder(), world: world)
        _ = try await journal.issue(request())
        Self.leap(-90_000, world)
        #expect(await journal.clockDoubt() != nil)
        world.quality.withLock { $0 = .synchronized }
        #expect(await journal.clockDoubt() == nil)
        _ = try await journal.issue(request())
        world.quality.withLock { $0 = .unknown }
        #expect(await journal.clockDoubt() == nil, "what the service said is remembered")
    }
}
