import KioskCore
import Testing

@testable import Enrolment

/// When a device asks for its next certificate: one line of a test is one look at the clock.
@Suite struct RenewalPlanTests {
    private static func device() throws -> DeviceCertificate {
        try CertificateTests.identity(by: try CertificateAuthority(now: CertificateTests.now)).certificate
    }

    private static func hours(_ hours: Double) -> Duration { .seconds(hours * 3600) }

    @Test func aYoungCertificateIsLeftAloneAndAnEndedOneIsNobodysToRenew() throws {
        var plan = RenewalPlan()
        let device = try Self.device()
        for age in [DeviceCertificate.Age.early, .fresh, .expired] {
            #expect(plan.asks(for: device, age, elapsed: Self.hours(100), random: 0) == false)
        }
    }

    @Test func afterTwoThirdsItAsksOnceAtSomeTimeOfTheNextSixHours() throws {
        var plan = RenewalPlan()
        let device = try Self.device()
        #expect(plan.asks(for: device, .due, elapsed: Self.hours(1), random: 0.5) == false)
        #expect(plan.asks(for: device, .due, elapsed: Self.hours(3.9), random: 0) == false)
        #expect(plan.asks(for: device, .due, elapsed: Self.hours(4), random: 0.9) == true)
        // It failed; the next attempt has its own time.
        #expect(plan.asks(for: device, .due, elapsed: Self.hours(9.3), random: 0) == false)
        #expect(plan.asks(for: device, .due, elapsed: Self.hours(9.5), random: 0.5) == true)
    }

    @Test func whenItIsNearlyTooLateItAsksAtOnceAndThenNowAndThen() throws {
        var plan = RenewalPlan()
        let device = try Self.device()
        #expect(plan.asks(for: device, .ending, elapsed: .zero, random: 0.5) == true)
        #expect(plan.asks(for: device, .ending, elapsed: Self.hours(2.9), random: 0.5) == false)
        #expect(plan.asks(for: device, .ending, elapsed: Self.hours(3), random: 0.5) == true)
    }

    @Test func aNewCertificateBeginsAnew() throws {
        var plan = RenewalPlan()
        let (first, second) = (try Self.device(), try Self.device())
        #expect(plan.asks(for: first, .ending, elapsed: .zero, random: 0.5) == true)
        #expect(plan.asks(for: second, .fresh, elapsed: Self.hours(1), random: 0) == false)
        #expect(plan.asks(for: second, .due, elapsed: Self.hours(2), random: 0.5) == false)
        #expect(plan.asks(for: second, .due, elapsed: Self.hours(5), random: 0.5) == true)
    }

    /// Ten thousand devices of one day: no tenth of the six hours has much more than its tenth of them.
    @Test func thoseOfOneDayDoNotAllAskAtOnce() throws {
        let device = try Self.device()
        var random = SystemRandomNumberGenerator()
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            var plan = RenewalPlan()
            _ = plan.asks(for: device, .due, elapsed: .zero, random: .random(in: 0..<1, using: &random))
            let tenth = (1...10).first { plan.asks(for: device, .due, elapsed: RenewalPlan.spread / 10 * $0, random: 0) }
            tenths[(tenth ?? 1) - 1] += 1
        }
        #expect(tenths.allSatisfy { (800...1200).contains($0) }, "\(tenths)")
    }
}
