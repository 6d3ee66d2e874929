import Conditions
import DeviceEmulators
import DeviceLines
import DeviceSocket
import ESCPOS
import LoopbackWeb
import PrintBench
import ReceiptMarkup
import Testing

@testable import DeviceLayer

/// The logo in the printer's memory, over TCP and on paper.
@Suite(.timeLimit(.minutes(15))) struct LogoMemoryTests {
    static let model: PrinterModel = {
        var model = BenchPrinter.model
        model.logoMemory = .graphics
        return model
    }()
    /// As high as one strip.
    static let picture = DotImage(width: 192, height: 24) { ($0 * $1 + $0 / 7) % 3 == 0 }
    static let logo = StoredLogo(picture, model: model)!

    /// What the encoder would send of a receipt with the logo.
    static let ticket: [UInt8] =
        ([
            .initialize, .align(.center), .raster(picture, scale: .normal), .align(.left), .text(Array("A-001".utf8)), .lineFeed,
            .feedLines(5), .cut(.here(.partial)),
        ] as [Command]).flatMap(\.bytes)

    /// A device layer that runs while `body` does, for whatever printer answers at the port.
    static func withDevice(at port: Int, _ body: @Sendable (PrinterDevice) async throws -> Void) async throws {
        var patience = SessionPatience()
        patience.poll = .milliseconds(200)
        patience.idlePoll = .milliseconds(200)
        patience.reconnect = .milliseconds(50)
        patience.longestReconnect = .milliseconds(200)
        let device = PrinterDevice(
            name: "ticket", model: model, address: PrinterAddress(host: "127.0.0.1", port: port), ledger: MemoryLedger(), logo: logo,
            patience: patience, logger: BenchPrinter.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await device.run() }
            try await body(device)
            group.cancelAll()
        }
    }

    /// A printer of its own, there while `body` runs.
    static func withPrinter<Answer: Sendable>(
        at port: Int = 0, _ body: @Sendable (EmulatedPrinter, Int) async throws -> Answer
    ) async throws -> Answer {
        let printer = BenchPrinter.emulated(model: model, port: port)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await printer.run() }
            defer { group.cancelAll() }
            return try await body(printer, try await printer.addresses().printer.port)
        }
    }

    /// The bytes that a ticket takes, and the dots that come of it.
    static func printed(_ number: Int, _ device: PrinterDevice, _ printer: EmulatedPrinter) async throws -> (bytes: Int, dots: DotImage) {
        let before = printer.look(\.bytesReceived)
        let result = await device.print(BenchPrinter.id(number), ticket)
        #expect(result == PrintResult(.printed))
        let bytes = printer.look(\.bytesReceived) - before
        return (bytes, try #require(printer.sheets.last { $0.isCut }?.picture))
    }

    static func upload(_ number: Int, _ device: PrinterDevice, _ bytes: [UInt8] = logo.upload) async {
        #expect(await device.print(BenchPrinter.id(number), bytes) == PrintResult(.printed))
    }

    @Test func afterTheUploadTheTicketComesWithoutItsPictureAndLooksTheSame() async throws {
        try await Self.withPrinter { printer, port in
            try await Self.withDevice(at: port) { device in
                let carried = try await Self.printed(1, device, printer)
                #expect(await device.holdsLogo == false)
                await Self.upload(2, device)
                let short = try await Self.printed(3, device, printer)
                #expect(await device.holdsLogo == true)
                #expect(short.dots == carried.dots)
                #expect(carried.bytes - short.bytes > Self.picture.bits.count - 200, "\(carried.bytes), then \(short.bytes)")
                #expect(short.bytes < 400)
            }
            // The next program that comes is told by the printer.
            try await Self.withDevice(at: port) { device in
                for await status in device.statuses() where status.isReady { break }
                let bytes = try await Self.printed(4, device, printer).bytes
                #expect(bytes < 400)
                #expect(await device.introduction().answers.contains(DeviceIdentity.Answer(question: "logo", text: "stored")))
            }
        }
    }

    @Test func anotherPrinterInItsPlaceGetsThePictureUntilItHasTheLogo() async throws {
        let port = try await Self.withPrinter { printer, port in
            try await Self.withDevice(at: port) { device in
                await Self.upload(1, device)
                let bytes = try await Self.printed(2, device, printer).bytes
                #expect(bytes < 400)
            }
            return port
        }
        try await Self.withDevice(at: port) { device in
            try await Self.withPrinter(at: port) { other, _ in
                let carried = try await Self.printed(3, device, other)
                #expect(carried.bytes > Self.picture.bits.count)
                await Self.upload(4, device)
                let short = try await Self.printed(5, device, other)
                #expect(short.bytes < 400 && short.dots == carried.dots)
            }
            // And a third one, while the same device layer waits.
            try await Self.withPrinter(at: port) { third, _ in
                let bytes = try await Self.printed(6, device, third).bytes
                #expect(bytes > Self.picture.bits.count)
            }
        }
    }

    @Test func whoeverTouchesTheMemoryThroughUsIsNoticed() async throws {
        try await Self.withPrinter { printer, port in
            try await Self.withDevice(at: port) { device in
                await Self.upload(1, device)
                let short = try await Self.printed(2, device, printer)
                await Self.upload(3, device, Command.deleteLogo(LogoKey("AL")!).bytes)
                let carried = try await Self.printed(4, device, printer)
                #expect(short.bytes < 400 && carried.bytes > Self.picture.bits.count && carried.dots == short.dots)
            }
        }
    }

    /// The line breaks inside the picture; what makes the printer forget then fills it up with white.
    @Test func anUploadThatBreaksOffLeavesThePictureInTheTicket() async throws {
        try await Self.withPrinter { printer, port in
            try await Self.withDevice(at: port) { device in await Self.upload(1, device) }
            let upload = Self.logo.upload
            let half = Array(upload[..<(try #require(upload.firstRange(of: Self.picture.bits.prefix(64))?.upperBound))])
            let line = PrinterAddress(host: "127.0.0.1", port: port).line()
            let (sent, sends) = AsyncStream.makeStream(of: Void.self)
            line.connect(after: .zero) { news in
                guard case .connected(let connection) = news else { return }
                connection.send(half)
                connection.whenWritten { sends.finish() }
            }
            for await _ in sent {}
            await printer.wait { $0.bufferedBytes >= 64 }
            line.end()
            try await Self.withDevice(at: port) { device in
                let carried = try await Self.printed(2, device, printer)
                #expect(await device.holdsLogo == false)
                await Self.upload(3, device)
                let short = try await Self.printed(4, device, printer)
                #expect(carried.dots == short.dots && short.bytes < 400 && carried.bytes > Self.picture.bits.count)
            }
        }
    }
}
