import Conditions
import DeviceEmulators
import DeviceLayer
import ReaderBench
import SmartCard
import USBTransport

/// Debian's pcscd with libccid, which nobody here wrote: it must drive the emulated reader through insertion, exchange, removal and
/// unplugging, and get the same octets as our driver does.
enum Judge {
    /// A plain device of pcscd's list: it has no exceptions for it.
    static var traits: ReaderCable.Traits {
        var traits = ReaderCable.Traits()
        (traits.vendor, traits.productNumber) = (0x20A0, 0x4230)
        return traits
    }

    private struct Trial {
        var level: ExchangeLevel
        var features: ReaderFeatures
        var card: any EmulatedCard
        var commands: [[UInt8]]
        var name: String
    }

    private static let select: [UInt8] = [0x00, 0xA4, 0x02, 0x04, 0x02, 0x01, 0x1E]
    private static let byReader: ReaderFeatures = [.choosesVoltage, .negotiatesParameters, .selectsParameters, .tellsFieldSize]
    private static let t0: [UInt8] = [0x3B, 0x02, 0x14, 0x50]
    private static let t1: [UInt8] = [0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45, 0x88]

    private static let trials: [Trial] = {
        let short: [[UInt8]] = [select, [0x00, 0xB0, 0x00, 0x00, 0x10], [0x00, 0xB0, 0x01, 0x00, 0xC8], [0x00, 0xB0, 0x7F, 0x00, 0x10]]
        let long: [[UInt8]] = [select, [0x00, 0xB0, 0x00, 0x00, 0x00, 0x02, 0xBC]]
        let tag: [[UInt8]] = [ContactlessCommand.identifier.octets, ContactlessCommand.answerToSelect.octets, [0x00, 0xA4, 0x04, 0x00]]
        var all = [Trial(level: .extendedAPDU, features: byReader, card: ReaderBehaviour.tag, commands: tag, name: "a tag")]
        all.append(Trial(level: .shortAPDU, features: byReader, card: ReaderBehaviour.file(t1), commands: short, name: "short APDUs"))
        all.append(
            Trial(level: .extendedAPDU, features: byReader, card: ReaderBehaviour.file(t1), commands: short + long, name: "extended APDUs"))
        all.append(
            Trial(level: .tpdu, features: .choosesVoltage, card: ReaderBehaviour.file(t1), commands: short + long, name: "T=1 by the host"))
        all.append(Trial(level: .tpdu, features: byReader, card: ReaderBehaviour.file(t0), commands: short, name: "T=0 by the reader"))
        return all
    }()

    static func hear() async throws {
        for trial in trials {
            let begin = ContinuousClock.now
            defer { complain("judge: \(trial.name): \(ContinuousClock.now - begin)") }
            let description = ReaderDescription(features: trial.features, level: trial.level)
            let theirs = try drive(trial, description)
            let ours = try await serve(trial, description)
            try ReaderBench.demand(theirs.0, is: ours.0, "\(trial.name): the ATR through pcscd")
            for (index, command) in trial.commands.enumerated() {
                try ReaderBench.demand(
                    theirs.1[index].hexadecimal, is: ours.1[index].hexadecimal,
                    "\(trial.name): the answer to \(command.hexadecimal) through pcscd")
            }
        }
        try await hold()
    }

    /// Through pcscd: plugged in, a card put in, asked, taken away, the cable pulled.
    private static func drive(_ trial: Trial, _ description: ReaderDescription) throws -> ([UInt8], [[UInt8]]) {
        let cable = try ReaderCable(ReaderModel(description: description, isPlugged: false), traits)
        let daemon = try PCSCDaemon()
        defer { daemon.stop() }
        let client = try PCSC()
        try cable.plug()
        try client.waitForReaders(true)
        let name = try client.readers()[0]
        cable.model.insert(trial.card)
        try client.wait(name, state: 0x20)
        let card = try client.connect(name)
        let answerToReset = try card.answerToReset()
        let answers = try trial.commands.map { try card.exchange($0) }
        try card.close()
        cable.model.remove()
        try client.wait(name, state: 0x10)
        try cable.unplug()
        try client.waitForReaders(false)
        try client.close()
        return (answerToReset, answers)
    }

    private static func serve(_ trial: Trial, _ description: ReaderDescription) async throws -> ([UInt8], [[UInt8]]) {
        let cable = try ReaderCable(ReaderModel(description: description, isPlugged: false), traits)
        cable.model.insert(trial.card)
        try cable.plug()
        let table = ReaderTable(cable.model, USBReaderPorts(), plug: {}, unplug: { try cable.unplug() })
        let answers = AnswerBox()
        try await table.serve { reader, events in
            answers.answerToReset = try await events.card().answerToReset.octets
            for command in trial.commands { answers.all.append(try await reader.exchange(command)) }
        }
        try cable.unplug()
        return (answers.answerToReset, answers.all)
    }

    /// While pcscd has the reader, ours says so; when it ends, ours takes it.
    private static func hold() async throws {
        let cable = try ReaderCable(ReaderModel(isPlugged: false), traits)
        let daemon = try PCSCDaemon()
        defer { daemon.stop() }
        let client = try PCSC()
        try cable.plug()
        try client.waitForReaders(true)
        try await ReaderTable.serve([USBReaderPorts()], patience: 0.1) { _, events in
            let status = try await events.status { $0.condition == .readerBusy }
            try ReaderBench.demand(status.detail.contains("pcscd (process \(daemon.identifier))"), status.detail)
            daemon.stop()
            try await events.status { $0.condition == nil }
        }
        try cable.unplug()
    }
}

/// Filled by one task.
private final class AnswerBox: @unchecked Sendable {
    var answerToReset: [UInt8] = []
    var all: [[UInt8]] = []
}
