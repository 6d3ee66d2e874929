import SyncProtocol

/// What must hold once all is quiet.
extension SimulatedWorld {
    /// The number that an entry's body bears.
    static func number(_ octets: [UInt8]) -> Int {
        // Header behind its length, body behind its length: {"n":…}
        octets[349...].prefix { $0 != 0x7D }.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// What a kiosk's disk holds.
    func numbers(of kiosk: Int) -> Set<Int> { Set(kiosks[kiosk].journal.chains.flatMap { $0.entries.map(\.number) }) }

    /// Entries whose last copy is gone by an accident that nobody can undo: a disk that was restored, and a centre that was, too.
    mutating func forgive(_ lost: Set<Int>) {
        let kept = kiosks.indices.reduce(into: Set<Int>()) { $0.formUnion(numbers(of: $1)) }
        let found = centre.numbers.union(backup?.numbers ?? [])
        owed.subtract(lost.subtracting(kept).subtracting(found))
    }

    /// The laws that do not hold yet.
    var openLaws: [String] {
        var open: [String] = []
        var stored: [Int: Int] = [:]
        var aside: [Int: ChainName] = [:]
        for name in centre.names {
            guard let copy = centre.copies[name] else { continue }
            for entry in copy.stored { stored[entry.number, default: 0] += 1 }
            for number in copy.asideNumbers { aside[number] = name }
            if copy.stored.map(\.sequence) != copy.stored.indices.map({ UInt64($0 + 1) }) {
                open.append("the copy of \(name.kiosk) \(name.epoch) has a hole or a double")
            }
        }
        for number in owed.sorted() {
            switch stored[number] ?? 0 {
            case 1: continue
            case 0:
                guard let name = aside[number] else {
                    open.append("entry \(number) is not at the centre")
                    continue
                }
                if centre.copies[name]?.incidents.contains(where: { $0.fault.code == .fork }) != true {
                    open.append("entry \(number) stands aside and no fork is known")
                }
                if !isReported(number) { open.append("the kiosk does not know that entry \(number) stands aside") }
            case let times: open.append("entry \(number) is at the centre \(times) times")
            }
        }
        return open
    }

    private func isReported(_ number: Int) -> Bool {
        for kiosk in kiosks {
            for (chain, report) in zip(kiosk.journal.chains, kiosk.reports) where chain.entries.contains(where: { $0.number == number }) {
                guard case .forked = report else { return false }
            }
        }
        return true
    }
}

extension Acknowledgement {
    /// For a trace.
    var summary: String {
        let marks = [("safe", safe), ("kept", kept)].compactMap { name, mark in mark.map { "\(name) \($0.upto)" } }
        return
            (["upto \(upto)"] + marks
            + [fault.map { "\($0.code) at \($0.sequence)" }, newEpoch.map { _ in "new epoch" }].compactMap(\.self))
            .joined(separator: ", ")
    }
}
