import Conditions
import ESCPOS

/// Small printers, so that a job of some letters needs several pieces.
enum Fixture {
    static func model(_ proof: PrinterModel.Proof, bufferBytes: Int = 64) -> PrinterModel {
        PrinterModel(
            id: "test", name: "Test", paperWidth: .mm80, dots: 8, columns: 48, qr: .native, proof: proof,
            automaticStatus: proof == .processID,
            bufferBytes: bufferBytes, cutter: .partial, feedBeforeCut: 5, image: .raster)
    }

    static var patience: SessionPatience {
        var patience = SessionPatience()
        patience.silentPolls = 1
        patience.pollsForFirstWord = 1
        patience.pollsUntilDrop = 2
        patience.quietPolls = 2
        return patience
    }

    /// 40 letters: three pieces of 16, 16 and 8 bytes and a cut.
    static func job(_ number: Int, letters: Int = 40) -> PrintJob {
        let text = [UInt8](repeating: UInt8(ascii: "a") + UInt8(number), count: letters)
        return PrintJob(number: number, bytes: text + Command.cut(.here(.partial)).bytes, proofID: Array("id0\(number)".utf8))
    }

    static let poll: [UInt8] = [0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4]
    static let clear: [UInt8] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]
    static let recover: [UInt8] = [0x10, 0x05, 2]
    static let question: [UInt8] = [0x1D, 0x72, 1]
    static let automatic: [UInt8] = [0x1D, 0x61, 0x4F]
    static let initialize: [UInt8] = [0x1B, 0x40]
    static let cutOff: [UInt8] = [0x1B, 0x64, 5, 0x1D, 0x56, 1]
    /// The end of a strip: as many rows of one byte as half the buffer holds.
    static let nuls = [UInt8](repeating: 0, count: 32)

    static func letters(_ number: Int, _ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "a") + UInt8(number), count: count) }
    static func proof(_ number: Int) -> [UInt8] { [0x1D, 0x28, 0x48, 6, 0, 48, 48] + Array("id0\(number)".utf8) }

    static let ready = PrinterStatus(isReady: true, conditions: [])
    static let away = PrinterStatus(isReady: false, conditions: [.printerOffline])
    static let empty = PrinterStatus(isReady: false, conditions: [.mediaEmpty])
    static let silent = PrinterStatus(isReady: false, conditions: [.printerSilent])
}

extension PrinterSessionMachine {
    /// Answers one poll: `flags` as the printer would tell them.
    mutating func answerPoll(_ flags: PrinterFlags = []) -> [Effect] {
        RealTimeQuery.allCases.flatMap { handle(.answered(.realTimeStatus(RealTimeStatus($0, flags).byte))) }
    }

    /// A machine whose printer is connected, clean and ready.
    static func ready(_ proof: PrinterModel.Proof = .processID) -> PrinterSessionMachine {
        var machine = PrinterSessionMachine(model: Fixture.model(proof), patience: Fixture.patience, interrupted: false)
        _ = machine.handle(.started)
        _ = machine.handle(.connected)
        _ = machine.answerPoll()
        _ = machine.handle(.answered(.queuedStatus(0)))
        return machine
    }

    /// A ready machine that has sent the first pieces of job 1.
    static func printing(_ proof: PrinterModel.Proof = .processID) -> PrinterSessionMachine {
        var machine = ready(proof)
        _ = machine.handle(.print(Fixture.job(1)))
        _ = machine.handle(.begun(1))
        return machine
    }
}
