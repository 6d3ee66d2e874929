import Conditions
import DeviceSocket
import SmartCard

/// Who answers commands: the devices themselves, or the program that has them.
public protocol DeviceControlling: Sendable {
    func ask(_ command: ControlCommand) async throws(ControlError) -> ControlResult
    /// The state of every device, then each event.
    func events() async throws(ControlError) -> AsyncStream<ControlEvent>
}

/// The devices of this program, for whoever asks.
public struct DeviceControl: DeviceControlling {
    let readers: CardReaders?
    let printers: [String: PrinterDevice]

    /// - Parameters:
    ///   - readers: nil: this program has none.
    ///   - printers: by name.
    public init(readers: CardReaders?, printers: [String: PrinterDevice] = [:]) {
        self.readers = readers
        self.printers = printers
    }

    public func ask(_ command: ControlCommand) async throws(ControlError) -> ControlResult {
        switch command {
        case .list: return .devices(await devices())
        case .status(let name):
            guard let device = await devices().first(where: { $0.name == name }) else { throw await stranger(name) }
            return .device(device)
        case .subscribe: return .subscribed
        case .transmit(let octets, let name, let slot):
            let (reader, command) = (try await reader(name), try Self.command(octets))
            return .response(
                try await Self.carry { () async throws(ReaderFailure) -> ResponseAPDU in try await reader.transmit(command, slot: slot) })
        case .exchange(let octets, let name, let slot):
            let reader = try await reader(name)
            return .octets(
                try await Self.carry { () async throws(ReaderFailure) -> [UInt8] in try await reader.exchange(octets, slot: slot) })
        case .escape(let octets, let name, let slot):
            let reader = try await reader(name)
            return .octets(
                try await Self.carry { () async throws(ReaderFailure) -> [UInt8] in try await reader.escape(octets, slot: slot) })
        case .reset(let name, let slot):
            let reader = try await reader(name)
            let answer = try await Self.carry { () async throws(ReaderFailure) -> AnswerToReset in try await reader.reset(slot: slot) }
            return .answerToReset(answer.octets)
        case .print(let octets, let id, let name): return .print(await (try await printer(name)).print(id, octets))
        case .cancel(let id, let name): return .print(await (try await printer(name)).cancel(id))
        }
    }

    /// A stream of its own for each caller.
    public func events() -> AsyncStream<ControlEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ControlEvent.self)
        let (readers, printers) = (readers?.events(), printers)
        let relay = Task {
            await withDiscardingTaskGroup { group in
                if let readers { group.addTask { for await event in readers { continuation.yield(ControlEvent(event)) } } }
                for (name, printer) in printers {
                    group.addTask {
                        for await _ in printer.statuses() { continuation.yield(.status(DeviceReport(await printer.description()))) }
                    }
                    group.addTask {
                        for await (id, result) in printer.results() { continuation.yield(.print(printer: name, id, result)) }
                    }
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in relay.cancel() }
        return stream
    }

    // MARK: Who is meant

    /// Readers in the order in which they were first seen, then printers by name.
    private func devices() async -> [DeviceReport] {
        var devices = (readers?.readers ?? []).map { DeviceReport($0) }
        for name in printers.keys.sorted() {
            if let printer = printers[name] { devices.append(DeviceReport(await printer.description())) }
        }
        return devices
    }

    private func reader(_ name: String) async throws(ControlError) -> CardReader {
        if let reader = readers?[name] { return reader }
        if printers[name] != nil { throw ControlError(.wrongKind, "“\(name)” is a printer") }
        throw await stranger(name)
    }

    private func printer(_ name: String) async throws(ControlError) -> PrinterDevice {
        if let printer = printers[name] { return printer }
        if readers?[name] != nil { throw ControlError(.wrongKind, "“\(name)” is a reader") }
        throw await stranger(name)
    }

    private func stranger(_ name: String) async -> ControlError {
        let known = await devices().map(\.name).joined(separator: ", ")
        return ControlError(.noDevice, "there is no device “\(name)”\(known.isEmpty ? ", nor any other" : " among \(known)")")
    }

    private static func command(_ octets: [UInt8]) throws(ControlError) -> CommandAPDU {
        do throws(APDUError) { return try CommandAPDU(decoding: octets) } catch { throw ControlError(.invalidCommand, "\(error)") }
    }

    private static func carry<Answer>(
        _ body: () async throws(ReaderFailure) -> Answer
    ) async throws(ControlError) -> Answer {
        do throws(ReaderFailure) { return try await body() } catch { throw ControlError(error) }
    }
}

extension ControlEvent {
    init(_ event: ReaderEvent) {
        self =
            switch event {
            case .status(let status): .status(DeviceReport(status))
            case .card(let card):
                .card(
                    reader: card.reader, slot: card.slot, answerToReset: card.answerToReset.octets, isContactless: card.isContactless)
            case .removed(let reader, let slot): .cardRemoved(reader: reader, slot: slot)
            }
    }
}
