import Conditions
import DeviceEmulators
import DeviceLayer
import Foundation
import ReaderBench
import USBTransport

/// A reader that is plugged in and out again and again, with a card on it.
enum Churn {
    static func demand(_ count: Int) async throws {
        let cable = try ReaderCable()
        cable.model.insert(ReaderBehaviour.tag)
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            var before: (files: Int, memory: Int)?
            for cycle in 0..<count {
                try cable.plug(port: 1 + cycle % 4)
                let card = try await events.card()
                try ReaderBench.demand(card.pointer != nil, "in cycle \(cycle) the card has no identifier")
                try cable.unplug()
                try await events.removal()
                try await events.status { $0.condition == .readerAbsent }
                // The first cycles make what stays.
                if cycle == min(20, count / 2) { before = try (files(), memory()) }
            }
            guard let before else { return }
            try ReaderBench.demand(readers.readers.count, is: 1, "the number of readers")
            try ReaderBench.demand(files(), is: before.files, "open files")
            let growth = try memory() - before.memory
            complain("churn: \(count) cycles, \(before.files) files open, \(growth) KiB more memory")
        }
    }

    private static func files() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }

    /// KiB that are resident.
    private static func memory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
