import Conditions
import DeviceEmulators
import DeviceLayer
import Secrets
import SmartCard

/// What goes wrong, and how it ends.
extension ReaderBehaviour {
    static let allFaults: [ReaderFault] = [
        .timeExtension(3), .emptyRead, .late(.milliseconds(30)), .badCheck, .mute, .wrongSequence, .stall, .silence, .late(.seconds(1)),
    ]

    /// After each the next command is answered rightly, and whoever waited was told something.
    static func faults(_ make: Maker) async throws {
        for (level, answerToReset) in [(ExchangeLevel.tpdu, t1), (.tpdu, t0), (.extendedAPDU, t1)] {
            let table = try make(ReaderDescription(features: [.choosesVoltage, .negotiatesParameters], level: level), true)
            // What is not answered is waited for, so a part of the time will do.
            try await table.serve(patience: 0.05) { reader, events in
                table.model.insert(file(answerToReset))
                _ = try await events.card()
                for fault in allFaults {
                    _ = try await reader.transmit(select)
                    table.model.fail([fault])
                    do {
                        let answer = try await reader.transmit(read(0, 16))
                        let isRight = answer.data == Array(book.prefix(16)) || fault == .badCheck
                        try ReaderBench.demand(isRight, "\(fault) at \(level) led to \(answer)")
                    } catch let error as ReaderFailure {
                        try ReaderBench.demand([.failed, .timedOut].contains(error.code), "\(fault) at \(level) led to \(error)")
                    }
                    try await ready(reader)
                    _ = try await reader.transmit(select)
                    try ReaderBench.demand(
                        await reader.transmit(read(0, 16)).data, is: Array(book.prefix(16)), "after \(fault) at \(level)")
                }
            }
            try table.unplug()
        }
    }

    /// Until the card can be used (again).
    private static func ready(_ reader: CardReader) async throws {
        try await reader.events().status { status in
            guard status.condition == nil, case .ready? = status.slots.first else { return false }
            return true
        }
    }

    static func unplug(_ table: ReaderTable) async throws {
        try await table.serve { reader, events in
            table.model.insert(tag)
            _ = try await events.card()
            // In the middle of an exchange.
            table.model.fail([.unplug])
            do {
                _ = try await reader.transmit(ContactlessCommand.identifier)
                throw ReaderMisbehaviour("an unplugged reader answered")
            } catch let error as ReaderFailure {
                try ReaderBench.demand(error, is: ReaderFailure(.notReady, ""), "unplugged")
            }
            try await events.removal()
            try await events.status { $0.condition == .readerAbsent }
            try table.unplug()
            try table.plug()
            try await events.status { $0.condition == nil }
            try ReaderBench.demand(await events.card().pointer?.octets == Secret(identifier), "another card")
            _ = try await reader.transmit(ContactlessCommand.identifier)
            try table.unplug()
            try await events.removal()
        }
    }

    static func hang(_ table: ReaderTable) async throws {
        try await table.serve(patience: 0.05) { reader, events in
            table.model.insert(tag)
            _ = try await events.card()
            table.model.fail([.hang])
            do {
                _ = try await reader.transmit(ContactlessCommand.identifier)
                throw ReaderMisbehaviour("a hanging reader answered")
            } catch let error as ReaderFailure {
                try ReaderBench.demand([.timedOut, .notReady].contains(error.code), "a hanging reader led to \(error)")
            }
            let status = try await events.status { $0.condition == .readerHangs }
            try ReaderBench.demand(status.detail.contains("reset"), status.detail)
            try await events.status { $0.condition == nil }
            _ = try await events.card()
            try ReaderBench.demand(await reader.transmit(ContactlessCommand.identifier).data, is: identifier, "after the reset")
        }
    }

    static func babble(_ table: ReaderTable, _ output: EmulatedReader.Output) async throws {
        try await table.serve { reader, events in
            table.model.insert(tag)
            _ = try await events.card()
            for _ in 0..<100 { table.model.say(output) }
            try await events.removal()
            try await events.status { $0.condition == .readerBabbles }
            try await events.status { $0.condition == nil }
            _ = try await events.card()
            try ReaderBench.demand(await reader.transmit(ContactlessCommand.identifier).data, is: identifier, "after the reset")
        }
        try table.unplug()
    }

    static func cancel(_ table: ReaderTable) async throws {
        try await table.serve { reader, events in
            table.model.insert(tag)
            _ = try await events.card()
            table.model.fail([.silence])
            // One that the reader does not answer, one that waits behind it, and one that is cancelled before it begins.
            let ask = { @Sendable in try await reader.transmit(ContactlessCommand.identifier) }
            var tasks = [Task(operation: ask)]
            for await left in table.model.faultsLeft() where left == 0 { break }
            tasks += [Task(operation: ask), Task(operation: ask)]
            // The last first: once the one under way is aborted, the next would be answered.
            for task in tasks.reversed() { task.cancel() }
            for task in tasks {
                switch await task.result {
                case .success: throw ReaderMisbehaviour("a cancelled command was answered")
                case .failure(let error):
                    try ReaderBench.demand(error as? ReaderFailure, is: ReaderFailure(.cancelled, ""), "a cancelled command")
                }
            }
            try await ready(reader)
            try ReaderBench.demand(await reader.transmit(ContactlessCommand.identifier).data, is: identifier, "after the abort")
        }
    }

    static func escape(_ table: ReaderTable) async throws {
        try await table.serve { reader, events in
            try ReaderBench.demand(await reader.escape([1, 2, 3]), is: [1, 2, 3], "without a card")
            table.model.insert(tag)
            _ = try await events.card()
            try ReaderBench.demand(await reader.escape([4]), is: [4], "with a card")
            try ReaderBench.demand(await reader.exchange([0xFF, 0xCA, 0, 0, 0]), is: identifier + [0x90, 0x00], "behind it")
        }
    }

    static func many(_ table: ReaderTable) async throws {
        try await table.serve { reader, events in
            table.model.insert(file(t1))
            _ = try await events.card()
            _ = try await reader.transmit(select)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in 0..<40 {
                    group.addTask {
                        let answer = try await reader.transmit(read(start * 16, 16))
                        try ReaderBench.demand(answer.data, is: Array(book[(start * 16)...].prefix(16)), "the piece \(start)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    static func reset(_ table: ReaderTable) async throws {
        try await table.serve { reader, events in
            table.model.insert(tag)
            let card = try await events.card()
            try ReaderBench.demand(await reader.reset(), is: card.answerToReset, "the ATR")
            _ = try await reader.transmit(ContactlessCommand.identifier)
            table.model.remove()
            // Nothing was told of another card in between.
            for await event in events {
                switch event {
                case .card: throw ReaderMisbehaviour("a card that is reset is told of again")
                case .status: continue
                case .removed: return
                }
            }
        }
    }
}
