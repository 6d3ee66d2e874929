import Conditions
import DeviceEmulators
import DeviceLayer
import Foundation
import ReaderBench
import SmartCard
import USBTransport

/// What only USB has.
enum ReaderPeculiarity: String, CaseIterable {
    case theSerialNumberIsTheNameAtEveryPort
    case withoutSerialNumberThePortIsTheName
    case twoOfTheSameSerialNumberAreTwoReaders
    case theKernelsDriverGivesWayAndComesBack
    case aReaderThatAnotherProgramHoldsIsTakenWhenItIsFree
    case wholePacketsEndNothing
    case anInterruptEndpointOfTwoOctetsTells
    case aHangingReaderHoldsUpNoOther
    case anAbortGoesByTheControlEndpointToo
    case aStallIsCleared

    /// Throws ``ReaderMisbehaviour`` when something is otherwise.
    func demand() async throws {
        switch self {
        case .theSerialNumberIsTheNameAtEveryPort: try await Self.serial()
        case .withoutSerialNumberThePortIsTheName: try await Self.port()
        case .twoOfTheSameSerialNumberAreTwoReaders: try await Self.twins()
        case .theKernelsDriverGivesWayAndComesBack: try await Self.driver()
        case .aReaderThatAnotherProgramHoldsIsTakenWhenItIsFree: try await Self.busy()
        case .wholePacketsEndNothing: try await Self.packets()
        case .anInterruptEndpointOfTwoOctetsTells: try await Self.smallNotices()
        case .aHangingReaderHoldsUpNoOther: try await Self.hang()
        case .anAbortGoesByTheControlEndpointToo: try await Self.abort()
        case .aStallIsCleared: try await Self.stall()
        }
    }

    private static func cable(_ description: ReaderDescription = .contactless, _ traits: ReaderCable.Traits = .init()) throws -> ReaderCable
    {
        try ReaderCable(ReaderModel(description: description, isPlugged: false), traits)
    }

    private static func serial() async throws {
        let cable = try cable()
        try cable.plug(port: 1)
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            let first = try await events.status { $0.condition == nil }
            try ReaderBench.demand(first.name, is: "R0001", "the name")
            try ReaderBench.demand(first.address, is: "usb 1-1", "the place")
            try ReaderBench.demand(first.model, is: "ANJUNGAN Emulated reader", "the model")
            try ReaderBench.demand(first.vendor == 0x072F && first.product == 0x2200, "vendor and product")
            try cable.unplug()
            try await events.status { $0.condition == .readerAbsent }
            try cable.plug(port: 3)
            let second = try await events.status { $0.condition == nil }
            try ReaderBench.demand(second.name == "R0001" && second.address == "usb 1-3", "at another port: \(second)")
            try ReaderBench.demand(readers.readers.count, is: 1, "the number of readers")
        }
        try cable.unplug()
    }

    private static func port() async throws {
        let cable = try cable(.contactless, ReaderCable.Traits(serial: ""))
        try cable.plug(port: 2)
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            try ReaderBench.demand(await events.status { $0.condition == nil }.name, is: "usb-1-2", "the name")
            try cable.unplug()
            try await events.status { $0.condition == .readerAbsent }
            try cable.plug(port: 2)
            try ReaderBench.demand(await events.status { $0.condition == nil }.name, is: "usb-1-2", "the name at the same port")
            try cable.unplug()
            try cable.plug(port: 4)
            try ReaderBench.demand(await events.status { $0.condition == nil }.name, is: "usb-1-4", "the name at another port")
            try ReaderBench.demand(readers.readers.map(\.condition), is: [.readerAbsent, nil], "the first one")
        }
        try cable.unplug()
    }

    private static func twins() async throws {
        let (one, other) = try (cable(), cable())
        try one.plug(port: 1)
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            try ReaderBench.demand(await events.status { $0.condition == nil }.name, is: "R0001", "the first")
            try other.plug(port: 2)
            try ReaderBench.demand(await events.status { $0.condition == nil && $0.name != "R0001" }.name, is: "usb-1-2", "the second")
        }
        try one.unplug()
        try other.unplug()
    }

    private static func driver() async throws {
        var traits = ReaderCable.Traits()
        traits.driver = "usbhid"
        let cable = try cable(.contactless, traits)
        try cable.plug()
        try await ReaderTable.serve([USBReaderPorts()]) { _, events in
            try await events.status { $0.condition == nil }
            try ReaderBench.demand(cable.log(), is: ["driver detached"], "what was asked of the kernel")
        }
        try ReaderBench.demand(cable.log(), is: ["driver detached", "driver attached"], "what was asked of the kernel")
        try cable.unplug()
    }

    private static func busy() async throws {
        // As after a claim through the kernel's usbfs; the one who has the device file open is ccid_reader.py itself.
        var traits = ReaderCable.Traits()
        traits.driver = "usbfs"
        let cable = try cable(.contactless, traits)
        try cable.plug()
        try await ReaderTable.serve([USBReaderPorts()]) { _, events in
            let status = try await events.status { $0.condition == .readerBusy }
            try ReaderBench.demand(status.detail.contains("the program python3 (process \(getppid()))"), status.detail)
            try cable.free()
            try await events.status { $0.condition == nil }
        }
        try cable.unplug()
    }

    /// Messages of exactly one, two and five packets; behind each of them, or not, a transfer without octets.
    private static func packets() async throws {
        let octets = [UInt8]((0..<400).map { UInt8($0 & 0xFF) })
        let cable = try cable()
        cable.model.insert(FileCard(answerToReset: [0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45, 0x88], files: [0x011E: octets]))
        try cable.plug()
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            let reader = try await readers.ready(events)
            _ = try await reader.transmit(CommandAPDU(0x00, 0xA4, 0x02, 0x0C, data: [0x01, 0x1E]))
            for count in [64, 128, 256].map({ $0 - 12 }) {
                for faults in [[], [ReaderFault.emptyRead], [.none, .emptyRead]] {
                    cable.model.fail(faults)
                    for _ in 0..<2 {
                        let answer = try await reader.transmit(CommandAPDU(0x00, 0xB0, 0, 0, expected: count))
                        try ReaderBench.demand(answer.data, is: Array(octets.prefix(count)), "\(count) octets after \(faults)")
                    }
                }
            }
        }
        try cable.unplug()
    }

    private static func smallNotices() async throws {
        var traits = ReaderCable.Traits()
        (traits.noticePacket, traits.isStrict) = (2, true)
        let cable = try cable(ReaderDescription(slots: 2, features: .choosesVoltage), traits)
        try cable.plug()
        try await ReaderTable.serve([USBReaderPorts()]) { _, events in
            try await events.status { $0.condition == nil }
            cable.model.insert(ReaderBehaviour.file([0x3B, 0x02, 0x14, 0x50]), slot: 1)
            try ReaderBench.demand(await events.card().slot, is: 1, "the slot")
        }
        try cable.unplug()
    }

    private static func hang() async throws {
        let cables = try (1...3).map { try cable(.contactless, ReaderCable.Traits(serial: "R\($0)")) }
        for (index, cable) in cables.enumerated() { try cable.plug(port: index + 1) }
        // With a real reader's patience: the one that hangs is still waited for at the end.
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            for cable in cables { cable.model.insert(ReaderBehaviour.tag) }
            for _ in cables { _ = try await events.card() }
            cables[0].model.fail([.hang])
            let task = Task { try await readers["R1"]?.transmit(ContactlessCommand.identifier) }
            for await left in cables[0].model.faultsLeft() where left == 0 { break }
            for name in ["R2", "R3"] {
                for _ in 0..<10 {
                    let answer = try await readers["R2"]?.transmit(ContactlessCommand.identifier)
                    try ReaderBench.demand(answer?.data, is: ReaderBehaviour.identifier, name)
                }
            }
            task.cancel()
            _ = await task.result
        }
        for cable in cables { try cable.unplug() }
    }

    private static func abort() async throws {
        let cable = try cable()
        cable.model.insert(ReaderBehaviour.tag)
        try cable.plug()
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            let reader = try await readers.ready(events)
            cable.model.fail([.silence])
            let task = Task { try await reader.transmit(ContactlessCommand.identifier) }
            for await left in cable.model.faultsLeft() where left == 0 { break }
            task.cancel()
            _ = await task.result
            _ = try await reader.transmit(ContactlessCommand.identifier)
            try ReaderBench.demand(cable.log(), is: ["abort"], "what was asked of the device")
        }
        try cable.unplug()
    }

    private static func stall() async throws {
        let cable = try cable()
        cable.model.insert(ReaderBehaviour.tag)
        try cable.plug()
        try await ReaderTable.serve([USBReaderPorts()]) { readers, events in
            let reader = try await readers.ready(events)
            cable.model.fail([.stall])
            do {
                _ = try await reader.transmit(ContactlessCommand.identifier)
                throw ReaderMisbehaviour("a stalled command was answered")
            } catch let error as ReaderFailure {
                try ReaderBench.demand(error, is: ReaderFailure(.timedOut, ""), "a stalled command")
            }
            try await events.status { if case .ready? = $0.slots.first { true } else { false } }
            try ReaderBench.demand(await reader.transmit(ContactlessCommand.identifier).data, is: ReaderBehaviour.identifier, "after it")
            try ReaderBench.demand(cable.log().prefix(1), is: ["clear halt"], "what was asked of the device")
        }
        try cable.unplug()
    }
}

extension CardReaders {
    /// The reader that has a card which can be used.
    func ready(_ events: AsyncStream<ReaderEvent>) async throws -> CardReader {
        let card = try await events.card()
        guard let reader = self[card.reader] else { throw ReaderMisbehaviour("no reader of the name \(card.reader)") }
        return reader
    }
}
