import SeededRandomness
import SmartCard
import Testing

@Suite struct T1BlockTests {
    /// What a card with CRC and two readers really said to each other (popovec/oseid, doc/T1_CRC.txt).
    @Test(arguments: [
        ("00 C1 01 FE 54 4E", T1Block.request(.fieldSize(254))),
        ("00 E1 01 FE 57 75", .response(.fieldSize(254))),
        ("00 00 05 00 A4 00 00 00 B8 DA", .information(number: 0, more: false, [0x00, 0xA4, 0, 0, 0])),
        ("00 90 00 20 6E", .ready(number: 1, fault: nil)),
        ("00 60 07 00 02 8A 01 AA 90 00 A6 33", .information(number: 1, more: true, [0x00, 0x02, 0x8A, 0x01, 0xAA, 0x90, 0x00])),
        ("00 80 00 B5 FF", .ready(number: 0, fault: nil)),
    ])
    func blocksWithCRC(_ text: String, _ block: T1Block) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        #expect(block.octets(.crc) == octets)
        #expect(try T1Block(decoding: octets, .crc) == block)
    }

    @Test func theFirstBlockOfManyReaders() {
        #expect(T1Block.request(.fieldSize(254)).octets(.lrc) == [0x00, 0xC1, 0x01, 0xFE, 0x3E])
    }

    @Test(arguments: [
        ("00 00 01 2A", T1Block.Fault.check), ("00 00 01 2A 2A", .check), ("01 00 01 2A 2A", .other), ("00 10 00 10", .other),
        ("00 84 00 84", .other), ("00 83 00 83", .other), ("00 80 01 00 81", .other), ("00 C1 00 C1", .other), ("00 C1 01 FF 3F", .other),
        ("00 C1 01 00 C0", .other), ("00 C4 00 C4", .other), ("00 C3 01 00 C2", .other), ("00 00 02 2A 28", .other), ("", .other),
    ])
    func whatIsNoBlockIsRefused(_ text: String, _ fault: T1Block.Fault) throws {
        let octets = try #require([UInt8](hexadecimal: text))
        #expect(throws: fault) { try T1Block(decoding: octets, .lrc) }
    }

    @Test(arguments: BlockCheck.allCases) func everyFlippedBitIsFound(_ check: BlockCheck) {
        let octets = T1Block.information(number: 1, more: true, Array(0..<40)).octets(check)
        for bit in 0..<octets.count * 8 {
            var damaged = octets
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: T1Block.Fault.self) { try T1Block(decoding: damaged, check) }
        }
    }
}
