import Conditions
import DeviceEmulators
import DeviceLayer
import Foundation
import RawReader
import ReaderBench
import SmartCard
import USBTransport

/// What is measured of card readers, all in a world of emulated USB devices. Times in milliseconds.
struct ReaderFigures: Codable, Sendable {
    struct Driver: Codable, Sendable {
        /// One command and its answer; the median.
        var roundTrip = 0.0
        /// From a card's coming to its identifier; the median.
        var card = 0.0

        init(roundTrip: Double = 0, card: Double = 0) {
            self.roundTrip = roundTrip
            self.card = card
        }

        init(bestOf turns: [Driver]) {
            self.init(roundTrip: turns.map(\.roundTrip).min() ?? 0, card: turns.map(\.card).min() ?? 0)
        }
    }

    var raw = Driver()
    var ours = Driver()
    var pcscd = Driver()
    var cycles = 0
    var recognised = 0
    var filesLeft = 0
    /// Of the whole process, bytes.
    var memoryLeft = 0.0
    /// Percent of one processor, with three readers.
    var idle = 0.0

    private static let turns = 5
    private static let command = ContactlessCommand.identifier.octets

    /// A reader of pcscd's list, with the card on it where wanted.
    private static func cable(_ serial: String = "R0001", card: Bool = true) throws -> ReaderCable {
        var traits = ReaderCable.Traits(serial: serial)
        (traits.vendor, traits.productNumber) = (0x20A0, 0x4230)
        let cable = try ReaderCable(ReaderModel(isPlugged: false), traits)
        if card { cable.model.insert(ReaderBehaviour.tag) }
        return cable
    }

    static func measure(rounds: Int, cards: Int, cycles: Int, seconds: Int) async throws -> ReaderFigures {
        var figures = ReaderFigures()
        // They take turns, because a machine is not as fast at one time as at another; the best turn of each counts.
        var (raw, ours, pcscd): ([Driver], [Driver], [Driver]) = ([], [], [])
        for _ in 0..<turns {
            raw.append(Driver(roundTrip: try rawRoundTrip(max(rounds / turns, 1))))
            ours.append(try await Self.ours(max(rounds / turns, 1), max(cards / turns, 1)))
            pcscd.append(try Self.pcscd(max(rounds / turns, 1), max(cards / turns, 1)))
        }
        (figures.raw, figures.ours, figures.pcscd) = (Driver(bestOf: raw), Driver(bestOf: ours), Driver(bestOf: pcscd))
        try await figures.churn(cycles)
        figures.idle = try await idle(seconds)
        return figures
    }

    // MARK: Round trips, and cards that come

    private static func median(_ times: [Duration]) -> Double { Times(times).median.milliseconds }

    private static func rawRoundTrip(_ rounds: Int) throws -> Double {
        let cable = try cable()
        try cable.plug()
        guard let reader = raw_reader_open() else { throw ReaderMisbehaviour("libusb could not open the emulated reader") }
        var answer = [UInt8](repeating: 0, count: 320)
        let times = try (0..<rounds).map { _ in
            let begun = ContinuousClock.now
            let count = raw_reader_exchange(reader, command, command.count, &answer, answer.count)
            let time = ContinuousClock.now - begun
            try demand(count == 10 + ReaderBehaviour.identifier.count + 2, "libusb received \(count) octets")
            return time
        }
        raw_reader_close(reader)
        try cable.unplug()
        return median(times)
    }

    private static func ours(_ rounds: Int, _ cards: Int) async throws -> Driver {
        let cable = try cable(card: false)
        try cable.plug()
        let table = ReaderTable(cable.model, USBReaderPorts(), plug: {}, unplug: {})
        let (results, result) = AsyncStream.makeStream(of: Driver.self)
        try await table.serve { reader, events in
            var driver = Driver()
            var times: [Duration] = []
            for _ in 0..<cards {
                let begun = ContinuousClock.now
                cable.model.insert(ReaderBehaviour.tag)
                let card = try await events.card()
                times.append(ContinuousClock.now - begun)
                try demand(card.pointer != nil, "the card has no identifier")
                cable.model.remove()
                try await events.removal()
            }
            driver.card = median(times)
            cable.model.insert(ReaderBehaviour.tag)
            _ = try await events.card()
            times = []
            for _ in 0..<rounds {
                let begun = ContinuousClock.now
                _ = try await reader.exchange(command)
                times.append(ContinuousClock.now - begun)
            }
            driver.roundTrip = median(times)
            result.yield(driver)
        }
        try cable.unplug()
        for await driver in results { return driver }
        throw ReaderMisbehaviour("nothing was measured")
    }

    private static func pcscd(_ rounds: Int, _ cards: Int) throws -> Driver {
        let cable = try cable(card: false)
        let daemon = try PCSCDaemon()
        defer { daemon.stop() }
        let client = try PCSC()
        try cable.plug()
        try client.waitForReaders(true)
        let name = try client.readers()[0]
        try client.wait(name, state: 0x10)
        var driver = Driver()
        driver.card = median(
            try (0..<cards).map { _ in
                let begun = ContinuousClock.now
                cable.model.insert(ReaderBehaviour.tag)
                try client.wait(name, state: 0x20)
                let card = try client.connect(name)
                let answer = try card.exchange(command)
                let time = ContinuousClock.now - begun
                try demand(Array(answer.dropLast(2)), is: ReaderBehaviour.identifier, "the identifier through pcscd")
                try card.close()
                cable.model.remove()
                try client.wait(name, state: 0x10)
                return time
            })
        cable.model.insert(ReaderBehaviour.tag)
        try client.wait(name, state: 0x20)
        let card = try client.connect(name)
        driver.roundTrip = median(
            try (0..<rounds).map { _ in
                let begun = ContinuousClock.now
                _ = try card.exchange(command)
                return ContinuousClock.now - begun
            })
        try card.close()
        try client.close()
        try cable.unplug()
        return driver
    }

    // MARK: Plugging, and doing nothing

    private mutating func churn(_ count: Int) async throws {
        let cable = try Self.cable()
        let table = ReaderTable(cable.model, USBReaderPorts(), plug: {}, unplug: {})
        let (results, result) = AsyncStream.makeStream(of: (Int, Int, Double).self)
        try await ReaderTable.serve([table.ports]) { _, events in
            var recognised = 0
            var before = try Self.holdings()
            for cycle in 0..<count {
                try cable.plug(port: 1 + cycle % 4)
                if try await events.card().pointer != nil { recognised += 1 }
                try cable.unplug()
                try await events.removal()
                try await events.status { $0.condition == .readerAbsent }
                // The first make what stays.
                if cycle == count / 10 { before = try Self.holdings() }
            }
            let after = try Self.holdings()
            result.yield((recognised, after.files - before.files, after.memory - before.memory))
        }
        cycles = count
        for await (recognised, files, memory) in results {
            (self.recognised, filesLeft, memoryLeft) = (recognised, files, memory)
            return
        }
    }

    private static func holdings() throws -> (files: Int, memory: Double) {
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        return (files, try ProcessFigures(pid: getpid()).memory().resident)
    }

    private static func idle(_ seconds: Int) async throws -> Double {
        let cables = try (1...3).map { try cable("R\($0)") }
        for (index, cable) in cables.enumerated() { try cable.plug(port: index + 1) }
        let (results, result) = AsyncStream.makeStream(of: Double.self)
        try await ReaderTable.serve([USBReaderPorts()]) { _, events in
            for _ in cables { _ = try await events.card() }
            let process = ProcessFigures(pid: getpid())
            let before = try process.processorTime()
            try await ContinuousClock().sleep(for: .seconds(seconds))
            result.yield((try process.processorTime() - before).seconds / Double(seconds) * 100)
        }
        for cable in cables { try cable.unplug() }
        for await share in results { return share }
        throw ReaderMisbehaviour("nothing was measured")
    }
}
