import KioskCore
import SyncProtocol
import Testing

@Suite struct ClockReadingTests {
    private func reading(wall: Int64, boot: UInt8 = 1, monotonic: UInt64) -> ClockReading {
        ClockReading(
            wall: WallTime(milliseconds: wall), quality: .free, boot: BootID(octets: [UInt8](repeating: boot, count: 16))!,
            monotonic: monotonic)
    }

    @Test func withinOneBootAClockThatWasSetChangesNothing() {
        #expect(reading(wall: 5, monotonic: 900).since(reading(wall: 9_000_000, monotonic: 400)) == .milliseconds(500))
    }

    @Test func acrossBootsTheWallClockTellsAndNeverMoreThanNothing() {
        #expect(reading(wall: 7000, monotonic: 1).since(reading(wall: 2000, boot: 2, monotonic: 9)) == .seconds(5))
        #expect(reading(wall: 7, monotonic: 1).since(reading(wall: 2000, boot: 2, monotonic: 9)) == .zero)
        #expect(reading(wall: .max, monotonic: 1).since(reading(wall: .min, boot: 2, monotonic: 9)) == .zero)
    }
}
