import Foundation
import KioskCore
import SeededRandomness

@testable import SyncProtocol

/// Kiosks, a centre, and what lies between them, in virtual milliseconds. Everything follows from the seed.
struct SimulatedWorld {
    static let timing = SyncTiming(base: .milliseconds(500), cap: .seconds(30), heartbeat: .seconds(20), spread: .seconds(5))
    /// Faults happen until then, and calm reigns afterwards.
    static let chaos = 240_000
    static let patience = 15_000
    /// `ANJUNGAN_TRACE=1`: every step on standard output.
    static let isTraced = ProcessInfo.processInfo.environment["ANJUNGAN_TRACE"] != nil

    let seed: UInt64
    let bug: PlantedBug?
    var random: SeededGenerator
    var now = 0
    var kiosks: [Kiosk] = []
    var centre = SimulatedCentre()
    var backup: SimulatedCentre?
    /// A copy of the centre's folder, by other means than a backup.
    var folderCopy: SimulatedCentre?
    var backupBegun = -1
    var isCentreUp = true
    /// Changes with each start and restore, so that what was not committed then never is.
    var centreRun = 0
    var queue = EventQueue<Event>()
    var nextNumber = 0
    /// Entries that must be found again at the end.
    var owed: Set<Int> = []
    var violations: [String] = []
    /// A digest of all that happened: the same seed, the same digest.
    var digest: UInt64 = 0
    var steps = 0
    let faults: Faults

    struct Kiosk {
        let id: KioskID
        var journal: SimulatedJournal
        /// An older copy of the disk.
        var copy: SimulatedJournal?
        /// One for each chain while it runs.
        var machines: [SyncMachine] = []
        var reports: [SyncMachine.Report?] = []
        /// Changes with each start: what belongs to an earlier one is void.
        var run = 0
        var isUp = false
        var clock: Int64 = 1_790_000_000_000
    }

    /// Which faults this world has; few at a time find more than all at once.
    struct Faults {
        var loss, duplication, poison: Int
        var crashes, restoredDisk, clone, centreCrashes, restoredCentre, clockJumps, putBackCentre: Bool

        init(_ random: inout SeededGenerator) {
            loss = [0, 5, 20].randomElement(using: &random)!
            duplication = [0, 10].randomElement(using: &random)!
            poison = [0, 0, 15].randomElement(using: &random)!
            crashes = .random(using: &random)
            restoredDisk = Int.random(in: 0..<4, using: &random) == 0
            clone = Int.random(in: 0..<4, using: &random) == 0
            centreCrashes = .random(using: &random)
            restoredCentre = Int.random(in: 0..<3, using: &random) == 0
            clockJumps = .random(using: &random)
            putBackCentre = Int.random(in: 0..<2, using: &random) == 0
        }
    }

    init(seed: UInt64, bug: PlantedBug? = nil) {
        self.seed = seed
        self.bug = bug
        random = SeededGenerator(seed: seed)
        faults = Faults(&random)
        for number in 1...2 {
            let id = KioskID("k\(number)")!
            kiosks.append(Kiosk(id: id, journal: SimulatedJournal(chains: [.init(name: chain(id))])))
            start(number - 1)
            queue.add(.append(number - 1), at: number)
        }
        if faults.crashes { plan([.kioskCrash(0), .kioskCrash(1), .kioskCrash(0)]) }
        if faults.restoredDisk { plan([.copyDisk(0), .restoreDisk(0)]) }
        if faults.clone { plan([.clone(1)]) }
        if faults.centreCrashes { plan([.centreCrash, .centreCrash]) }
        if faults.restoredCentre { plan([.restoreCentre]) }
        if faults.putBackCentre { plan([.copyCentre, .putBackCentre]) }
        if faults.clockJumps { plan([.clockJump(0), .clockJump(1)]) }
        plan([.backup, .backup, .backup, .prune, .prune, .prune, .prune])
    }

    private mutating func plan(_ events: [Event]) {
        for event in events { queue.add(event, at: Int.random(in: 1000..<Self.chaos, using: &random)) }
    }

    mutating func chain(_ kiosk: KioskID) -> ChainName {
        let octets = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        return ChainName(site: SiteID("pekanbaru")!, kiosk: kiosk, epoch: Epoch(octets: octets)!, lane: .transactions)
    }

    var isChaos: Bool { now < Self.chaos }
    mutating func happens(_ percent: Int) -> Bool { isChaos && Int.random(in: 0..<100, using: &random) < percent }

    mutating func note(_ word: String) {
        for octet in word.utf8 { digest = (digest ^ UInt64(octet)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func violate(_ what: String) { violations.append("at \(now): \(what)") }

    /// Runs until all is quiet and well, or until it should have been for long.
    mutating func run() {
        var check = Self.chaos
        while violations.isEmpty, let (time, event) = queue.next() {
            now = time
            steps += 1
            note("\(time) \(event)")
            if Self.isTraced { print("\(time) \(event)") }
            handle(event)
            guard now >= check else { continue }
            check = now + 10_000
            let open = openLaws
            if open.isEmpty { return }
            if now > Self.chaos + 1_800_000 { violations += open }
        }
    }
}
