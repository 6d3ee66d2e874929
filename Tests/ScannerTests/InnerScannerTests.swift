import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import Logging
import ScanCodes
import Secrets
import Testing

/// Scanners in the same program, as the demo has them, go the same way as real ones.
@Suite(.timeLimit(.minutes(1))) struct InnerScannerTests {
    private static let model = ScannerModel(id: "inner", name: "Inner", content: .code([]))

    /// Scanners that see no device of this machine.
    private static func withScanners(_ body: (Scanners, inout AsyncStream<ScannerEvent>.Iterator) async throws -> Void) async throws {
        let scanners = try Scanners(models: [], logger: Logger(label: "scanners") { _ in SwiftLogNoOpLogHandler() })
        var events = scanners.events().makeAsyncIterator()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scanners.run() }
            try await body(scanners, &events)
            group.cancelAll()
        }
        while let event = await events.next(isolation: nil) { Issue.record("nobody asked for \(event)") }
    }

    private static func readiness(_ event: ScannerEvent?) -> Bool? {
        if case .status(let status) = event { status.condition == nil } else { nil }
    }

    private static func text(_ event: ScannerEvent?) -> String? {
        if case .code(let code) = event { code.text.withBytes { String(decoding: $0, as: UTF8.self) } } else { nil }
    }

    @Test func keysBecomeACode() async throws {
        try await Self.withScanners { scanners, events in
            let scanner = scanners.plug("keys", Self.model)
            #expect(Self.readiness(await events.next(isolation: nil)) == true)
            scanner.say(
                EmulatedWedge(ScannerProfile(Self.model)).records("Käse 0815".utf8.map { $0 > 0x7F ? 0x3F : $0 }, from: .seconds(1)))
            #expect(Self.text(await events.next(isolation: nil)) == "K??se 0815")
            #expect(scanners.scanners.map(\.source.kind) == [.wedge])
        }
    }

    @Test func whatHasNoKeyIsTypedByItsNumber() async throws {
        try await Self.withScanners { scanners, events in
            let scanner = scanners.plug("keys", Self.model)
            #expect(Self.readiness(await events.next(isolation: nil)) == true)
            scanner.say(EmulatedWedge(ScannerProfile(Self.model)).records([0x30, 0x31, 0x1D, 0xE9, 0x41], from: .seconds(1)))
            #expect(Self.text(await events.next(isolation: nil)) == "01\u{1D}éA")
        }
    }

    @Test func reportsBecomeACodeAndUnpluggedItIsAbsent() async throws {
        try await Self.withScanners { scanners, events in
            let scanner = scanners.plug("reports", Self.model, descriptor: EmulatedPOSScanner.descriptor)
            #expect(Self.readiness(await events.next(isolation: nil)) == true)
            let long = String(repeating: "0123456789", count: 30)
            for report in EmulatedPOSScanner().reports(Array(long.utf8)) { scanner.say(report) }
            #expect(Self.text(await events.next(isolation: nil)) == long)
            scanner.say(EmulatedPOSScanner().reports(Array(long.utf8))[0])
            scanner.unplug()
            let ignored = await events.next(isolation: nil)
            if case .ignored(_, .incomplete) = ignored {} else { Issue.record("half a code is \(String(describing: ignored))") }
            #expect(Self.readiness(await events.next(isolation: nil)) == false)
            let again = scanners.plug("reports", Self.model, descriptor: EmulatedPOSScanner.descriptor)
            #expect(Self.readiness(await events.next(isolation: nil)) == true)
            for report in EmulatedPOSScanner().reports(Array("again".utf8)) { again.say(report) }
            #expect(Self.text(await events.next(isolation: nil)) == "again")
        }
    }
}
