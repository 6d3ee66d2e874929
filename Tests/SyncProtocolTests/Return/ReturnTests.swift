import Dispatch
import Foundation
import RatePlot
import Testing

/// All kiosks of a country come back at once.
///
/// `ANJUNGAN_KIOSKS=10000` for the whole country, `ANJUNGAN_AWAY=86400` for a whole day, `ANJUNGAN_PLOTS=DIRECTORY` draws what came in
/// each second.
@Suite(.timeLimit(.minutes(30))) struct ReturnTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let kiosks = environment["ANJUNGAN_KIOSKS"].flatMap(Int.init) ?? 1000
    private static let entries = 500
    /// In seconds. After an hour all pauses are as long as after a day.
    private static let away = environment["ANJUNGAN_AWAY"].flatMap(Int.init) ?? 3600

    @Test(arguments: ReturnWorld.Story.allCases) func allCatchUpAndNoHerdComes(_ story: ReturnWorld.Story) async throws {
        let seed = Self.environment["ANJUNGAN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64(UInt32.max))
        // In a minute a kiosk records a visit.
        let entries = story == .centreRestarted ? 3 : Self.entries
        let away = Self.away
        // Off the pool of threads that other tests share.
        let world = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var world = ReturnWorld(story, kiosks: Self.kiosks, entries: entries, away: away, seed: seed)
                world.run()
                continuation.resume(returning: world)
            }
        }
        let requests = world.seconds.map(\.requests)
        let most = requests.max() ?? 0
        let turnedAway = world.seconds.reduce(0) { $0 + $1.turnedAway }
        print(
            """
            return: ANJUNGAN_SEED=\(seed) \(story.rawValue), \(Self.kiosks) kiosks: caught up after \
            \(world.caughtUp.map { "\($0 / 1000) s" } ?? "never"), \(requests.reduce(0, +)) requests, at most \(most) a second, \
            \(turnedAway) turned away, at most \(world.mostInHand) in hand
            """)
        if let folder = Self.environment["ANJUNGAN_PLOTS"] { try Self.plot(world, to: "\(folder)/\(story.rawValue).svg") }
        let caughtUp = try #require(world.caughtUp, "some kiosk never caught up")
        #expect(caughtUp <= Self.patience(story) * 1000)
        #expect(world.mostInHand <= ReturnWorld.limit)
        // In the busiest second at most so many of all kiosks: evenly over a minute it would be one of sixty.
        #expect(most <= Self.kiosks / 12)
        #expect(world.seconds.reduce(0) { $0 + $1.entries } == Self.kiosks * entries)
    }

    /// Seconds: the longest pause and what comes after it; the slots and what waits for the disk; the longest pause.
    private static func patience(_ story: ReturnWorld.Story) -> Int {
        switch story {
        case .centreAway: 1200
        case .powerBack: 600
        case .centreRestarted: 1000
        }
    }

    private static func plot(_ world: ReturnWorld, to path: String) throws {
        let step = max(1, world.seconds.count / 240)
        let steps = stride(from: 0, to: world.seconds.count, by: step).map {
            Array(world.seconds[$0..<min($0 + step, world.seconds.count)])
        }
        func rate(_ value: (ReturnWorld.Second) -> Int) -> [Double] {
            steps.map { Double($0.reduce(0) { $0 + value($1) }) / Double($0.count) }
        }
        let plot = RatePlot(
            title: "\(kiosks) kiosks come back: \(world.story.rawValue), \(world.entries) entries each", step: step,
            panels: [
                .init("requests a second; red: turned away", rate(\.requests), part: rate(\.turnedAway)),
                .init("entries stored a second", rate(\.entries)),
            ])
        try plot.svg.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
