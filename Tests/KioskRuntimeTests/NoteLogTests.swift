import DeviceProfiles
import Foundation
import KioskCore
import Logging
import SiteBundle
import Synchronization
import Testing

@testable import KioskRuntime

/// What tickets show otherwise than their template says, as the log tells it.
@Suite struct NoteLogTests {
    /// Keeps what is logged.
    final class Lines: Sendable {
        let all = Mutex<[String]>([])
        var logger: Logger { Logger(label: "notes") { _ in Handler(lines: self) } }
    }

    struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let note = event.metadata?["note"].map { "\($0)" } ?? ""
            lines.all.withLock { $0.append("\(event.level) \(event.message) \(note)") }
        }
    }

    @Test func eachIsToldOnceAndNamesNoValue() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("notes-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: URL(fileURLWithPath: "\(KioskBench.root)/Kiosk/templates"), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let template = "{{print_id}}\n|{{agency}} \u{10FFFD}|\n{option:qrcode,8,h}\n{code:{{claim_code}}{{claim_code}} }\n="
        try template.write(to: folder.appendingPathComponent("ticket.receipt"), atomically: true, encoding: .utf8)
        let site = try SiteSource.read("pekanbaru", in: "\(KioskBench.root)/Kiosk/sites")
        let lines = Lines()
        let model = try DeviceProfiles.printer(named: "emulated-58", in: "\(KioskBench.root)/Devices")
        let press = try TicketPress(site: site, model: model, templates: folder.path, logger: lines.logger)
        let id = TicketID(UUIDv7(time: WallTime(milliseconds: 1), random: (1, 2)))
        for (number, code) in [(1, "7K2M9QX4TB"), (2, "ZZZZZZZZZZ")] {
            let ticket = Ticket(
                id: id, number: TicketNumber(series: "PZA", ordinal: number), service: KioskBench.service, day: ServiceDay(number: 0),
                issuedAt: WallTime(milliseconds: 1), claimCode: code)
            _ = try press.sheet(of: ticket, PrintCopy(id, number: 1))
        }
        let told = lines.all.withLock { $0 }
        #expect(told.count == 1, "\(told)")
        #expect(told.first?.hasPrefix("warning ") == true && told.first?.contains("U+10FFFD") == true)
        #expect(!told.contains { $0.contains("7K2M") || $0.contains("DPMPTSP") })
    }
}
