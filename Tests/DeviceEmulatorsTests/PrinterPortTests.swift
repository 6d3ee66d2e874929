import DeviceEmulators
import ESCPOS
import Logging
import LoopbackWeb
import NIOCore
import NIOPosix
import ReceiptMarkup
import Testing

/// The printer as a host on the network meets it.
@Suite(.timeLimit(.minutes(15))) struct PrinterPortTests {
    static let ticket: [Command] = [.words("A"), .lineFeed, .feedLines(3), .knife, .proof]

    @Test func aTicketIsPrintedAndConfirmed() async throws {
        try await withPrinter { printer, addresses in
            let answer = try await Wire.connect(to: addresses.printer) { wire in
                try await wire.send(bytes: Self.ticket.flatMap(\.bytes))
                return try await wire.receive(7)
            }
            #expect(answer == PrinterAnswer.proof.bytes)
            #expect(printer.sheets.map(\.text) == ["A"])
            #expect(printer.sheets.map(\.isCut) == [true])
        }
    }

    @Test func aSecondConnectionWaitsForTheFirstToEnd() async throws {
        try await withPrinter { printer, addresses in
            try await Wire.connect(to: addresses.printer) { second in
                // Which of two connections is the first, only the printer knows.
                await printer.wait { $0.events.map(\.kind) == [.connected] }
                try await Wire.connect(to: addresses.printer) { third in
                    try await third.send(.words("B"), .lineFeed, .proof)
                    try await second.send(.words("A"), .lineFeed, .proof)
                    #expect(try await second.receive(7) == PrinterAnswer.proof.bytes)
                    #expect(printer.sheets.map(\.text) == ["A"])
                }
            }
            await printer.wait { $0.runningSheet?.lines.count == 2 }
            #expect(printer.sheets.map(\.text) == ["A\nB"])
            let kinds = printer.look { $0.events.map(\.kind) }
            #expect(kinds.filter { $0 == .connected || $0 == .disconnected }.prefix(3) == [.connected, .disconnected, .connected])
        }
    }

    @Test func whatIsBufferedIsPrintedAfterTheHostHasGone() async throws {
        try await withPrinter { printer, addresses in
            printer.set(.coverOpen, true)
            try await Wire.connect(to: addresses.printer) { wire in try await wire.send(bytes: Self.ticket.flatMap(\.bytes)) }
            await printer.wait { $0.events.contains { $0.kind == .disconnected } }
            #expect(printer.sheets.isEmpty)
            printer.set(.coverOpen, false)
            await printer.wait { !$0.finishedSheets.isEmpty }
            #expect(printer.sheets.map(\.text) == ["A"])
        }
    }

    @Test func aHostThatOutrunsThePaperIsMadeToWaitAndLosesNothing() async throws {
        try await withPrinter { printer, addresses in
            printer.set(.paperOut, true)
            let line = Command.words("0123456789").bytes + Command.lineFeed.bytes
            let bytes = Array(repeatElement(line, count: 1000).joined())
            try await Wire.connect(to: addresses.printer) { wire in
                let output = wire.output
                async let sent: Void = output.write(ByteBuffer(bytes: bytes + Command.proof.bytes))
                await printer.wait { !$0.acceptsInput }
                let held = printer.look { $0.bufferedBytes }
                #expect((1088..<1600).contains(held))
                printer.set(.paperOut, false)
                try await sent
                #expect(try await wire.receive(7) == PrinterAnswer.proof.bytes)
            }
            #expect(printer.sheets.flatMap(\.lines).count == 1000)
        }
    }

    @Test func aPictureThatBrokeOffWithItsHostIsEndedByNULs() async throws {
        try await withPrinter { printer, addresses in
            let strip = Command.raster(DotImage(width: 576, height: 64, bits: Array(repeating: 0xFF, count: 64 * 72)), scale: .normal)
            try await Wire.connect(to: addresses.printer) { wire in try await wire.send(bytes: Array(strip.bytes.prefix(999))) }
            try await Wire.connect(to: addresses.printer) { wire in
                try await wire.send(bytes: Array(repeating: 0, count: 64 * 72))
                try await wire.send(.initialize, .words("A"), .lineFeed, .proof)
                #expect(try await wire.receive(7) == PrinterAnswer.proof.bytes)
            }
            #expect(printer.sheets.map(\.text) == ["A"])
            #expect(printer.sheets.map(\.rows) == [90 + 64 + 30])
        }
    }

    @Test func clearingWhileThePaperIsOutIsAnsweredAndNothingComesOutLater() async throws {
        try await withPrinter { printer, addresses in
            printer.set(.paperOut, true)
            try await Wire.connect(to: addresses.printer) { wire in
                try await wire.send(bytes: Self.ticket.flatMap(\.bytes))
                try await wire.send(.clearBuffers, .realTimeStatus(1))
                #expect(try await wire.receive(4) == [0x37, 0x25, 0x00, 0x1A])
                printer.set(.paperOut, false)
                try await wire.send(.transmitStatus(1))
                #expect(try await wire.receive(1) == [0])
            }
            #expect(printer.sheets.isEmpty)
        }
    }

    @Test func aHungPrinterKeepsItsConnectionAndAnswersWhenItComesBack() async throws {
        try await withPrinter { printer, addresses in
            try await Wire.connect(to: addresses.printer) { wire in
                try await wire.send(.realTimeStatus(1))
                #expect(try await wire.receive(1) == [0x12])
                printer.set(.hang, true)
                try await wire.send(.realTimeStatus(4))
                printer.set(.coverOpen, true)
                printer.set(.hang, false)
                try await wire.send(.realTimeStatus(2))
                #expect(try await wire.receive(2) == [0x12, 0x16])
            }
        }
    }

    // MARK: Power

    @Test func withoutPowerConnectionsBreakAndNewOnesAreRefusedAndThenThePortIsBack() async throws {
        try await withPrinter { printer, addresses in
            try await Wire.connect(to: addresses.printer) { wire in
                try await wire.send(.realTimeStatus(1))
                #expect(try await wire.receive(1) == [0x12])
                printer.set(.powerOff, true)
                #expect(await wire.receiveAll() == [])
            }
            // Until the port is closed a connection is accepted and broken; then it is refused.
            await #expect(throws: (any Error).self) {
                while true { try await Wire.connect(to: addresses.printer) { wire in _ = await wire.receiveAll() } }
            }
            printer.set(.powerOff, false)
            #expect(try await Self.statusOnceListening(addresses.printer) == [0x12])
        }
    }

    @Test func aQuickPowerCycleBreaksTheConnectionToo() async throws {
        try await withPrinter { printer, addresses in
            try await Wire.connect(to: addresses.printer) { wire in
                try await wire.send(.realTimeStatus(1))
                #expect(try await wire.receive(1) == [0x12])
                printer.set(.powerOff, true)
                printer.set(.powerOff, false)
                #expect(await wire.receiveAll() == [])
            }
            #expect(try await Self.statusOnceListening(addresses.printer) == [0x12])
        }
    }

    /// Connects again and again until somebody answers.
    private static func statusOnceListening(_ address: ListenAddress) async throws -> [UInt8] {
        while true {
            do {
                let answer = try await Wire.connect(to: address) { wire in
                    try await wire.send(.realTimeStatus(1))
                    return try await wire.receive(1)
                }
                if !answer.isEmpty { return answer }
            } catch is NIOConnectionError {
                // Not listening yet.
                await Task.yield()
            } catch is ChannelError {
                // Accepted by the old listener, which was just closed.
                await Task.yield()
            } catch is IOError {
                // Caught by the last breath of the old listener.
                await Task.yield()
            }
        }
    }

    // MARK: Starting

    @Test func aPortInUseIsNamedWithWhatToDo() async throws {
        try await withPrinter { _, addresses in
            let second = EmulatedPrinter(
                model: .test, configuration: .init(printer: addresses.printer, paper: nil), renderer: BlockRenderer(),
                logger: Logger(label: "test"))
            let error = await #expect(throws: EmulatorError.self) { try await second.run() }
            #expect(error?.code == .portInUse)
            #expect(error?.detail.contains("Port \(addresses.printer.port)") == true)
            await #expect(throws: EmulatorError(.portInUse, "")) { try await second.addresses() }
        }
    }

    @Test func whoeverAsksForTheAddressOfAStoppedPrinterIsTold() async throws {
        let printer = EmulatedPrinter(
            model: .test, configuration: .init(paper: nil), renderer: BlockRenderer(), logger: Logger(label: "test"))
        let running = Task { try await printer.run() }
        running.cancel()
        try await running.value
        // It may have listened before it was stopped; then its address is known for ever.
        do {
            #expect(try await printer.addresses().printer.port > 0)
        } catch {
            #expect(error as? EmulatorError == EmulatorError(.stopped, ""))
        }
    }

    @Test(arguments: [
        ("7071", "127.0.0.1:7071"), ("127.0.0.1:0", "127.0.0.1:0"), ("[::1]:9100", "[::1]:9100"), ("localhost:1", "localhost:1"),
        ("::1:9100", nil), ("127.0.0.1", nil), ("host:70000", nil), (":80", nil), ("", nil),
    ])
    func anAddressIsHostAndPort(_ text: String, _ expected: String?) {
        #expect(ListenAddress(text)?.description == expected)
    }
}
