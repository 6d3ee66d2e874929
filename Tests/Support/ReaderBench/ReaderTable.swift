public import DeviceEmulators
public import DeviceLayer
public import DeviceLines
import Logging
public import SmartCard

/// An emulated reader at the end of some cable, as the device layer reaches it.
public struct ReaderTable: Sendable {
    public let model: ReaderModel
    public let ports: any ReaderPorts
    public let plug: @Sendable () throws -> Void
    /// Pulls the cable, and returns when everybody was told.
    public let unplug: @Sendable () throws -> Void

    public init(
        _ model: ReaderModel, _ ports: any ReaderPorts, plug: @escaping @Sendable () throws -> Void,
        unplug: @escaping @Sendable () throws -> Void
    ) {
        self.model = model
        self.ports = ports
        self.plug = plug
        self.unplug = unplug
    }

    /// A reader in this process.
    public static func inProcess(_ description: ReaderDescription, hasNotices: Bool) -> ReaderTable {
        let model = ReaderModel(description: description, hasNotices: hasNotices)
        return ReaderTable(model, model, plug: { model.plug() }, unplug: { model.unplug() })
    }

    /// A device layer on this reader, which is ready; leaving `body` ends it.
    public func serve(
        patience: Double = 1, _ body: @Sendable (_ reader: CardReader, _ events: AsyncStream<ReaderEvent>) async throws -> Void
    ) async throws {
        try await Self.serve([ports], patience: patience) { readers, events in
            let status = try await events.status { $0.condition == nil }
            guard let reader = readers[status.name] else { throw ReaderMisbehaviour("no reader of the name \(status.name)") }
            try await body(reader, events)
        }
    }

    /// A device layer on readers anywhere.
    public static func serve(
        _ ports: [any ReaderPorts], patience: Double = 1,
        _ body: @Sendable (_ readers: CardReaders, _ events: AsyncStream<ReaderEvent>) async throws -> Void
    ) async throws {
        let logger = Logger(label: "readers") { _ in SwiftLogNoOpLogHandler() }
        let readers = CardReaders(ports, patience: patience, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await readers.run() }
            do {
                try await body(readers, readers.events())
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }
}

extension AsyncStream<ReaderEvent> {
    /// The next card that is told of.
    public func card() async throws -> CardSight {
        for await event in self { if case .card(let card) = event { return card } }
        throw ReaderMisbehaviour("the readers ended before a card came")
    }

    /// Until a card is gone.
    public func removal() async throws {
        for await event in self { if case .removed = event { return } }
        throw ReaderMisbehaviour("the readers ended before a card went")
    }

    /// The next status that is so.
    @discardableResult public func status(_ isWanted: (ReaderStatus) -> Bool) async throws -> ReaderStatus {
        for await event in self { if case .status(let status) = event, isWanted(status) { return status } }
        throw ReaderMisbehaviour("the readers ended before one was so")
    }
}

/// What a reader's line or driver did otherwise than all must.
public struct ReaderMisbehaviour: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Throws ``ReaderMisbehaviour`` unless `condition` holds.
public func demand(_ condition: Bool, _ words: @autoclosure () -> String) throws {
    if !condition { throw ReaderMisbehaviour(words()) }
}

/// Throws ``ReaderMisbehaviour`` unless both are the same.
public func demand<Value: Equatable>(_ value: Value, is wanted: Value, _ words: @autoclosure () -> String) throws {
    if value != wanted { throw ReaderMisbehaviour("\(words()): \(value) instead of \(wanted)") }
}
