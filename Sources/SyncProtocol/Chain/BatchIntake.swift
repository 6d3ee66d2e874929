/// What a centre has of one chain, as far as taking in a batch needs it. All within one transaction.
public protocol ChainCopy {
    /// The last entry that is stored, or kept raw in its place.
    var position: ChainPosition { get }
    /// The chain hash of what is stored at or before ``position``.
    func hash(at sequence: UInt64) throws -> EntryHash?
    /// The incident under which an entry with this chain hash was put aside.
    func incident(ofAside hash: EntryHash) throws -> Acknowledgement.Fault?
    /// Where an entry that was put aside with this chain hash says it stands.
    func link(ofAside hash: EntryHash) throws -> ChainLink?
    /// Whether something was put aside that has no place in this chain, as far as can be read: it may stand in any hole.
    var hasPlacelessAside: Bool { get throws }
    /// Stores an entry behind the last.
    func store(_ entry: Entry, _ hash: EntryHash) throws
    /// Keeps octets raw behind the last entry.
    func bury(_ octets: [UInt8], _ link: ChainLink, _ reason: EntryError) throws
    /// Keeps octets apart, once. `place` is their position, where they are of this chain.
    func putAside(_ octets: [UInt8], _ place: ChainPosition?, _ fault: Acknowledgement.Fault) throws
    /// Moves what was put aside for a gap to `fork` where it stands at this sequence with another hash. Returns whether there was any.
    func refile(otherThan position: ChainPosition, as fork: Acknowledgement.Fault) throws -> Bool
    /// Notes an incident, or that it happened again.
    func note(_ fault: Acknowledgement.Fault) throws
    /// Whether what comes next belongs into a new epoch: two histories go by this chain's name, or what comes behind `position` came
    /// spoilt more than once, so that it was not spoilt on the way.
    func isBroken(behind position: ChainPosition) throws -> Bool
}

/// Takes one batch into a centre's copy of a chain: the rules, without the store.
public struct BatchIntake<Copy: ChainCopy> {
    private let batch: Batch
    private let copy: Copy
    private let backedUp: UInt64
    private let sha256: EntryHasher

    /// - Parameter backedUp: up to which entry a backup had the chain, of a centre that has less now: kiosks may have let go of that.
    public init(_ batch: Batch, into copy: Copy, backedUp: UInt64 = 0, sha256: EntryHasher) {
        self.batch = batch
        self.copy = copy
        self.backedUp = backedUp
        self.sha256 = sha256
    }

    /// What is to be answered, once it is durable. Its position is where the copy stands then.
    public func run() throws -> Acknowledgement {
        var chain = ChainIntake(batch.chain, from: copy.position, sha256: sha256)
        var (fault, kept): (Acknowledgement.Fault?, ChainPosition?)
        for (index, octets) in batch.entries.enumerated() {
            fault = lost(octets, behind: chain.position)
            if let fault {
                try copy.note(fault)
                break
            }
            switch try chain.take(octets, stored: copy.hash) {
            case (.known, let entry): kept = (entry.map { ChainLink($0, sha256) } ?? ChainLink(octets: octets, sha256))?.position ?? kept
            case (.new(let hash), let entry?):
                try copy.store(entry, hash)
                try compareWithAside(chain.position)
                kept = chain.position
            case (.dead(let link, let reason), _):
                try copy.bury(octets, link, reason)
                try compareWithAside(chain.position)
                kept = chain.position
            case (.fault(let found), _):
                let found = try belonging(octets, found)
                fault = found
                try copy.note(found)
                let last = try putAside(batch.entries[index...], found)
                kept = try hasBefore(octets, chain.position) ? last ?? kept : nil
            case (.new, nil): preconditionFailure("an entry was found good without having been read")
            }
            if fault != nil { break }
        }
        if fault == nil, let fork = try forkedHead(chain.position) {
            fault = fork
            try copy.note(fork)
        }
        if batch.entries.isEmpty, batch.head.sequence > 0, try hasAll(upto: batch.head, chain.position) { kept = batch.head }
        var answer = Acknowledgement(epoch: batch.chain.epoch, lane: batch.chain.lane, position: chain.position, fault: fault)
        answer.kept = kept.map(Acknowledgement.Mark.init)
        if try copy.isBroken(behind: chain.position) { answer.newEpoch = true }
        return answer
    }

    /// What only a backup has any more cannot come from the kiosk, and is no fault of its: it keeps what it has until that is restored.
    private func lost(_ octets: [UInt8], behind position: ChainPosition) -> Acknowledgement.Fault? {
        guard position.sequence < backedUp else { return nil }
        let next = position.sequence + 1
        let isMissing = ChainLink(octets: octets, sha256).map { $0.chain == batch.chain && $0.sequence > next } ?? false
        guard isMissing || Entry(relieved: octets)?.header.sequence ?? 0 >= next else { return nil }
        return Acknowledgement.Fault(
            code: .lost, sequence: next,
            detail: "the centre lost entries that only a backup has, up to \(backedUp): restore the newest backup of the centre")
    }

    /// Keeps what does not fit, to its end. Returns the last entry of it that is of this chain.
    private func putAside(_ entries: ArraySlice<[UInt8]>, _ fault: Acknowledgement.Fault) throws -> ChainPosition? {
        var last: ChainPosition?
        for octets in entries {
            let link = ChainLink(aside: octets, sha256)
            let own = link?.chain == batch.chain ? link : nil
            try copy.putAside(octets, own?.position, fault)
            last = own?.position ?? last
        }
        return last
    }

    /// What fills a gap may be another history than the entries that came behind the gap.
    private func compareWithAside(_ position: ChainPosition) throws {
        let fork = Acknowledgement.Fault(.fork(sequence: position.sequence), at: position.sequence)
        if try copy.refile(otherThan: position, as: fork) { try copy.note(fork) }
    }

    /// Whether an entry continues what is here, in the chain or apart. If not, those before it are wanted first.
    private func hasBefore(_ octets: [UInt8], _ position: ChainPosition) throws -> Bool {
        guard let link = ChainLink(aside: octets, sha256) else { return true }
        return try hasAll(upto: link.before, position)
    }

    /// Whether an entry is here with all before it: in the chain, or apart in pieces that join the chain without a hole. A centre that
    /// was put back to an older state may have lost a piece between others.
    private func hasAll(upto last: ChainPosition, _ position: ChainPosition) throws -> Bool {
        var end = last
        while end.sequence > 0 {
            if end.sequence <= position.sequence, try copy.hash(at: end.sequence) == end.hash { return true }
            guard let link = try copy.link(ofAside: end.hash), link.sequence == end.sequence else {
                // What cannot be read is here, too, and nothing can be followed across it.
                return try end != last && copy.hasPlacelessAside
            }
            end = link.before
        }
        return true
    }

    /// What continues a history that stands aside is neither a gap nor another fork: it belongs to that incident.
    private func belonging(_ octets: [UInt8], _ fault: Acknowledgement.Fault) throws -> Acknowledgement.Fault {
        guard fault.code == .gap || fault.code == .fork, let link = ChainLink(octets: octets, sha256),
            let known = try copy.incident(ofAside: link.previous), known.code == .fork || fault.code == .gap
        else { return fault }
        return known
    }

    /// A kiosk whose last entry is another than the one stored in its place has another history, also when it sends nothing.
    private func forkedHead(_ position: ChainPosition) throws -> Acknowledgement.Fault? {
        let head = batch.head
        guard head.sequence > 0, head.sequence <= position.sequence, try copy.hash(at: head.sequence) != head.hash else { return nil }
        return try copy.incident(ofAside: head.hash) ?? Acknowledgement.Fault(.fork(sequence: head.sequence), at: head.sequence)
    }
}
