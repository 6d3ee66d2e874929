import DeviceEmulators
import DeviceSocket
import Foundation
import PrintBench
import ReaderBench
import Synchronization
import TransportConformance
import USBTransport

/// CUPS's own usb backend, which nobody here wrote: it must find the emulated printer, and a ticket through it must come out.
enum Judge {
    /// Where Debian's package `cups` has it; another place may be said, where the package is only unpacked.
    private static let backend = ProcessInfo.processInfo.environment["ANJUNGAN_USB_BACKEND"] ?? "/usr/lib/cups/backend/usb"

    static func hear(_ printer: EmulatedPrinter) async throws {
        let found = try await run([])
        let uri = "usb://ANJUNGAN/Emulated%20printer?serial=A0001"
        let id = "MFG:ANJUNGAN;MDL:Emulated printer;CMD:ESC/POS;CLS:PRINTER;SN:A0001;"
        let line = "direct \(uri) \"ANJUNGAN Emulated printer\" \"ANJUNGAN Emulated printer\" \"\(id)\" \"\""
        try require(found.split(separator: "\n").contains { $0 == line }, "CUPS's backend found this: \(found)")

        let file = FileManager.default.temporaryDirectory.appending(path: "judge-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(BenchPrinter.ticket(1)).write(to: file)
        // One way: it would wait seven seconds for the end of what a silent printer says.
        _ = try await run(["1", "anybody", "ticket", "1", "usb-unidir=true", file.path], uri: uri)
        await printer.wait { $0.finishedSheets.contains { $0.printID == BenchPrinter.id(1).rawValue } }
        try require(printer.sheets.count == 1, "there are \(printer.sheets.count) sheets")
        try require(printer.sheets[0].lines.count == 8, "the sheet says \(printer.sheets[0].lines)")
    }

    /// The same while a reader is plugged in and out and its card read, until the sheet has come out.
    static func hearWhileReadersComeAndGo(_ printer: EmulatedPrinter) async throws {
        let cable = try ReaderCable()
        cable.model.insert(ReaderBehaviour.tag)
        try await ReaderTable.serve([USBReaderPorts()]) { _, events in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let isHeard = Mutex(false)
                group.addTask {
                    try await hear(printer)
                    isHeard.withLock { $0 = true }
                }
                var cycles = 0
                while cycles < 5 || !isHeard.withLock({ $0 }) {
                    try cable.plug(port: 1 + cycles % 3)
                    _ = try await events.card()
                    try cable.unplug()
                    try await events.removal()
                    cycles += 1
                }
                try await group.waitForAll()
            }
        }
    }

    /// What it wrote. `uri` is the device's, when there is something to print.
    private static func run(_ arguments: [String], uri: String? = nil) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: backend)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["DEVICE_URI"] = uri
        process.environment = environment
        let output = Pipe()
        let complaints = Pipe()
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        async let words = output.fileHandleForReading.readToEnd()
        let trouble = try complaints.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        try require(
            process.terminationStatus == 0,
            "CUPS's backend ended with \(process.terminationStatus): \(String(decoding: trouble ?? Data(), as: UTF8.self))")
        return String(decoding: try await words ?? Data(), as: UTF8.self)
    }
}
