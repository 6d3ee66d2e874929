import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceLines
import DeviceSocket
import ESCPOS
import Glibc
import PrintBench
import TransportConformance
import USBTransport

/// What only USB has. `usb_printer.py` is told before it plugs the printer in.
enum USBPeculiarity: String, CaseIterable {
    case aPrinterSaysWhatItIs
    case theKernelsDriverGivesWayAndComesBack
    case aPrinterThatAnotherProgramHoldsIsRefusedAndTheProgramNamed
    case aStalledPipeIsClearedAndNothingIsLost
    case aPrinterThatStallsForEverIsGivenUpAndReset
    case emptyPacketsEndNothing
    case aOneWayPrinterIsWrittenTo
    case anotherSerialNumberIsAnotherPrinter
    case aPrinterThatIsPluggedInIsConnectedBeforeTheDelayIsOver
    case thePortStatusIsToldWhenItIsAskedFor
    case aPortStatusThatIsAlwaysTheSameMeansNothing
    case aPrinterWithoutPortStatusIsNotAskedAgain
    case aWriteOnlyPrinterSaysThatItsPaperIsOut

    /// Throws ``Misbehaviour`` when something is otherwise.
    func demand(of printer: EmulatedPrinter, port: Int) async throws {
        let cable = { try Cable.say("port \(port)") }
        switch self {
        case .aPrinterSaysWhatItIs: try await Self.introduction(cable)
        case .theKernelsDriverGivesWayAndComesBack: try await Self.driver(cable)
        case .aPrinterThatAnotherProgramHoldsIsRefusedAndTheProgramNamed: try await Self.busy(cable)
        case .aStalledPipeIsClearedAndNothingIsLost: try await Self.stalls(cable, printer)
        case .aPrinterThatStallsForEverIsGivenUpAndReset: try await Self.endlessStalls(cable)
        case .emptyPacketsEndNothing: try await Self.empties(cable)
        case .aOneWayPrinterIsWrittenTo: try await Self.oneWay(cable, printer)
        case .anotherSerialNumberIsAnotherPrinter: try await Self.serial(cable)
        case .aPrinterThatIsPluggedInIsConnectedBeforeTheDelayIsOver: try await Self.arrival(cable)
        case .thePortStatusIsToldWhenItIsAskedFor:
            try await Self.portStatus(cable, [("38", .paperOut), ("30", .paperOut), ("18", [])])
            try await Self.portStatus(
                cable, [("08", .offline), ("10", .error), ("00", [.offline, .error]), ("none", [.offline, .error])])
        case .aPortStatusThatIsAlwaysTheSameMeansNothing: try await Self.portStatus(cable, [("00", []), ("00", []), ("18", [])])
        case .aPrinterWithoutPortStatusIsNotAskedAgain: try await Self.noPortStatus(cable)
        case .aWriteOnlyPrinterSaysThatItsPaperIsOut: try await Self.paper(cable, printer)
        }
    }

    private typealias Plug = () throws -> String

    private static func introduction(_ cable: Plug) async throws {
        try Cable.say("say status 30")
        _ = try cable()
        let visit = Visit()
        let wanted = "ANJUNGAN Emulated printer, both ways, port status 30h"
        try require(try await visit.open().introduction == wanted, "it says otherwise")
    }

    private static func driver(_ cable: Plug) async throws {
        _ = try cable()
        let visit = Visit()
        let connection = try await visit.open()
        try require(try Cable.say("log") == "driver detached", "the kernel's driver did not give way")
        connection.close()
        try require(await visit.end()?.code == .closed, "it was not closed")
        try require(try Cable.say("log") == "driver detached, driver attached", "the kernel's driver did not come back")
    }

    private static func busy(_ cable: Plug) async throws {
        // As after a claim through the kernel's usbfs; the one who has the device file open is usb_printer.py itself.
        try Cable.say("say driver usbfs")
        _ = try cable()
        let visit = Visit()
        guard let error = await visit.end() else { throw Misbehaviour("nothing was heard") }
        try require(error == LineError(.busy, ""), "two hold the same printer: \(error)")
        try require(error.detail.contains("the program python3 (process \(getppid()))"), error.detail)
    }

    private static func stalls(_ cable: Plug, _ printer: EmulatedPrinter) async throws {
        try Cable.say("say stalls 2")
        _ = try cable()
        let visit = Visit()
        try await visit.open().send(BenchPrinter.ticket(1))
        await printer.wait { $0.finishedSheets.contains { $0.printID == BenchPrinter.id(1).rawValue } }
        try require(try Cable.say("log") == "driver detached, clear halt, clear halt", "the stalls were not cleared")
    }

    private static func endlessStalls(_ cable: Plug) async throws {
        try Cable.say("say stalls 1000")
        _ = try cable()
        let visit = Visit()
        try await visit.open().send(BenchPrinter.ticket(1))
        try require(await visit.end()?.code == .lost, "it was not given up")
        visit.connect()
        _ = try await visit.open()
        try require(try Cable.say("log").hasSuffix("soft reset"), "it was not reset")
    }

    private static func empties(_ cable: Plug) async throws {
        try Cable.say("say empties 5")
        _ = try cable()
        let visit = Visit()
        try await visit.open().send(Command.realTimeStatus(1).bytes)
        try require(await visit.received() == [0x12], "the answer did not come")
    }

    private static func oneWay(_ cable: Plug, _ printer: EmulatedPrinter) async throws {
        try Cable.say("say protocol 1")
        _ = try cable()
        let visit = Visit()
        let connection = try await visit.open()
        try require(connection.introduction.contains("one way"), "it says \(connection.introduction)")
        connection.send(BenchPrinter.ticket(1))
        await printer.wait { $0.finishedSheets.contains { $0.printID == BenchPrinter.id(1).rawValue } }
    }

    private static func serial(_ cable: Plug) async throws {
        _ = try cable()
        let visit = Visit(USBPrinterAddress(vendor: 0x04B8, product: 0x0E15, serial: "B0002"))
        try require(await visit.end()?.code == .notThere, "it was taken for another")
    }

    private static func portStatus(_ cable: Plug, _ steps: [(String, LineSignals)]) async throws {
        try Cable.say("say status \(steps[0].0)")
        _ = try cable()
        let visit = Visit()
        let connection = try await visit.open()
        for (status, wanted) in steps {
            try Cable.say("say status \(status)")
            connection.askSignals()
            try require(await visit.signals() == wanted, "the port status \(status) is taken for something else")
        }
        connection.close()
        _ = await visit.end()
    }

    private static func noPortStatus(_ cable: Plug) async throws {
        try Cable.say("say status none")
        _ = try cable()
        let visit = Visit()
        let connection = try await visit.open()
        try require(connection.introduction.contains("no port status"), "it says \(connection.introduction)")
        try Cable.say("say status 38")
        connection.askSignals()
        connection.send(Command.realTimeStatus(1).bytes)
        try require(await visit.next() == "received", "it was asked again")
    }

    private static func paper(_ cable: Plug, _ printer: EmulatedPrinter) async throws {
        var model = BenchPrinter.model
        (model.proof, model.automaticStatus, model.clearing) = (.none, false, .none)
        _ = try cable()
        let bench = ConformanceBench(printer: printer, address: .usb(Cable.printer), unplug: {}, plug: {})
        try await bench.withDevice(model: model) { device in
            func becomes(_ wanted: PrinterStatus) async {
                for await status in device.statuses() where status == wanted { return }
            }
            await becomes(PrinterStatus(isReady: true, conditions: []))
            try Cable.say("say status 38")
            await becomes(PrinterStatus(isReady: false, conditions: [.mediaEmpty]))
            async let printed = device.print(BenchPrinter.id(1), BenchPrinter.ticket(1))
            try Cable.say("say status 18")
            await becomes(PrinterStatus(isReady: true, conditions: []))
            try require(await printed.outcome == .sent, "the ticket was not sent")
        }
        await printer.wait { $0.finishedSheets.contains { $0.printID == BenchPrinter.id(1).rawValue } }
    }

    private static func arrival(_ cable: Plug) async throws {
        let visit = Visit()
        try require(await visit.end()?.code == .notThere, "there is a printer already")
        visit.connect(after: .seconds(3600))
        _ = try cable()
        _ = try await visit.open()
    }
}

/// One line to the USB printer, and what is heard of it.
private struct Visit: ~Copyable {
    private let line: USBPrinterLine
    private let news: AsyncStream<LineNews>
    private let report: AsyncStream<LineNews>.Continuation

    init(_ address: USBPrinterAddress = Cable.printer) {
        line = USBPrinterLine(address)
        (news, report) = AsyncStream.makeStream(of: LineNews.self)
        connect()
    }

    deinit { line.end() }

    func connect(after delay: Duration = .zero) { line.connect(after: delay) { [report] in report.yield($0) } }

    func open() async throws -> any OpenLine {
        for await item in news {
            switch item {
            case .connected(let connection): return connection
            case .received, .signals: continue
            case .disconnected(let error): throw Misbehaviour("no connection: \(error)")
            }
        }
        throw Misbehaviour("no news")
    }

    func signals() async -> LineSignals? {
        for await item in news { if case .signals(let signals) = item { return signals } }
        return nil
    }

    /// What kind of news comes next.
    func next() async -> String? {
        for await item in news {
            switch item {
            case .connected: return "connected"
            case .received: return "received"
            case .signals: return "signals"
            case .disconnected: return "disconnected"
            }
        }
        return nil
    }

    func received() async -> [UInt8]? {
        for await item in news { if case .received(let bytes) = item { return bytes } }
        return nil
    }

    /// How the connection, or the attempt, ended.
    func end() async -> LineError? {
        for await item in news { if case .disconnected(let error) = item { return error } }
        return nil
    }
}
