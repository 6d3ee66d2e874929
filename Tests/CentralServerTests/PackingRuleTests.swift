import Testing

@testable import SyncTransport

/// When a batch is packed before it is sent.
@Suite struct PackingRuleTests {
    private static func rule(_ answers: [(octets: Int, milliseconds: Int)]) -> PackingRule {
        var rule = PackingRule()
        for (octets, milliseconds) in answers { rule.answered(octets: octets, after: .milliseconds(milliseconds), unpacks: true) }
        return rule
    }

    @Test func nothingIsPackedForACentreThatDoesNotUnpack() {
        var rule = PackingRule()
        #expect(!rule.packs)
        rule.answered(octets: 700, after: .milliseconds(5), unpacks: true)
        #expect(rule.packs)
        rule.refused()
        #expect(!rule.packs, "an older centre may have taken its place")
        rule.answered(octets: 700, after: .milliseconds(5), unpacks: false)
        #expect(!rule.packs)
    }

    @Test func aFastLineIsLeftAloneUntilItIsSlowAgain() {
        #expect(!Self.rule([(250_000, 20)]).packs)
        #expect(!Self.rule([(250_000, 20), (250_000, 50)]).packs, "between the two nothing changes")
        #expect(Self.rule([(250_000, 20), (250_000, 100)]).packs)
        #expect(Self.rule([(250_000, 300), (250_000, 50)]).packs, "packed it got through at five megabytes a second")
    }

    @Test func smallBatchesSayNothingAboutTheLine() {
        #expect(Self.rule([(60_000, 1)]).packs)
        #expect(!Self.rule([(250_000, 20), (700, 300)]).packs)
    }
}
