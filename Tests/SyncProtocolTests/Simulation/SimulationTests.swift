import Dispatch
import Foundation
import Testing

@testable import SyncProtocol

/// The machines of both ends against everything that disks, networks, clocks and people do to them.
///
/// `ANJUNGAN_SEEDS=100000` runs more worlds, `ANJUNGAN_SEED=…` begins with that one and is the same each time.
@Suite(.timeLimit(.minutes(30))) struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let first = environment["ANJUNGAN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64(UInt32.max))
    private static let count = environment["ANJUNGAN_SEEDS"].flatMap(Int.init) ?? 1000

    /// Off the pool of threads that other tests share.
    private static func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }

    @Test func everyEntryIsAtTheCentreOnceWhenAllIsQuiet() async {
        let (first, count) = (Self.first, Self.count)
        print("simulation: ANJUNGAN_SEED=\(first) ANJUNGAN_SEEDS=\(count)")
        let (failures, steps, entries) = await Self.aside {
            var failures: [String] = []
            var (steps, entries) = (0, 0)
            for offset in 0..<count where failures.count < 5 {
                var world = SimulatedWorld(seed: first &+ UInt64(offset))
                world.run()
                (steps, entries) = (steps + world.steps, entries + world.nextNumber)
                if let violation = world.violations.first {
                    failures.append("ANJUNGAN_SEED=\(world.seed) ANJUNGAN_SEEDS=1: \(violation), \(world.faults)")
                }
            }
            return (failures, steps, entries)
        }
        print("simulation: \(count) worlds, \(entries) entries, \(steps) steps")
        for failure in failures { Issue.record("\(failure)") }
        #expect(entries > 10 * count)
    }

    @Test func aSeedReplaysExactly() async {
        for seed in Self.first..<(Self.first + 5) {
            let digests = await Self.aside {
                (0..<2).map { _ in
                    var world = SimulatedWorld(seed: seed)
                    world.run()
                    return world.digest
                }
            }
            #expect(digests[0] == digests[1])
        }
    }

    /// A simulation that finds nothing proves nothing: each mistake is found within a few hundred worlds.
    @Test(arguments: PlantedBug.allCases) func aMistakeIsFound(_ bug: PlantedBug) async {
        let found = await Self.aside {
            (0..<400).first { seed in
                var world = SimulatedWorld(seed: UInt64(seed), bug: bug)
                world.run()
                return !world.violations.isEmpty
            }
        }
        print("simulation: \(bug) found in world \(found.map { "\($0)" } ?? "none")")
        #expect(found != nil)
    }
}
