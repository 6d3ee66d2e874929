import CentralServer
import Foundation
import Journal
import KioskCore
import SeededRandomness
import SyncProtocol
import Synchronization
import Testing

/// Promise 6 by trial: three kiosks with real journals and a real centre, and between them everything that can go wrong; also a kiosk and
/// a centre that are restored from old copies.
///
/// `ANJUNGAN_SEED` runs one seed, `ANJUNGAN_SEEDS` as many as one likes.
@Suite(.timeLimit(.minutes(15))) struct NumberSimulationTests {
    @Test func numbersNeverCollideWhateverFails() async throws {
        let setting = { (name: String) in ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
        let first = setting("ANJUNGAN_SEED")
        let seeds = first.map { $0...$0 } ?? 1...(setting("ANJUNGAN_SEEDS") ?? 30)
        var (leased, rest) = (0, seeds.makeIterator())
        // A world waits for its disk most of the time, so four are tried at once.
        try await withThrowingTaskGroup(of: Int.self) { group in
            func begin(_ seed: UInt64?) {
                guard let seed else { return }
                group.addTask {
                    let mall = try await Mall(seed: seed, isCalm: false)
                    for _ in 0..<80 { try await mall.step() }
                    return try await mall.judge()
                }
            }
            for _ in 0..<4 { begin(rest.next()) }
            for try await count in group {
                leased += count
                begin(rest.next())
            }
        }
        print("number simulation: seeds \(seeds), \(leased) leased numbers")
        #expect(leased > 0)
    }

    @Test func onlineTheyComeInTheOrderOfArrivalOverAllKiosks() async throws {
        let mall = try await Mall(seed: 1, isCalm: true)
        for _ in 0..<60 {
            try await mall.arrive()
            while try await mall.travel() {}
        }
        #expect(mall.issued.map(\.number.description) == (1...60).map { TicketNumber(series: "KK", ordinal: $0).description })
        _ = try await mall.judge()
    }
}

/// The kiosks of a mall, its centre, and what is under way between them.
private final class Mall {
    private enum Message {
        case request(NumberRequest, from: Int)
        case answer(NumberLease, to: Int)
        case refusal(LeaseID, to: Int)
    }

    private final class Clock: Sendable {
        private let time: Time
        let error = Mutex<Int64>(0)
        init(_ time: Time) { self.time = time }
        var wall: WallTime { WallTime(milliseconds: time.now.milliseconds + error.withLock { $0 }) }
    }

    /// The true time, which goes on by days.
    private final class Time: Sendable {
        private let milliseconds = Mutex<Int64>(1_790_000_000_000)
        var now: WallTime { WallTime(milliseconds: milliseconds.withLock { $0 }) }
        func passADay() { milliseconds.withLock { $0 += Mall.day } }
    }

    private static let day: Int64 = 86_400_000
    private let time: Time
    private let folder: String
    private let seed: UInt64
    private let isCalm: Bool
    private var random: SeededGenerator
    private var stations: [Int: (journal: Journal, machine: LeaseMachine, timers: [LeaseMachine.TimerID])] = [:]
    private let clocks: [Clock]
    private var centre: CentralStore
    /// Where the centre's store lies now, and its last backup.
    private var store: String
    private var backup: String?
    private var restores = 0
    private var messages: [Message] = []
    private(set) var issued: [Ticket] = []

    init(seed: UInt64, isCalm: Bool) async throws {
        self.seed = seed
        self.isCalm = isCalm
        random = SeededGenerator(seed: seed)
        let time = Time()
        self.time = time
        clocks = (0..<3).map { _ in Clock(time) }
        folder = NSTemporaryDirectory() + "anjungan-numbers-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = "\(folder)/centre"
        centre = try await CentralStore.open(directory: store, now: time.now)
        for kiosk in clocks.indices { stations[kiosk] = (try await open(kiosk), LeaseMachine(), []) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func open(_ kiosk: Int) async throws -> Journal {
        let clock = clocks[kiosk]
        return try await Journal.open(
            directory: "\(folder)/\(kiosk)", site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-\(kiosk + 1)")!, zone: .jakarta,
            recipient: nil,
            environment: JournalEnvironment(
                clock: {
                    ClockReading(
                        wall: clock.wall, quality: .free, boot: BootID(octets: [UInt8](repeating: 1, count: 16))!, monotonic: 0)
                },
                random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }, freeSpace: { _ in 1 << 40 }))
    }

    /// The next thing that happens, whatever it is.
    func step() async throws {
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<6: try await arrive()
        case 6..<13: try await travel()
        case 13..<15: try await fireATimer()
        case 15: lose()
        case 16: repeatAMessage()
        case 17: try await crashAKiosk()
        case 18: try await crashTheCentre()
        case 19: try await copyAKiosk()
        case 20: try await restoreAKiosk()
        case 21: backup = try Backup.make(of: store, in: "\(folder)/backups/\(UUID().uuidString)", at: time.now).path
        case 22: if Bool.random(using: &random) { try await restoreTheCentre() } else { time.passADay() }
        default: try await setAClockOrShip()
        }
    }

    private func anyKiosk() -> Int { Int.random(in: clocks.indices, using: &random) }

    /// A citizen touches.
    func arrive() async throws {
        let kiosk = anyKiosk()
        let station = try #require(stations[kiosk])
        let id = LeaseID(octets: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })!
        let request = NumberRequest(
            site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-\(kiosk + 1)")!, epoch: station.journal.epoch, id: id, prefix: "KK",
            day: day(of: kiosk))
        try await take(.wanted(request), at: kiosk)
    }

    private func day(of kiosk: Int) -> ServiceDay {
        ServiceDay(clocks[kiosk].wall, in: .jakarta)
    }

    private func take(_ event: LeaseMachine.Event, at kiosk: Int) async throws {
        for effect in stations[kiosk]?.machine.handle(event) ?? [] {
            switch effect {
            case .ask(let request): messages.append(.request(request, from: kiosk))
            case .startTimer(let timer, _): stations[kiosk]?.timers.append(timer)
            case .decide(_, let decision): try await issue(decision, at: kiosk)
            }
        }
    }

    private func issue(_ decision: LeaseMachine.Decision, at kiosk: Int) async throws {
        let letter = ["A", "B", "C"][kiosk]
        var request = TicketRequest(service: ServiceKey("dukcapil/ktp-el")!, series: "KK" + letter, day: day(of: kiosk))
        // What was asked for is issued on the day that was asked for, also when the clock was set meanwhile.
        if case .leased(let lease) = decision {
            (request.series, request.leased) = (lease.prefix, lease.ordinal)
            request.day = try #require(ServiceDay(iso8601: lease.day))
        }
        let station = try #require(stations[kiosk])
        issued.append(try await station.journal.issue(request))
    }

    /// One message arrives, in any order. False when none is under way.
    @discardableResult
    func travel() async throws -> Bool {
        guard !messages.isEmpty else { return false }
        switch messages.remove(at: Int.random(in: messages.indices, using: &random)) {
        case .request(let request, let kiosk):
            do throws(StoreError) {
                messages.append(.answer(try await centre.lease(request, in: .jakarta, at: time.now), to: kiosk))
            } catch {
                guard error.code == .refused else { throw error }
                messages.append(.refusal(request.id, to: kiosk))
            }
        case .answer(let lease, let kiosk): try await take(.answered(lease), at: kiosk)
        case .refusal(let id, let kiosk): try await take(.failed(id), at: kiosk)
        }
        return true
    }

    private func fireATimer() async throws {
        let kiosk = anyKiosk()
        guard let timers = stations[kiosk]?.timers, let timer = timers.randomElement(using: &random) else { return }
        stations[kiosk]?.timers.removeAll { $0 == timer }
        try await take(.timerFired(timer), at: kiosk)
    }

    private func lose() {
        guard !messages.isEmpty else { return }
        messages.remove(at: Int.random(in: messages.indices, using: &random))
    }

    private func repeatAMessage() {
        guard let message = messages.randomElement(using: &random) else { return }
        messages.append(message)
    }

    /// Its machine forgets everything; what the journal has stays. Its citizen goes to another kiosk.
    private func crashAKiosk() async throws {
        let kiosk = anyKiosk()
        try await stations[kiosk]?.journal.close()
        stations[kiosk] = (try await open(kiosk), LeaseMachine(), [])
    }

    private func crashTheCentre() async throws {
        try await centre.close()
        centre = try await CentralStore.open(directory: store, now: time.now)
    }

    /// As a disk image is made: the kiosk stands still meanwhile.
    private func copyAKiosk() async throws {
        let kiosk = anyKiosk()
        try await stations[kiosk]?.journal.close()
        try? FileManager.default.removeItem(atPath: "\(folder)/copy-\(kiosk)")
        try FileManager.default.copyItem(atPath: "\(folder)/\(kiosk)", toPath: "\(folder)/copy-\(kiosk)")
        stations[kiosk] = (try await open(kiosk), LeaseMachine(), [])
    }

    /// Its disk is replaced by the old copy. The centre has what it did since, and is heard before the next citizen comes; what the
    /// centre has not seen, nobody knows.
    private func restoreAKiosk() async throws {
        let kiosk = anyKiosk()
        guard let journal = stations[kiosk]?.journal, FileManager.default.fileExists(atPath: "\(folder)/copy-\(kiosk)") else { return }
        try await ship(kiosk)
        try await journal.close()
        try FileManager.default.removeItem(atPath: "\(folder)/\(kiosk)")
        try FileManager.default.copyItem(atPath: "\(folder)/copy-\(kiosk)", toPath: "\(folder)/\(kiosk)")
        let restored = try await open(kiosk)
        stations[kiosk] = (restored, LeaseMachine(), [])
        let call = Batch(chain: restored.chain(.transactions), head: try await restored.head(of: .transactions), entries: [])
        if let numbers = try await centre.ingest(call, at: time.now).acknowledgement.numbers { try await restored.goOn(behind: numbers) }
        try await restored.beginNewEpoch(reason: "restored")
        // The centre alone has what this kiosk did behind its copy; where it forgot that as well, nobody knew it.
        backup = nil
    }

    /// Its disk is replaced by the last backup. Kiosks send again what it lacks, and what was leased behind it nobody tells it.
    private func restoreTheCentre() async throws {
        guard let backup else { return }
        try await centre.close()
        restores += 1
        store = "\(folder)/centre-\(restores)"
        try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: backup, toPath: "\(store)/centre.sqlite")
        centre = try await CentralStore.open(directory: store, now: time.now)
    }

    private func setAClockOrShip() async throws {
        let kiosk = anyKiosk()
        if Bool.random(using: &random) {
            clocks[kiosk].error.withLock { $0 = [0, 0, Self.day, -Self.day, -20_000 * Self.day].randomElement(using: &random) ?? 0 }
        } else {
            try await ship(kiosk)
        }
    }

    private func ship(_ kiosk: Int) async throws {
        let journal = try #require(stations[kiosk]?.journal)
        // All its lives: a restored centre may lack entries of each. What a restored kiosk lacks the centre may have, and then more.
        for life in try await journal.stats().chains where life.name.lane == .transactions {
            let batch = try await journal.batch(after: 0, of: life.name)
            let answer = try await centre.ingest(batch, at: time.now).acknowledgement
            #expect(answer.fault == nil, "seed \(seed)")
            #expect(answer.upto >= batch.head.sequence, "seed \(seed)")
        }
    }

    /// The law, and how many numbers were the centre's.
    func judge() async throws -> Int {
        var numbers: Set<String> = []
        for ticket in issued {
            let isNew = numbers.insert("\(ticket.day) \(ticket.number)").inserted
            #expect(isNew, "seed \(seed): \(ticket.number) of \(ticket.day) was issued twice")
        }
        for kiosk in clocks.indices { try await ship(kiosk) }
        for day in Set(issued.map(\.day)) {
            let report = try await centre.report(day, made: time.now)
            #expect(report.incidents == [], "seed \(seed)")
            #expect(report.counts.issued == issued.count { $0.day == day }, "seed \(seed)")
        }
        for station in stations.values { try await station.journal.close() }
        try await centre.close()
        return issued.count { $0.number.series == "KK" }
    }
}
