import DeviceEmulators
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
