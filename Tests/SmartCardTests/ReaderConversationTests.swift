import DeviceEmulators
import ReaderRig
import Secrets
import SeededRandomness
import SmartCard
import Testing

/// The slot machine with an emulated reader and emulated cards: every level, both protocols, every fault.
@Suite struct ReaderConversationTests {
    struct Way: Sendable, CustomStringConvertible {
        var level: ExchangeLevel
        var features: ReaderFeatures
        var atr: [UInt8]
        var description: String { "\(level) \(features.rawValue) \(atr.hexadecimal)" }
    }

    static let t0: [UInt8] = [0x3B, 0x02, 0x14, 0x50]
    static let t1: [UInt8] = ReversingCard(fieldSize: 32, check: .lrc).answerToReset
    static let crc: [UInt8] = ReversingCard(fieldSize: 7, check: .crc).answerToReset
    /// T=1 at a higher rate: PPS is due where the reader does not negotiate.
    static let fast: [UInt8] = [0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45, 0x88]

    static let ways: [Way] = ExchangeLevel.allCases.flatMap { level in
        [ReaderFeatures.choosesVoltage, [], [.choosesVoltage, .negotiatesParameters, .selectsParameters, .tellsFieldSize]].flatMap {
            features in
            [t0, t1, crc, fast].map { Way(level: level, features: features, atr: $0) }
        }
    }

    static let book = [UInt8]((0..<700).map { UInt8($0 * 7 & 0xFF) })

    static func rig(_ way: Way) -> ReaderRig {
        var rig = ReaderRig(
            ReaderDescription(features: way.features, level: way.level, messageLength: way.level == .extendedAPDU ? 80 : 271))
        rig.start()
        rig.insert(FileCard(answerToReset: way.atr, files: [0x011E: book]))
        return rig
    }

    static let select = CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x01, 0x1E])
    static func read(_ offset: Int, _ count: Int) -> CommandAPDU {
        CommandAPDU(0x00, 0xB0, UInt8(offset >> 8), UInt8(offset & 0xFF), expected: count)
    }

    @Test(arguments: ways) func aFileIsReadToItsEnd(_ way: Way) throws {
        var rig = Self.rig(way)
        guard case .ready(let card) = rig.slot else {
            Issue.record("\(rig.slot)")
            return
        }
        #expect(card.transmission == (way.atr == Self.t0 ? .t0 : .t1))
        #expect(try rig.transmit(Self.select)?.get() == ResponseAPDU(status: .done))
        var read: [UInt8] = []
        while read.count < Self.book.count {
            let answer = try #require(try rig.transmit(Self.read(read.count, 200))?.get())
            #expect(answer.status == .done || answer.status.rawValue == 0x6282 || answer.data.count < 200)
            read += answer.data
        }
        #expect(read == Self.book)
        // With data in both directions: the size of the file.
        let described = try #require(
            try rig.transmit(CommandAPDU(0x00, 0xA4, 0x02, 0x04, data: [0x01, 0x1E], expected: 256))?.get())
        #expect(described.data == [0x62, 0x04, 0x80, 0x02, 0x02, 0xBC])
        #expect(try rig.transmit(CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x3F, 0xFF]))?.get().status.rawValue == 0x6A82)
        #expect(rig.resets == 0)
    }

    @Test func aLongCommandIsOneCommand() throws {
        for way in Self.ways where way.level == .extendedAPDU || (way.level == .tpdu && way.atr != Self.t0) {
            var rig = Self.rig(way)
            let answer = try #require(try rig.transmit(Self.read(0, 700))?.get())
            #expect(answer.status.rawValue == 0x6986)
            _ = rig.transmit(Self.select)
            #expect(try rig.transmit(Self.read(0, 700))?.get().data == Self.book, "\(way)")
        }
    }

    @Test func aTagIsKnownByItsIdentifier() throws {
        var rig = ReaderRig(ReaderDescription(features: [.choosesVoltage, .negotiatesParameters], level: .shortAPDU))
        rig.start()
        rig.insert(TagCard(ContactlessTraits(identifier: [0x04, 0xA2, 0x2B, 0x3C, 0x4D, 0x5E, 0x80])))
        let answer = try #require(try rig.transmit(ContactlessCommand.identifier)?.get())
        #expect(CardPointer(answer.data)?.octets == Secret([0x04, 0xA2, 0x2B, 0x3C, 0x4D, 0x5E, 0x80]))
        #expect(try rig.transmit(ContactlessCommand.answerToSelect)?.get().status.rawValue == 0x6A81)
        rig.remove()
        #expect(rig.slot == .empty)
        // A card with contacts has no identifier.
        rig.insert(FileCard(answerToReset: Self.t0, files: [:]))
        #expect(try rig.transmit(ContactlessCommand.identifier)?.get().status.rawValue == 0x6D00)
    }

    @Test(arguments: [
        ReaderFault.timeExtension(3), .emptyRead, .late(.seconds(1)), .badCheck, .mute, .wrongSequence, .stall, .silence,
        .late(.seconds(60)),
    ])
    func afterEachFaultTheNextCommandIsAnsweredRightly(_ fault: ReaderFault) throws {
        for way in Self.ways {
            var rig = Self.rig(way)
            _ = rig.transmit(Self.select)
            rig.reader.faults = [fault]
            let first = rig.transmit(Self.read(0, 16))
            #expect(first != nil, "\(way): nobody was told")
            if case .success(let answer)? = first, fault != .badCheck { #expect(answer.data == Array(Self.book.prefix(16)), "\(way)") }
            guard case .ready = rig.slot else {
                Issue.record("\(way) after \(fault): \(rig.slot)")
                continue
            }
            _ = rig.transmit(Self.select)
            #expect(try rig.transmit(Self.read(0, 16))?.get().data == Array(Self.book.prefix(16)), "\(way) after \(fault)")
        }
    }

    /// At T=1 over TPDUs nothing that the line does to a few blocks is seen from outside.
    @Test func blocksHealTheLine() throws {
        for way in Self.ways where way.level == .tpdu && way.atr != Self.t0 {
            for fault in [ReaderFault.badCheck, .mute] {
                var rig = Self.rig(way)
                _ = rig.transmit(Self.select)
                rig.reader.faults = [.none, fault, .none, fault, fault]
                #expect(try rig.transmit(Self.read(0, 200))?.get().data == Array(Self.book.prefix(200)), "\(way) with \(fault)")
            }
        }
    }

    @Test func manyFaultsInARowLoseNobodyAndNothingIsWrong() {
        var (generator, seed) = SeededGenerator.announced("manyFaultsInARow")
        let faults: [ReaderFault] = [
            .none, .none, .none, .none, .timeExtension(2), .mute, .emptyRead, .late(.milliseconds(10)), .late(.seconds(30)), .wrongSequence,
            .stall,
            .silence,
        ]
        for round in 0..<400 {
            let way = Self.ways.randomElement(using: &generator)!
            var rig = Self.rig(way)
            for step in 0..<6 {
                rig.reader.faults = (0..<Int.random(in: 0...4, using: &generator)).map { _ in faults.randomElement(using: &generator)! }
                if Int.random(in: 0..<6, using: &generator) == 0 {
                    rig.remove()
                    rig.insert(FileCard(answerToReset: way.atr, files: [0x011E: Self.book]))
                }
                let selected = rig.transmit(Self.select)
                let read = rig.transmit(Self.read(5, 20))
                if case .success(let first)? = selected, first.status == .done, case .success(let answer)? = read, answer.status == .done {
                    #expect(answer.data == Array(Self.book[5..<25]), "step \(step) of round \(round), seed \(seed)")
                }
            }
            rig.reader.faults = []
            rig.remove()
            #expect(rig.slot == .empty, "round \(round), seed \(seed)")
            rig.insert(FileCard(answerToReset: way.atr, files: [0x011E: Self.book]))
            guard case .ready = rig.slot else {
                Issue.record("round \(round), seed \(seed): \(rig.slot)")
                continue
            }
        }
    }
}
