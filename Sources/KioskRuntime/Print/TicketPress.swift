public import ESCPOS
import Foundation
public import KioskCore
public import Logging
import PaperTemplates
import ProjectFiles
import ReceiptMarkup

/// Makes the bytes of a ticket from `ticket.receipt`.
public struct TicketPress: Sendable {
    let site: Site
    let press: PaperPress
    let logo: Base64
    let notes: NoteLog

    /// Why a template cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        public var description: String
    }

    /// Reads `ticket.receipt` and `logo.png` of a templates folder, and proves them with a ticket.
    public init(site: Site, model: PrinterModel, templates: String, logger: Logger) throws {
        self.site = site
        notes = NoteLog(logger)
        guard let logo = Base64(bytes: try Self.read("\(templates)/logo.png")) else {
            throw Unusable(description: "\(templates)/logo.png is empty; put a picture there")
        }
        self.logo = logo
        press = try PaperPress("ticket", in: templates, model: model)
        try prove(templates)
    }

    /// Lays out one ticket, so that a template or a logo that cannot be printed is found before opening and not by a citizen.
    private func prove(_ templates: String) throws {
        let uuid = UUIDv7(time: WallTime(milliseconds: 0), random: (0, 0))
        guard let agency = site.agencies.first(where: { !$0.services.isEmpty }), let service = agency.services.first else {
            throw Unusable(description: "site \(site.id) has no service; add one to its site.yaml")
        }
        let ticket = Ticket(
            id: TicketID(uuid), number: TicketNumber(series: service.prefix + "A", ordinal: 1), service: ServiceKey(agency.id, service.id),
            day: ServiceDay(number: 0), issuedAt: WallTime(milliseconds: 0), claimCode: "0000000000")
        do {
            // The original and its copy need not have the same fields.
            for number in [1, 2] { _ = try sheet(of: ticket, PrintCopy(ticket.id, number: number)) }
        } catch {
            throw Unusable(description: "\(templates): a ticket cannot be laid out: \(error); correct ticket.receipt or logo.png")
        }
    }

    static func read(_ path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unusable(description: "\(path) cannot be read; put the file there or correct kiosk_directory")
        }
        return data
    }

    /// One sheet, ready for the printer. Copies after the first bear SALINAN.
    public func sheet(of ticket: Ticket, _ copy: PrintCopy) throws -> [UInt8] {
        let encoded = try press.encoded(fields(of: ticket, copy))
        notes.tell(encoded.notes)
        return encoded.bytes
    }

    private func fields(of ticket: Ticket, _ copy: PrintCopy) -> Fields {
        [
            "print_id": "\(copy)",
            "salinan": .flag(copy.number > 1),
            "logo": .base64(logo),
            "mall": .text(site.name),
            "city": .text(site.city),
            "agency": .text(site.agency(ticket.service.agency)?.name ?? ticket.service.agency.rawValue),
            "service": .text(site.service(ticket.service)?.name ?? ticket.service.service.rawValue),
            "number": "\(ticket.number)",
            "date": .text(ticket.day.indonesian),
            "time": .text(ticket.issuedAt.clock(in: site.timeZone)),
            "zone": .text(site.timeZone.abbreviation),
            "claim_code": .text(ticket.claimCode),
            "note": .absent,
        ]
    }
}
