import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceLines
import DeviceSocket
import Foundation
import Logging
import LoopbackWeb
import PrintBench
import SmartCard
import Testing

/// The device layer alone, asked over its control socket as a front end asks it.
@Suite(.timeLimit(.minutes(1))) struct ControlTests {
    static let identifier: [UInt8] = [0x04, 0xA2, 0x3B, 0x11, 0x5C, 0x80, 0x01]
    static let tag = TagCard(ContactlessTraits(identifier: identifier, answerToSelect: [0x78, 0x80]))

    /// One emulated reader and one emulated printer behind a control socket.
    struct Bench: Sendable {
        let reader: ReaderModel
        let path: String

        func connected<Answer: Sendable>(_ body: @Sendable (ControlSession) async throws -> Answer) async throws -> Answer {
            try await ControlClient(path: path).connected(body)
        }
    }

    static func with(_ body: @Sendable (Bench) async throws -> Void) async throws {
        let folder = "/tmp/control-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = ReaderModel(name: "meja")
        let readers = CardReaders([model], patience: 0.02, logger: BenchPrinter.logger)
        let emulated = BenchPrinter.emulated()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await emulated.run() }
            let port = try await emulated.addresses().printer.port
            let printer = PrinterDevice(
                name: "ticket", model: BenchPrinter.model, address: PrinterAddress(host: "127.0.0.1", port: port), ledger: MemoryLedger(),
                logger: BenchPrinter.logger)
            let (listening, listens) = AsyncStream.makeStream(of: Void.self)
            let server = ControlServer(
                path: "\(folder)/control.sock", program: "test",
                control: DeviceControl(readers: readers, printers: ["ticket": printer]), logger: BenchPrinter.logger,
                onListening: { listens.finish() })
            group.addTask { try await readers.run() }
            group.addTask { try await printer.run() }
            group.addTask {
                do { try await server.run() } catch is CancellationError {}
            }
            defer { group.cancelAll() }
            for await _ in listening {}
            for await event in readers.events() {
                if case .status(let status) = event, status.condition == nil { break }
            }
            try await body(Bench(reader: model, path: "\(folder)/control.sock"))
        }
    }

    @Test func everyDeviceIsListedAndACardIsToldWithoutItsNumber() async throws {
        try await Self.with { bench in
            try await bench.connected { session in
                guard case .devices(let devices) = try await session.ask(.list) else { throw CancellationError() }
                #expect(devices.map(\.name) == ["meja", "ticket"])
                #expect(devices.map(\.kind) == [.reader, .printer])
                let events = try await session.events()
                bench.reader.insert(Self.tag)
                for await event in events {
                    #expect(!(try event.json().contains(Self.identifier.hexadecimal)), "a number is personal")
                    if case .card(let reader, let slot, _, let isContactless) = event {
                        #expect(reader == "meja" && slot == 0 && isContactless)
                        break
                    }
                }
                let answer = try await session.ask(.transmit(ContactlessCommand.identifier.octets, reader: "meja", slot: 0))
                #expect(answer == .response(ResponseAPDU(data: Self.identifier, status: .done)))
                guard case .device(let report) = try await session.ask(.status(device: "meja")) else { throw CancellationError() }
                #expect(report.slots.map(\.state) == [.ready])
                guard case .answerToReset(let octets) = try await session.ask(.reset(reader: "meja", slot: 0)) else {
                    throw CancellationError()
                }
                #expect(octets.hexadecimal == report.slots[0].answerToReset)
                bench.reader.remove()
                for await event in events { if case .cardRemoved = event { break } }
                await #expect(throws: ControlError(.noCard, "")) {
                    _ = try await session.ask(.transmit(ContactlessCommand.identifier.octets, reader: "meja", slot: 0))
                }
            }
        }
    }

    @Test func aPrintIsAnsweredWhenItIsSettledAndHasOneEndForEver() async throws {
        try await Self.with { bench in
            try await bench.connected { session in
                let order = ControlCommand.print(BenchPrinter.ticket(1), BenchPrinter.id(1), printer: "ticket")
                guard case .print(let result) = try await session.ask(order) else { throw CancellationError() }
                #expect(result.outcome == .printed)
                #expect(try await session.ask(order) == .print(result))
            }
            // A front end that comes back learns it, too.
            try await bench.connected { session in
                guard case .print(let result) = try await session.ask(.cancel(BenchPrinter.id(1), printer: "ticket")) else {
                    throw CancellationError()
                }
                #expect(result.outcome == .printed)
            }
        }
    }

    @Test(arguments: [
        (ControlCommand.status(device: "lain"), ControlError.Code.noDevice),
        (.transmit([0, 0xA4, 4, 0], reader: "ticket", slot: 0), .wrongKind), (.cancel(BenchPrinter.id(9), printer: "meja"), .wrongKind),
        (.transmit([0, 0xA4], reader: "meja", slot: 0), .invalidCommand), (.reset(reader: "meja", slot: 5), .noSlot),
        (.exchange([0, 0xB0, 0, 0, 0], reader: "meja", slot: 0), .noCard),
    ]) func whatCannotBeDoneIsRefusedByCode(_ command: ControlCommand, _ code: ControlError.Code) async throws {
        try await Self.with { bench in
            try await bench.connected { session in
                let error = await #expect(throws: ControlError.self) { _ = try await session.ask(command) }
                #expect(error?.code == code, "\(String(describing: error))")
                #expect(error?.detail.isEmpty == false && error?.next.indonesian.isEmpty == false)
            }
        }
    }

    @Test func linesThatAreNoRequestsAreAnsweredAndTheNextOneCounts() async throws {
        try await Self.with { bench in
            let lines: [(String, Int?, String)] = [
                ("so", nil, "the line is no JSON object"), (#"{"id":7,"do":"dance"}"#, 7, "“do”: "),
                (#"{"do":"list"}"#, nil, "“id” is missing"), (#"{"id":8,"do":"status"}"#, 8, "“device” is missing"),
                (#"{"id":9,"do":"transmit","device":"meja","octets":"0G"}"#, 9, "hexadecimal"),
                (#"{"id":10,"do":"print","device":"ticket","print":"a b","data":""}"#, 10, "without blanks"),
            ]
            try await LineClient.run(bench.path) { client in
                #expect(try await client.next().contains(#""greeting":"anjungan-devices""#))
                for (line, id, reason) in lines {
                    try await client.send(line)
                    let answer = try #require(
                        try JSONSerialization.jsonObject(with: Data(try await client.next().utf8)) as? [String: Any])
                    let error = try #require(answer["error"] as? [String: Any])
                    #expect(error["code"] as? String == "invalid-request")
                    #expect((error["detail"] as? String)?.contains(reason) == true, "\(line): \(error)")
                    #expect((error["next"] as? [String: String])?.keys.sorted() == ["en", "id"])
                    #expect(answer["id"] as? Int == id)
                }
                try await client.send(#"{"id":11,"do":"list","since":"a key of later"}"#)
                #expect(try await client.next().contains(#""id":11"#))
            }
        }
    }

    @Test func aSecondOwnerOfTheSocketIsRefused() async throws {
        try await Self.with { bench in
            let second = ControlServer(
                path: bench.path, program: "second", control: DeviceControl(readers: nil), logger: BenchPrinter.logger)
            await #expect(throws: DeviceSocketError(.alreadyServed, "")) { try await second.run() }
            #expect(throws: DeviceSocketError(.alreadyServed, "")) { try DeviceLock(besideSocket: bench.path) }
        }
    }

    @Test func nobodyThereIsSaidAsThat() async throws {
        await #expect(throws: ControlError(.away, "")) {
            try await ControlClient(path: "/tmp/nobody-\(UUID().uuidString)").connected { _ in }
        }
    }

    @Test func aDeviceHasOneOwner() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "locks-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let lock = try DeviceLock(device: "tcp:127.0.0.1:9100", in: folder)
        #expect(throws: DeviceSocketError(.alreadyServed, "")) { try DeviceLock(device: "tcp:127.0.0.1:9100", in: folder) }
        try DeviceLock(device: "tcp:127.0.0.1:9101", in: folder).release()
        lock.release()
        try DeviceLock(device: "tcp:127.0.0.1:9100", in: folder).release()
    }
}
