import KioskCore
import SeededRandomness

@testable import SyncProtocol

/// Many kiosks that come back to one centre, in virtual milliseconds: the real machine of each, the real admission of the centre.
/// Lines carry so much, the centre's disk does one batch after another. Everything follows from the seed.
struct ReturnWorld {
    /// Why they all come at once.
    enum Story: String, CaseIterable, Sendable {
        /// The centre, or the country's network, was away for a day; every kiosk has tried ever since.
        case centreAway = "centre-away"
        /// The power comes back: all start in the same second, each with a day's entries.
        case powerBack = "power-back"
        /// The centre was started anew in the middle of a day, and was away for a minute.
        case centreRestarted = "centre-restarted"
    }

    enum Event {
        /// Some entries more; the last portion, counted down, is 1.
        case record(Int, left: Int)
        case timer(Int, SyncMachine.TimerID)
        case arrival(Int, SyncMachine.AttemptID, after: UInt64, count: Int)
        /// All of a batch is there.
        case uploaded(Int, SyncMachine.AttemptID, after: UInt64, count: Int)
        case stored(Int, SyncMachine.AttemptID, upto: UInt64)
        case answer(Int, SyncMachine.AttemptID, upto: UInt64, maximum: Int?)
        case failure(Int, SyncMachine.AttemptID, SyncMachine.Failure)
    }

    struct Kiosk {
        var machine: SyncMachine
        var recorded: UInt64
        /// At the centre.
        var upto: UInt64 = 0
        /// Octets a millisecond.
        var line: Int
        /// A packed batch has a quarter of its octets.
        var packs = false
    }

    /// What came in one second.
    struct Second {
        var requests = 0
        var turnedAway = 0
        var entries = 0
    }

    static let timing = SyncTiming()
    static let limit = 32
    /// In which a day's entries are recorded.
    private static let portions = 20
    /// As the centre on a slow disk: milliseconds of a commit, and of an entry.
    private static let (commit, perEntry) = (5.0, 0.025)

    let story: Story
    let entries: UInt64
    /// From when on the centre is there.
    let back: Int
    private let gone: Int
    private var random: SeededGenerator
    private var queue = EventQueue<Event>()
    private var kiosks: [Kiosk] = []
    private var admission = Admission(limit: limit)
    private var inHand = 0
    private var diskFree = 0.0
    private var missing = 0

    private(set) var now = 0
    /// Since the centre is there.
    private(set) var seconds: [Second] = []
    private(set) var mostInHand = 0
    /// When the last kiosk had caught up, since the centre is there; nil: not all did.
    private(set) var caughtUp: Int?

    /// - Parameter away: for how long nobody reached the centre, in seconds.
    init(_ story: Story, kiosks count: Int, entries: Int, away: Int, seed: UInt64) {
        self.story = story
        self.entries = UInt64(entries)
        random = SeededGenerator(seed: seed)
        let calm = 120_000
        (gone, back) =
            switch story {
            case .centreAway: (calm, calm + away * 1000)
            case .powerBack: (0, 0)
            case .centreRestarted: (calm, calm + 60_000)
            }
        let waiting = story == .powerBack ? self.entries : 0
        missing = count
        for index in 0..<count {
            let chain = ChainName(
                site: SiteID("mpp-\(index / 20)")!, kiosk: KioskID("k\(index % 20)-")!,
                epoch: Epoch(octets: [UInt8](repeating: 7, count: 16))!,
                lane: .transactions)
            // Nine of ten on 20 Mbit/s, most others on 2, one of a hundred on 256 kbit/s.
            let line = [2500, 250, 32][index % 100 == 0 ? 2 : index % 10 == 0 ? 1 : 0]
            let machine = SyncMachine(chain: chain, head: Self.position(waiting), acknowledged: .start, timing: Self.timing)
            kiosks.append(Kiosk(machine: machine, recorded: waiting, line: line))
            if story == .powerBack {
                perform(index, machine.start(), at: Int.random(in: 0..<1000, using: &random))
            } else {
                perform(index, machine.start(), at: Int.random(in: 0..<60_000, using: &random))
                queue.add(
                    .record(index, left: min(entries, Self.portions)), at: gone + Int.random(in: 0..<(back - gone) / 20, using: &random))
            }
        }
    }

    private static func position(_ sequence: UInt64) -> ChainPosition {
        guard sequence > 0 else { return .start }
        return ChainPosition(
            sequence: sequence, hash: EntryHash(octets: [UInt8](repeating: UInt8(sequence & 0xFF), count: 31) + [UInt8(sequence >> 8)])!)
    }

    private var isThere: Bool { now < gone || now >= back }

    /// Runs until all have caught up, or two hours.
    mutating func run() {
        while let (time, event) = queue.next(), caughtUp == nil, time < back + 7_200_000 {
            now = time
            handle(event)
        }
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .record(let index, let left):
            kiosks[index].recorded += (entries - kiosks[index].recorded) / UInt64(left)
            if left > 1 { queue.add(.record(index, left: left - 1), at: now + (back - gone) / 21) }
            perform(index, kiosks[index].machine.handle(.recorded(Self.position(kiosks[index].recorded))))
        case .timer(let index, let timer): perform(index, kiosks[index].machine.handle(.timerFired(timer)))
        case .arrival(let index, let attempt, let after, let count): arrive(index, attempt, after, count)
        case .uploaded(let index, let attempt, let after, let count):
            diskFree = max(diskFree, Double(now)) + Self.commit + Self.perEntry * Double(count)
            queue.add(.stored(index, attempt, upto: after + UInt64(count)), at: Int(diskFree.rounded(.up)))
        case .stored(let index, let attempt, let upto): store(index, attempt, upto)
        case .answer(let index, let attempt, let upto, let maximum):
            var answer = Acknowledgement(
                epoch: kiosks[index].machine.chain.epoch, lane: .transactions, position: Self.position(upto))
            answer.maximumEntries = maximum
            kiosks[index].packs = true
            let own = [upto: Self.position(upto).hash]
            perform(index, kiosks[index].machine.handle(.answered(answer, own: own, attempt, random: random.next())))
        case .failure(let index, let attempt, let failure):
            perform(index, kiosks[index].machine.handle(.failed(failure, attempt, random: random.next())))
        }
    }

    private mutating func arrive(_ index: Int, _ attempt: SyncMachine.AttemptID, _ after: UInt64, _ count: Int) {
        guard isThere else { return queue.add(.failure(index, attempt, .away("")), at: now + wayBack()) }
        note { $0.requests += 1 }
        switch admission.enter(random: random.next()) {
        case .admitted:
            inHand += 1
            if now >= back { mostInHand = max(mostInHand, inHand) }
            let octets = (250 + 520 * count) / (kiosks[index].packs ? 4 : 1)
            queue.add(.uploaded(index, attempt, after: after, count: count), at: now + octets / kiosks[index].line)
        case .later(let pause, let maximum):
            note { $0.turnedAway += 1 }
            // The header has whole seconds.
            let failure = SyncMachine.Failure.busy("", retryAfter: .seconds(pause.components.seconds), maximumEntries: maximum)
            queue.add(.failure(index, attempt, failure), at: now + wayBack())
        }
    }

    private mutating func store(_ index: Int, _ attempt: SyncMachine.AttemptID, _ upto: UInt64) {
        inHand -= 1
        let maximum = admission.maximumEntries
        admission.leave()
        let news = Int(upto - min(upto, kiosks[index].upto))
        note { $0.entries += news }
        let wasBehind = kiosks[index].upto < entries
        kiosks[index].upto = max(kiosks[index].upto, upto)
        if wasBehind, upto == entries {
            missing -= 1
            if missing == 0 { caughtUp = now - back }
        }
        queue.add(.answer(index, attempt, upto: upto, maximum: maximum), at: now + wayBack())
    }

    private mutating func wayBack() -> Int { Int.random(in: 5...60, using: &random) }

    private mutating func note(_ body: (inout Second) -> Void) {
        guard now >= back else { return }
        let second = (now - back) / 1000
        while seconds.count <= second { seconds.append(Second()) }
        body(&seconds[second])
    }

    private mutating func perform(_ index: Int, _ effects: [SyncMachine.Effect], at start: Int? = nil) {
        let start = start ?? now
        for effect in effects {
            switch effect {
            case .send(let position, let limit, let attempt):
                let count = min(limit, Int(kiosks[index].recorded - position.sequence))
                queue.add(.arrival(index, attempt, after: position.sequence, count: count), at: start + wayBack())
            case .startTimer(let timer, let duration): queue.add(.timer(index, timer), at: start + max(1, Int(duration / .milliseconds(1))))
            case .acknowledge, .markSafe, .report: break
            }
        }
    }
}
