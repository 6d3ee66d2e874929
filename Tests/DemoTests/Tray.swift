import DeviceEmulators
import DeviceProfiles
import ESCPOS
import Foundation
import Journal
import KioskCore
import KioskRuntime
import Logging
import ReceiptMarkup
import SiteBundle
import TicketRaster

/// The dots of the sheets in the emulated printer's tray, by print id.
///
/// No reader of pictures is needed to know that no picture bears a number: a ticket is laid out anew from what the journal has of it, and
/// the journal knows nobody. Where that gives the same dots, nothing else is on the paper.
struct Tray: Sendable {
    private(set) var pictures: [String: [UInt8]] = [:]
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Those whose dots the printer still has.
    static func read(_ demo: DemoProcess) async throws -> Tray {
        struct Report: Decodable {
            struct Sheet: Decodable {
                var number: Int
                var printId: String?
                var picture: Bool
            }
            var sheets: [Sheet]
        }
        var tray = Tray()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = try decoder.decode(Report.self, from: try await Paper.get("paper.json", of: demo))
        for sheet in report.sheets where sheet.picture {
            guard let id = sheet.printId else { continue }
            tray.pictures[id] = [UInt8](try await Paper.get("sheets/\(sheet.number)/dots", of: demo))
        }
        return tray
    }

    /// Print ids of sheets on which there are other dots than the journal's tickets have.
    func unexplained(by tickets: [Ticket], model name: String, site: String) throws -> [String] {
        let model = try DeviceProfiles.printer(named: name, in: "\(Self.folder)/Devices")
        let press = try TicketPress(
            site: try SiteSource.read(site, in: "\(Self.folder)/Kiosk/sites"), model: model, templates: "\(Self.folder)/Kiosk/templates",
            logger: Logger(label: "tray") { _ in SwiftLogNoOpLogHandler() })
        var open = pictures
        for ticket in tickets {
            let copy = PrintCopy(ticket.id, number: 1)
            guard let picture = open[copy.description] else { continue }
            let paper = PrintedPaper(of: try press.sheet(of: ticket, copy), on: model, renderer: TicketRaster())
            if let own = paper.sheets.first, trimmed(own.bits) == trimmed(picture) { open[copy.description] = nil }
        }
        return open.keys.sorted()
    }

    /// Without blank paper above and below: it depends on what was printed before.
    private func trimmed(_ bits: [UInt8]) -> ArraySlice<UInt8> {
        guard let first = bits.firstIndex(where: { $0 != 0 }), let last = bits.lastIndex(where: { $0 != 0 }) else { return [] }
        return bits[first...last]
    }
}
