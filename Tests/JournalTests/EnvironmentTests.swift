import Foundation
import Journal
import KioskCore
import SyncProtocol
import Testing

@Suite struct EnvironmentTests {
    @Test func theLiveClockIsThisMachines() throws {
        let world = try JournalEnvironment.live()
        let before = Date().timeIntervalSince1970
        let first = world.clock()
        let second = world.clock()
        #expect(Double(first.wall.milliseconds) >= (before * 1000).rounded(.down))
        #expect(first.monotonic <= second.monotonic)
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        #expect(first.boot.description == boot.filter(\.isHexDigit))
    }

    @Test func theFreeSpaceIsAskedOfTheRightFileSystem() throws {
        let folder = try TemporaryFolder()
        let world = try JournalEnvironment.live()
        #expect(try world.freeSpace(folder.path) > 0)
        #expect(throws: JournalError(.inputOutput, "")) { try world.freeSpace(folder.path + "/absent") }
    }

    @Test func randomOctetsDoNotRepeat() throws {
        let world = try JournalEnvironment.live()
        #expect(world.random(16).count == 16)
        #expect(Set((0..<100).map { _ in world.random(16) }).count == 100)
    }
}
