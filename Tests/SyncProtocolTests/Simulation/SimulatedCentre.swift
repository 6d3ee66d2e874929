import SyncProtocol

/// A centre's disk, by the rules of ``BatchIntake``.
struct SimulatedCentre {
    /// In the order in which they came, so that every run is the same.
    var names: [ChainName] = []
    var copies: [ChainName: Copy] = [:]

    struct Copy {
        var position = ChainPosition.start
        /// Behind one another: entry 1 first. A double would stand here twice.
        var stored: [(sequence: UInt64, hash: EntryHash, number: Int)] = []
        var aside: [EntryHash: Acknowledgement.Fault] = [:]
        var asideLinks: [EntryHash: ChainLink] = [:]
        var hasPlacelessAside = false
        var asidePlaces: [UInt64: [EntryHash]] = [:]
        /// Numbers of what stands aside, with their places in the chain.
        var asideNumbers: [Int: UInt64] = [:]
        var incidents: [(fault: Acknowledgement.Fault, times: Int)] = []
        var safe: ChainPosition?
        /// What its kiosk was told and is not here.
        var lost: Told?

        /// The numbers of its entries, in the chain or aside.
        var numbers: Set<Int> { Set(stored.map(\.number)).union(asideNumbers.keys) }

        func hash(at sequence: UInt64) -> EntryHash? {
            let index = Int(sequence) - 1
            if stored.indices.contains(index), stored[index].sequence == sequence { return stored[index].hash }
            return stored.first { $0.sequence == sequence }?.hash
        }
    }

    /// The numbers of all entries that it has, in the chains or aside.
    var numbers: Set<Int> {
        copies.values.reduce(into: []) { $0.formUnion($1.numbers) }
    }

    /// Takes a batch; the state afterwards is to be committed.
    mutating func take(_ batch: Batch, _ told: Told, _ bug: PlantedBug?) -> Acknowledgement {
        if copies[batch.chain] == nil { names.append(batch.chain) }
        let transaction = Transaction(copies[batch.chain] ?? Copy(), bug)
        if told.acknowledged > max(transaction.position.sequence, transaction.copy.lost?.acknowledged ?? 0) { transaction.copy.lost = told }
        let backedUp = transaction.copy.lost?.safe ?? 0
        guard var answer = try? BatchIntake(batch, into: transaction, backedUp: backedUp, sha256: sha256).run() else {
            preconditionFailure("nothing here throws")
        }
        if let lost = transaction.copy.lost, lost.acknowledged <= answer.upto { transaction.copy.lost = nil }
        if bug == .silentFork, answer.fault?.code == .fork { (answer.fault, answer.newEpoch) = (nil, nil) }
        transaction.copy.position = answer.position
        answer.safe = transaction.copy.safe.map(Acknowledgement.Mark.init)
        copies[batch.chain] = transaction.copy
        return answer
    }

    /// Whether it has all that a backup has: its chains, and what stands aside there in its own chains or aside.
    func isAhead(of backup: SimulatedCentre?) -> Bool {
        backup?.copies.allSatisfy { name, copy in
            (copy.position == .start || copies[name]?.hash(at: copy.position.sequence) == copy.position.hash)
                && (copy.asideNumbers.isEmpty || copies[name]?.numbers.isSuperset(of: copy.asideNumbers.keys) == true)
        } ?? true
    }

    /// Calls safe what a backup has, where it is this history.
    mutating func takeReceipt(of backup: SimulatedCentre) {
        for name in names {
            guard let position = backup.copies[name]?.position, position.sequence > copies[name]?.safe?.sequence ?? 0,
                copies[name]?.hash(at: position.sequence) == position.hash
            else { continue }
            copies[name]?.safe = position
        }
    }

    private final class Transaction: ChainCopy {
        var copy: Copy
        private let bug: PlantedBug?

        init(_ copy: Copy, _ bug: PlantedBug?) {
            self.copy = copy
            self.bug = bug
        }

        var position: ChainPosition { copy.position }

        func hash(at sequence: UInt64) -> EntryHash? { copy.hash(at: sequence) }
        func incident(ofAside hash: EntryHash) -> Acknowledgement.Fault? { copy.aside[hash] }

        func link(ofAside hash: EntryHash) -> ChainLink? { copy.asideLinks[hash] }
        var hasPlacelessAside: Bool { copy.hasPlacelessAside }

        func store(_ entry: Entry, _ hash: EntryHash) {
            copy.stored.append((entry.header.sequence, hash, SimulatedWorld.number(entry.octets)))
        }

        func bury(_ octets: [UInt8], _ link: ChainLink, _ reason: EntryError) {
            copy.stored.append((link.sequence, link.hash, bug == .poisonDropped ? -1 : SimulatedWorld.number(octets)))
        }

        func putAside(_ octets: [UInt8], _ place: ChainPosition?, _ fault: Acknowledgement.Fault) {
            if bug == .silentFork, fault.code == .fork { return }
            copy.asideNumbers[SimulatedWorld.number(octets)] = place?.sequence
            if place == nil { copy.hasPlacelessAside = true }
            guard let place, copy.aside[place.hash] == nil else { return }
            copy.aside[place.hash] = fault
            copy.asideLinks[place.hash] = ChainLink(aside: octets, sha256)
            copy.asidePlaces[place.sequence, default: []].append(place.hash)
        }

        func refile(otherThan position: ChainPosition, as fork: Acknowledgement.Fault) -> Bool {
            let others = (copy.asidePlaces[position.sequence] ?? []).filter { $0 != position.hash && copy.aside[$0]?.code == .gap }
            for hash in others { copy.aside[hash] = fork }
            return !others.isEmpty
        }

        func note(_ fault: Acknowledgement.Fault) {
            if fault.code == .lost { return }
            if let index = copy.incidents.firstIndex(where: { $0.fault.code == fault.code && $0.fault.sequence == fault.sequence }) {
                copy.incidents[index].times += 1
            } else {
                copy.incidents.append((fault, 1))
            }
        }

        func isBroken(behind position: ChainPosition) -> Bool {
            copy.incidents.contains { fault, times in
                fault.code == .fork || [.changed, .unreadable].contains(fault.code) && times > 1 && fault.sequence > position.sequence
            }
        }
    }
}

/// Mistakes that a data path could have; the simulation must find each of them.
enum PlantedBug: CaseIterable {
    /// The kiosk prunes what is acknowledged, before a backup has it.
    case prunedBeforeSafe
    /// The kiosk believes a position without comparing hashes.
    case anyHashTrusted
    /// The centre drops another history without a word.
    case silentFork
    /// The centre answers before it has committed.
    case answeredBeforeCommit
    /// The centre passes an entry that it cannot read without keeping it.
    case poisonDropped
    /// The centre calls safe what it has when the backup is done, not what the backup has.
    case safeByTheLiveStore
    /// A kiosk that was started anew does not know the last entry that it pruned.
    case safeForgotten
    /// The kiosk goes on behind the entry that it remembers, although the centre has lost it.
    case gapIgnored
    /// A backup of a store that was put back takes the place of one that has more.
    case backupOfAPutBackStore
}
