import DeviceEmulators
import SeededRandomness
import SmartCard

/// What a command brings comes back reversed, and 9000.
struct ReversingCard: EmulatedCard {
    let answerToReset: [UInt8]
    let contactless: ContactlessTraits? = nil
    /// Commands that were carried out, as they were spelt.
    private(set) var executed: [[UInt8]] = []

    /// T=1 with this IFSC.
    init(fieldSize: Int, check: BlockCheck) {
        var octets: [UInt8] = [0x3B, 0x80, 0x81, 0x71, UInt8(fieldSize), 0x45, check == .crc ? 1 : 0]
        octets.append(octets.dropFirst().reduce(0, ^))
        answerToReset = octets
    }

    /// T=0 alone.
    init() { answerToReset = [0x3B, 0x02, 0x14, 0x50] }

    mutating func reset() {}

    mutating func answer(_ command: CommandAPDU) -> ResponseAPDU {
        executed.append(command.octets)
        return ResponseAPDU(data: command.data.reversed(), status: .done)
    }

    static func answer(to command: [UInt8]) -> [UInt8] {
        ((try? CommandAPDU(decoding: command))?.data.reversed() ?? []) + [0x90, 0x00]
    }

    /// A command that brings so many octets and wants as many.
    static func command(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let data = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return CommandAPDU(0x80, 0x10, 0, 0, data: data, expected: count > 255 ? 0x1_0000 : 256).octets
    }
}
