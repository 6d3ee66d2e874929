import KioskCore
import Testing

@testable import SyncProtocol

/// What a centre says that it has of a history that stands aside in pieces.
@Suite struct BatchIntakeTests {
    /// Ten entries of a kiosk, of which the centre has three, and a fourth of its twin.
    private struct Fork {
        var centre = SimulatedCentre()
        var kiosk: SimulatedJournal.Chain

        init() {
            let name = ChainName(
                site: SiteID("pekanbaru")!, kiosk: KioskID("k1")!, epoch: Epoch(octets: Array(1...16))!, lane: .transactions)
            kiosk = SimulatedJournal.Chain(name: name)
            for number in 1...3 { kiosk.append(number, wall: 0, isPoison: false) }
            var twin = kiosk
            twin.append(14, wall: 0, isPoison: false)
            _ = centre.take(twin.batch(after: .start, limit: 4), Told(acknowledged: 0, safe: 0), nil)
            for number in 4...10 { kiosk.append(number, wall: 0, isPoison: number == 8) }
        }

        /// Sends these entries, where the kiosk ends at `head`.
        mutating func send(_ range: ClosedRange<Int>?, head: Int = 10) -> UInt64? {
            let last = ChainPosition(sequence: UInt64(head), hash: kiosk.hash(at: UInt64(head))!)
            let entries = range.map { kiosk.entries[($0.lowerBound - 1)..<$0.upperBound].map(\.octets) } ?? []
            return centre.take(Batch(chain: kiosk.name, head: last, entries: entries), Told(acknowledged: 0, safe: 0), nil).kept?.upto
        }
    }

    /// As a centre has it that was put back to an older state while the pieces came.
    @Test func aHistoryWithAHoleIsNotKept() {
        var fork = Fork()
        #expect(fork.send(7...8, head: 8) == nil)
        #expect(fork.send(nil, head: 8) == nil, "the last is here, and what came before it is not")
        #expect(fork.send(9...10) == nil, "it continues a piece that stands behind a hole")
        #expect(fork.send(4...5) == 5, "this piece joins the copy")
        #expect(fork.send(nil) == nil, "one is still missing")
        #expect(fork.send(6...6) == 6)
        #expect(fork.send(nil) == 10, "now all of it is here")
    }

    @Test func aHeadWithAnotherNumberThanItsEntryIsNotKept() {
        var fork = Fork()
        #expect(fork.send(4...10) == 10)
        let head = ChainPosition(sequence: 11, hash: fork.kiosk.head.hash)
        let call = Batch(chain: fork.kiosk.name, head: head, entries: [])
        #expect(fork.centre.take(call, Told(acknowledged: 0, safe: 0), nil).kept == nil)
    }
}
