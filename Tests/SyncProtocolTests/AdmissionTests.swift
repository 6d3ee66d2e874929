import Testing

@testable import SyncProtocol

@Suite struct AdmissionTests {
    @Test func noMoreThanTheLimitIsEverAtWorkAndEveryPlaceIsGivenAgain() {
        var admission = Admission(limit: 3)
        for _ in 1...3 { #expect(admission.enter(random: 0) == .admitted) }
        guard case .later = admission.enter(random: 0) else {
            Issue.record("a fourth was admitted")
            return
        }
        admission.leave()
        #expect(admission.enter(random: 0) == .admitted)
        for _ in 1...3 { admission.leave() }
        #expect(admission == Admission(limit: 3))
    }

    @Test func theMoreAreTurnedAwayTheWiderTheirReturnIsSpread() {
        var admission = Admission(limit: 1)
        _ = admission.enter(random: 0)
        let first = admission.enter(random: .max)
        guard case .later(let soon, let fewer) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(soon > .seconds(3) && soon < .seconds(4))
        #expect(fewer < Batch.maximumEntries)
        var widest = Duration.zero
        for _ in 1...10_000 { if case .later(let pause, _) = admission.enter(random: .max) { widest = max(widest, pause) } }
        #expect(widest > .seconds(200), "10,000 kiosks are served one after another in that time")
        guard case .later(let earliest, _) = admission.enter(random: 0) else { return }
        #expect(earliest == .seconds(1))
    }

    @Test func fewerEntriesAreWantedWhileMoreThanHalfOfThePlacesAreTaken() {
        var admission = Admission(limit: 4)
        _ = (admission.enter(random: 0), admission.enter(random: 0))
        #expect(admission.maximumEntries == nil)
        _ = admission.enter(random: 0)
        #expect(admission.maximumEntries != nil)
    }
}
