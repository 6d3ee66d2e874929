import CentralServer
import Foundation
import Journal
import KioskCore
import SeededRandomness
import SyncProtocol
import Synchronization
import Testing

/// Promise 6 by trial: three kiosks with real journals and a real centre, and between them everything that can go wrong.
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
        let error = Mutex<Int64>(0)
    }

    private static let now = WallTime(milliseconds: 1_790_000_000_000)
    private static let today = ServiceDay(now, in: .jakarta)
    private let folder: String
    private let seed: UInt64
    private let isCalm: Bool
    private var random: SeededGenerator
    private var stations: [Int: (journal: Journal, machine: LeaseMachine, timers: [LeaseMachine.TimerID])] = [:]
    private let clocks = [Clock(), Clock(), Clock()]
    private var centre: CentralStore
    private var messages: [Message] = []
    private(set) var issued: [Ticket] = []

    init(seed: UInt64, isCalm: Bool) async throws {
        self.seed = seed
        self.isCalm = isCalm
        random = SeededGenerator(seed: seed)
        folder = NSTemporaryDirectory() + "anjungan-numbers-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        centre = try await CentralStore.open(directory: "\(folder)/centre")
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
                        wall: WallTime(milliseconds: Self.now.milliseconds + clock.error.withLock { $0 }), quality: .free,
                        boot: BootID(octets: [UInt8](repeating: 1, count: 16))!, monotonic: 0)
                },
                random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }, freeSpace: { _ in 1 << 40 }))
    }

    /// The next thing that happens, whatever it is.
    func step() async throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: try await arrive()
        case 6..<13: try await travel()
        case 13..<15: try await fireATimer()
        case 15: lose()
        case 16: repeatAMessage()
        case 17: try await crashAKiosk()
        case 18: try await crashTheCentre()
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
        ServiceDay(WallTime(milliseconds: Self.now.milliseconds + clocks[kiosk].error.withLock { $0 }), in: .jakarta)
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
                messages.append(.answer(try await centre.lease(request, today: Self.today, at: Self.now), to: kiosk))
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
        centre = try await CentralStore.open(directory: "\(folder)/centre")
    }

    private func setAClockOrShip() async throws {
        let kiosk = anyKiosk()
        if Bool.random(using: &random) {
            let day: Int64 = 86_400_000
            clocks[kiosk].error.withLock { $0 = [0, 0, day, -day, -20_000 * day].randomElement(using: &random) ?? 0 }
        } else {
            try await ship(kiosk)
        }
    }

    private func ship(_ kiosk: Int) async throws {
        let journal = try #require(stations[kiosk]?.journal)
        let batch = try await journal.batch(after: .start, lane: .transactions)
        let answer = try await centre.ingest(batch, at: Self.now).acknowledgement
        #expect(answer.fault == nil, "seed \(seed)")
        #expect(answer.position == batch.head, "seed \(seed)")
    }

    /// The law, and how many numbers were the centre's.
    func judge() async throws -> Int {
        var numbers: Set<String> = []
        for ticket in issued {
            let isNew = numbers.insert("\(ticket.day) \(ticket.number)").inserted
            #expect(isNew, "seed \(seed): \(ticket.number) of \(ticket.day) was issued twice")
        }
        for kiosk in clocks.indices { try await ship(kiosk) }
        let report = try await centre.report(Self.today, made: Self.now)
        #expect(report.incidents == [], "seed \(seed)")
        #expect(report.counts.issued == issued.count { $0.day == Self.today }, "seed \(seed)")
        for station in stations.values { try await station.journal.close() }
        try await centre.close()
        return issued.count { $0.number.series == "KK" }
    }
}
