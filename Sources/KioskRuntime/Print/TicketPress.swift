public import ESCPOS
import Foundation
public import KioskCore
import Mustache
import ReceiptMarkup
import TicketRaster

/// Makes the bytes of a ticket: fields into the template, markup into a layout, layout into ESC/POS.
public struct TicketPress: Sendable {
    let site: Site
    let model: PrinterModel
    let template: MustacheTemplate
    /// Base64 of the PNG.
    let logo: String

    /// Why a template cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        public var description: String
    }

    /// Reads `ticket.receipt` and `logo.png` of a templates folder, and proves them with a ticket.
    public init(site: Site, model: PrinterModel, templates: String) throws {
        self.site = site
        self.model = model
        let source = try Self.read("\(templates)/ticket.receipt")
        logo = try Self.read("\(templates)/logo.png").base64EncodedString()
        do {
            // Values are escaped for the markup below; Mustache's own escaping is for HTML.
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + String(decoding: source, as: UTF8.self))
        } catch {
            throw Unusable(description: "\(templates)/ticket.receipt: \(error); correct the Mustache tags")
        }
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
            _ = try sheet(of: ticket, PrintCopy(ticket.id, number: 2))
        } catch {
            throw Unusable(description: "\(templates): a ticket cannot be laid out: \(error); correct ticket.receipt or logo.png")
        }
    }

    private static func read(_ path: String) throws -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unusable(description: "\(path) cannot be read; put the file there or correct kiosk_directory")
        }
        return data
    }

    /// One sheet, ready for the printer. Copies after the first bear SALINAN.
    public func sheet(of ticket: Ticket, _ copy: PrintCopy) throws -> [UInt8] {
        let receipt = Receipt(parsing: markup(of: ticket, copy))
        return try ReceiptEncoder(model: model, renderer: TicketRaster()).encode(receipt.layout(columns: model.columns))
    }

    /// The filled template.
    func markup(of ticket: Ticket, _ copy: PrintCopy) -> String {
        let values: [String: String] = [
            "print_id": copy.description,
            "mall": site.name,
            "city": site.city,
            "agency": site.agency(ticket.service.agency)?.name ?? ticket.service.agency.rawValue,
            "service": site.service(ticket.service)?.name ?? ticket.service.service.rawValue,
            "number": ticket.number.description,
            "date": ticket.day.indonesian,
            "time": ticket.issuedAt.clock(in: site.timeZone),
            "zone": site.timeZone.abbreviation,
            "claim_code": ticket.claimCode,
        ]
        var fields: [String: any Sendable] = values.mapValues { ReceiptMarkup.escape($0) }
        fields["logo"] = logo
        fields["salinan"] = copy.number > 1
        return template.render(fields)
    }
}
