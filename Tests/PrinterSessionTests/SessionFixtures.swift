import Conditions
import ESCPOS

/// Small printers, so that a job of some letters needs several pieces.
enum Fixture {
    static func model(
        _ proof: PrinterModel.Proof, clearing: PrinterModel.Clearing? = nil, automaticStatus: Bool? = nil,
        cutter: PrinterModel.Cutter = .partial,
        names: [String] = []
    ) -> PrinterModel {
        PrinterModel(
            id: "test", name: "Test", paperWidth: .mm80, dots: 8, columns: 48, qr: .native, proof: proof,
            automaticStatus: automaticStatus ?? (proof == .processID), bufferBytes: 64, cutter: cutter, feedBeforeCut: 5, image: .raster,
            clearing: clearing ?? (proof == .processID ? .buffer : .recovery), warmUp: 0, names: names)
    }

    static var patience: SessionPatience {
        var patience = SessionPatience()
        patience.silentPolls = 1
        patience.pollsForFirstWord = 1
        patience.pollsUntilDrop = 2
        patience.quietPolls = 2
        patience.answersOfEarlierRuns = 0
        return patience
    }

    /// 40 letters: three pieces of 16, 16 and 8 bytes and a cut.
    static func job(_ number: Int, letters: Int = 40) -> PrintJob {
        let text = [UInt8](repeating: UInt8(ascii: "a") + UInt8(number), count: letters)
        return PrintJob(number: number, bytes: text + Command.cut(.here(.partial)).bytes, proofID: Array("id0\(number)".utf8))
    }

    /// For a confirmation of pieces that move so many rows: twice their time at 150 mm a second, and the patience.
    static func time(rows: Int) -> Duration { .seconds(30) + .milliseconds(2000 * rows / 1200) }

    static let poll: [UInt8] = [0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4]
    static let clear: [UInt8] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]
    static let recover: [UInt8] = [0x10, 0x05, 2]
    static let question: [UInt8] = [0x1D, 0x72, 1]
    static let automatic: [UInt8] = [0x1D, 0x61, 0x4F]
    static let initialize: [UInt8] = [0x1B, 0x40]
    static let introduction: [UInt8] = [0x1D, 0x49, 66, 0x1D, 0x49, 67]
    static let cleared = PrinterAnswer.unknown([0x37, 0x25, 0])
    /// The first connection's.
    static let token: [UInt8] = [0x21, 0x20, 0x20, 0x20]
    static let tokenQuestion: [UInt8] = [0x1D, 0x28, 0x48, 6, 0, 48, 48] + token
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
        if proof == .processID { _ = machine.handle(.answered(Fixture.cleared)) }
        _ = machine.answerPoll()
        _ = machine.handle(.answered(proof == .processID ? .processID(Fixture.token) : .queuedStatus(0)))
        return machine
    }

    /// A ready machine that has sent the first pieces of job 1.
    static func printing(_ proof: PrinterModel.Proof = .processID) -> PrinterSessionMachine {
        var machine = ready(proof)
        _ = machine.handle(.print(Fixture.job(1)))
        // One that does not tell by itself how it is was asked.
        if proof != .processID { _ = machine.answerPoll() }
        _ = machine.handle(.begun(1))
        return machine
    }
}
