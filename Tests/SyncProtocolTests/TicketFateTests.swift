import SyncProtocol
import Testing

@Suite struct TicketFateTests {
    @Test(arguments: [
        (TicketFate(), TicketFate.Column.open),
        (TicketFate(openPrints: 1), .open),
        (TicketFate(isDelivered: true), .screen),
        (TicketFate(isDelivered: true, openPrints: 1), .open),
        (TicketFate(isVoid: true), .void),
        (TicketFate(isUnknown: true, isDelivered: true), .unknown),
        (TicketFate(isUnknown: true, isVoid: true), .unknown),
        (TicketFate(isOnPaper: true, isUnknown: true, isDelivered: true), .printed),
        (TicketFate(isOnPaper: true), .printed),
    ])
    func eachTicketStandsInOneColumn(_ fate: TicketFate, _ column: TicketFate.Column) {
        #expect(fate.column == column)
    }

    @Test func aCopyThatCameOutEndsTheDoubtAndAFailedOneSaysNothing() {
        var fate = TicketFate(isDelivered: true, openPrints: 1)
        fate.settled("failed")
        #expect(fate.column == .screen)
        fate.requested()
        #expect(fate.column == .open)
        fate.settled("unknown")
        #expect(fate.column == .unknown)
        fate.requested()
        fate.settled("printed")
        #expect(fate.column == .printed)
    }

    @Test func theColumnsAddUpToTheTicketsIssued() {
        var counts = TicketCounts()
        for column in TicketFate.Column.allCases { counts.add(column) }
        counts.add(.printed)
        let sum = counts + counts
        #expect(sum.issued == 12)
        #expect(TicketFate.Column.allCases.map { sum[$0] }.reduce(0, +) == sum.issued)
        #expect(sum.printed == 4)
    }
}
