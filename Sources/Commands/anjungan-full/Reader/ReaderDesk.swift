import DeviceLayer
import DeviceProfiles
import Foundation
import KioskRuntime
import Logging
import ProjectFiles
import SmartCard

/// The card readers of a command that opens them itself.
enum ReaderDesk {
    /// - Parameter socket: the control socket that nobody serves.
    static func alone<Answer: Sendable>(
        _ socket: String, _ body: @Sendable (any DeviceControlling) async throws -> Answer
    ) async throws -> Answer {
        complain("nobody serves \(socket); opening the readers directly")
        var logger = Logger(label: "reader") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let readers = CardReaders(models: try DeviceProfiles.readers(in: ProjectFolders.find().devices), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await readers.run() }
            defer { group.cancelAll() }
            await untilKnown(readers)
            return try await body(DeviceControl(readers: readers))
        }
    }

    /// Readers that were just opened say soon what they hold: until each has, and nothing more has come for a moment.
    private static func untilKnown(_ readers: CardReaders) async {
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup { group in
            group.addTask { for await _ in readers.events() { change.yield() } }
            group.addTask {
                while await isChanged(changes, within: .milliseconds(500)) || readers.readers.contains(where: isUncertain) {
                    if Task.isCancelled { return }
                }
            }
            group.addTask {
                // Cancelled when the readers were faster.
                try? await ContinuousClock().sleep(for: .seconds(8))
            }
            _ = await group.next()
            group.cancelAll()
        }
    }

    private static func isUncertain(_ reader: ReaderStatus) -> Bool {
        reader.slots.contains { slot in
            if case .activating = slot { true } else { false }
        }
    }

    private static func isChanged(_ changes: AsyncStream<Void>, within time: Duration) async -> Bool {
        await withTaskGroup { group in
            group.addTask {
                for await _ in changes { return true }
                return false
            }
            group.addTask {
                // Cancelled when something changed.
                try? await ContinuousClock().sleep(for: time)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}

extension DeviceControlling {
    /// The readers, in the order in which they were first seen.
    func readers() async throws -> [DeviceReport] {
        guard case .devices(let devices) = try await ask(.list) else { throw ControlError(.unknownVersion, "no list came") }
        return devices.filter { $0.kind == .reader }
    }

    /// The named reader; without a name the only one.
    func reader(_ name: String?) async throws -> DeviceReport {
        let readers = try await readers()
        let known = readers.map(\.name).joined(separator: ", ")
        if let name {
            guard let reader = readers.first(where: { $0.name == name }) else {
                throw ControlError(.noDevice, known.isEmpty ? "there is no reader" : "there is no reader “\(name)” among \(known)")
            }
            return reader
        }
        guard let reader = readers.first, readers.count == 1 else {
            throw ControlError(.noDevice, known.isEmpty ? "there is no reader" : "there are several readers: name one of \(known)")
        }
        return reader
    }
}
