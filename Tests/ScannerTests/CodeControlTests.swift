import DeviceEmulators
import DeviceLayer
import DeviceProfiles
import Logging
import ScanCodes
import Secrets
import Testing

/// What other front ends are told of a code: that there was one, and itself only where they ask for codes.
@Suite(.timeLimit(.minutes(1))) struct CodeControlTests {
    private static let reader = ScannerModel(
        id: "inner", name: "Inner", content: .cardNumber(.init(notation: .decimal, order: .firstLowest, octets: 4, digits: 10)))

    /// What a front end hears of a card number that is typed.
    private static func heard(codes: Bool) async throws -> [String] {
        let scanners = try Scanners(models: [], logger: Logger(label: "scanners") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scanners.run() }
            defer { group.cancelAll() }
            let scanner = scanners.plug("reader", reader)
            var lines: [String] = []
            for await event in DeviceControl(readers: nil, scanners: scanners).events(codes: codes) {
                lines.append(try event.json())
                if case .code = event { break }
                scanner.say(EmulatedWedge(ScannerProfile(reader)).records("2435555844".utf8, from: .seconds(1)))
            }
            return lines
        }
    }

    @Test func aCardNumberIsInNoEventUnlessCodesAreAskedFor() async throws {
        let lines = try await Self.heard(codes: false)
        #expect(lines.last == #"{"code":{"kind":"card","length":10,"scanner":"reader"},"event":"code"}"#)
    }

    @Test func whoAsksForCodesIsToldTheNumberAndWhatItMeans() async throws {
        let lines = try await Self.heard(codes: true)
        let octets = "32343335353535383434"
        #expect(
            lines.last
                == #"{"code":{"identifier":"04A22B91","kind":"card","length":10,"octets":"\#(octets)","scanner":"reader"},"event":"code"}"#)
        #expect(lines.first?.contains(#""kind":"scanner""#) == true)
    }
}
