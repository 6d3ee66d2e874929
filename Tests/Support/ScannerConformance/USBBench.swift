import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import ESCPOS
import Foundation
import Logging
import ScanCodes
import Secrets

/// Something was otherwise than it has to be.
struct Misbehaviour: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Throws ``Misbehaviour`` unless it is so.
func require(_ isSo: Bool, _ otherwise: @autoclosure () -> String) throws { if !isSo { throw Misbehaviour(otherwise()) } }

/// The devices that `usb_scanners.py` holds, and the scanners that look at them.
struct USBBench {
    /// A scanner of codes as a keyboard (1209:0005) and as a POS scanner (1209:0004), and a reader that types card numbers (1209:0003).
    static let models = [
        ScannerModel(
            id: "emulated-scanner", name: "Emulated scanner", wedge: ["1209:0005"].compactMap { .init($0) },
            posScanner: ["1209:0004"].compactMap { .init($0) }, content: .code([])),
        ScannerModel(
            id: "emulated-wedge", name: "Emulated reader that types", wedge: ["1209:0003"].compactMap { .init($0) },
            content: .cardNumber(.init(notation: .decimal, order: .firstLowest, octets: 4, digits: 10))),
    ]

    let scanners: Scanners
    private var events: AsyncStream<ScannerEvent>.Iterator

    init(_ scanners: Scanners) {
        self.scanners = scanners
        events = scanners.events().makeAsyncIterator()
    }

    /// Tells the holder of the devices, waits until that is done, and returns the answer.
    @discardableResult static func say(_ line: String) throws -> String {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
        guard let answer = readLine() else { throw Misbehaviour("nobody holds the devices; run this under usb_scanners.py") }
        return answer
    }

    /// Plugs a device in.
    static func plug(_ name: String, _ usb: String, serial: String = "-", port: String = "1-2", descriptor: [UInt8]? = nil) throws {
        let hexadecimal = descriptor.map { $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        try say("plug \(name) \(descriptor == nil ? "keys" : "reports") \(usb) \(serial) \(port) \(hexadecimal ?? "")")
    }

    /// One write of a device: records, or a report.
    static func write(_ name: String, _ octets: [UInt8]) throws {
        try say("write \(name) " + octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
    }

    /// Types a text as the emulated scanner does, some records at a time.
    static func type(_ name: String, _ text: String, gap: Duration = .milliseconds(8), from start: Duration = .seconds(1000)) throws {
        let records = EmulatedWedge(ScannerProfile(), gap: gap).records(text.utf8, from: start)
        // The kernel tells of each keystroke alone; a pipe holds some.
        for begin in stride(from: 0, to: records.count, by: 20 * EventRecord.size) {
            try write(name, Array(records[begin..<min(begin + 20 * EventRecord.size, records.count)]))
        }
    }

    mutating func next() async throws -> ScannerEvent {
        guard let event = await events.next(isolation: nil) else { throw Misbehaviour("the scanners have ended") }
        return event
    }

    /// The next event must be this status.
    mutating func expect(_ condition: ConditionCode?, of name: String) async throws {
        let event = try await next()
        guard case .status(let status) = event, status.source.name == name, status.condition == condition else {
            throw Misbehaviour("\(event) came instead of \(condition?.rawValue ?? "ready") of \(name)")
        }
        try require(condition == nil ? status.detail.isEmpty : status.detail.contains("/dev/"), "its detail is “\(status.detail)”")
    }

    /// The next event must be this code.
    @discardableResult mutating func expect(_ text: String, from name: String, _ kind: ScannerModel.Kind = .wedge) async throws
        -> ScannedCode
    {
        let event = try await next()
        guard case .code(let code) = event else { throw Misbehaviour("\(event) came instead of a code") }
        let read = code.text.withBytes { String(decoding: $0, as: UTF8.self) }
        try require(read == text, "it read “\(read)”")
        try require(code.source.name == name && code.source.kind == kind, "it came from \(code.source)")
        return code
    }

    /// The next event must be that something was no code.
    mutating func expect(_ reason: KeystrokeMachine.Reason, of name: String) async throws {
        let event = try await next()
        guard case .ignored(let source, reason) = event, source.name == name else {
            throw Misbehaviour("\(event) came instead of \(reason) of \(name)")
        }
    }
}
