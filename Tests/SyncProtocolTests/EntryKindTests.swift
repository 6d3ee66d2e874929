import SyncProtocol
import Testing

@Suite struct EntryKindTests {
    @Test(arguments: ["", "Ticket", "ticket issued", "ticket_issued", "é", String(repeating: "x", count: 33)])
    func otherCharactersOrLengthsAreNoKind(_ text: String) {
        #expect(EntryKind(text) == nil)
    }

    @Test func theKnownKindsAreKinds() {
        for kind in [EntryKind.ticketIssued, .ticketDelivered, .ticketVoid, .printRequested, .printSettled, .printerRoll] {
            #expect(EntryKind(kind.rawValue) == kind)
        }
    }

    @Test func fixedOctetsTakeTheirSizeOnly() {
        for count in [0, 15, 17, 31, 33] {
            let octets = [UInt8](repeating: 1, count: count)
            #expect(Epoch(octets: octets) == nil)
            #expect(BootID(octets: octets) == nil)
            #expect(EntryHash(octets: octets) == nil)
        }
        #expect(Epoch(octets: Array(0...15))?.description == "000102030405060708090a0b0c0d0e0f")
    }
}
