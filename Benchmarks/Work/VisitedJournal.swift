import Conditions
import DeviceLayer
import DeviceSocket
import Foundation
import Journal
import KioskCore

/// A kiosk's journal with a backlog, written as a kiosk writes it: visits whose paper comes out.
enum VisitedJournal {
    /// At least `entries` in the transactions lane.
    static func make(_ folder: String, _ name: (site: SiteID, kiosk: KioskID), entries: Int) async throws -> Journal {
        guard let service = ServiceKey("disdukcapil/kartu-keluarga") else { preconditionFailure("This is a name") }
        let journal = try await Journal.open(directory: folder, site: name.site, kiosk: name.kiosk, zone: .jakarta, recipient: nil)
        let request = TicketRequest(service: service, series: "KKA", day: ServiceDay(number: 20_778))
        // Three entries a visit: issued, printed, delivered. Several visits at once share the disk's time.
        _ = try await inTurn(Array(0..<(entries + 2) / 3), atOnce: 16) { _ in
            let ticket = try await journal.issue(request)
            guard let sheet = PrintID("\(ticket.id).1") else { preconditionFailure("This is a print id") }
            _ = try await journal.begin(sheet)
            _ = try await journal.settle(sheet, PrintResult(.printed))
            _ = try await journal.recordDelivery(of: ticket.id, by: .paper)
        }
        return journal
    }
}
