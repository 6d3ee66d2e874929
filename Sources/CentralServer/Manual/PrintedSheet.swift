public import KioskCore
import ReceiptMarkup

/// A sheet as it goes to a printer: tickets with large numbers for staff to cut and hand out, in Indonesian.
public struct PrintedSheet: Sendable {
    private let sheet: ManualSheet
    private let site: Site
    private let agency: String
    private let service: String

    /// - Parameter site: for the names; what it does not know goes by its slug.
    public init(_ sheet: ManualSheet, of site: Site) {
        self.sheet = sheet
        self.site = site
        agency = site.agency(sheet.service.agency)?.name ?? sheet.service.agency.rawValue
        service = site.service(sheet.service)?.name ?? sheet.service.service.rawValue
    }

    private static let ticketsOfPage = 24
    private var day: String? { sheet.day.flatMap(ServiceDay.init(iso8601:))?.indonesian }
    private var numbers: [TicketNumber] { (sheet.first...sheet.last).map { TicketNumber(series: sheet.series, ordinal: $0) } }

    // MARK: ReceiptLine, for a thermal printer

    /// One ticket after another, cut apart, in the project's receipt language.
    public var receipt: String {
        let head = ["\"\(escape(site.name))\", \(escape(site.city))", escape(agency), "\"\(escape(service))\""]
        let foot = "Tanggal \(escape(day ?? "....................")) pukul ........"
        let tickets = numbers.map { number in
            (head + ["^^^^^\"\(number)\"^^^^^", foot, "Nomor manual, lembar \(sheet.serial)", "="]).joined(separator: "\n")
        }
        return "{text:words}\n" + tickets.joined(separator: "\n") + "\n"
    }

    // MARK: A4, for an office's printer

    /// Pages of A4 for any number of sheets, in one file that needs nothing else.
    public static func html(_ sheets: [PrintedSheet]) -> String {
        """
        <!doctype html>
        <html lang="id">
        <head>
        <meta charset="utf-8">
        <title>Nomor antrean manual</title>
        <style>\(style)</style>
        </head>
        <body>
        \(sheets.map(\.pages).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    private var pages: String {
        let pages = stride(from: 0, to: numbers.count, by: Self.ticketsOfPage).map { start in
            Array(numbers[start..<min(numbers.count, start + Self.ticketsOfPage)])
        }
        return pages.enumerated().map { index, tickets in
            """
            <section>
            <header>
            <h1>\(html(service))</h1>
            <p>\(html(agency)), \(html(site.name)). Lembar <b>\(sheet.serial)</b>, halaman \(index + 1) dari \(pages.count),
            nomor <b>\(tickets.first.map(\.description) ?? "") sampai \(tickets.last.map(\.description) ?? "")</b>.
            Bagikan menurut urutan, tulis tanggal dan jam. Jangan difotokopi: setiap nomor hanya untuk satu orang.</p>
            <p class="staff">Nomor terakhir yang dibagikan <i></i> tanggal <i></i> petugas <i></i></p>
            </header>
            <ol>
            \(tickets.map(ticket).joined(separator: "\n"))
            </ol>
            </section>
            """
        }.joined(separator: "\n")
    }

    private func ticket(_ number: TicketNumber) -> String {
        """
        <li><small>\(html(site.name))</small><b>\(html(service))</b><strong>\(number)</strong>\
        <small class="day">\(day.map { "\($0) pukul <i></i>" } ?? "tanggal <i></i> pukul <i></i>")</small>\
        <small>\(html(agency)) · \(sheet.serial)</small></li>
        """
    }

    private func html(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }

    /// 3 by 8 tickets of 65 by 32 mm, with dashed lines to cut along.
    private static let style = """

        @page { size: A4 portrait; margin: 7mm; }
        * { box-sizing: border-box; margin: 0; }
        body { font: 8pt/1.25 "DejaVu Sans", Arial, sans-serif; color: #000; background: #fff; }
        section { width: 196mm; height: 282mm; break-after: page; overflow: hidden; }
        section:last-child { break-after: auto; }
        header { height: 25mm; overflow: hidden; }
        h1 { font-size: 13pt; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        i { display: inline-block; min-width: 12mm; border-bottom: 0.3mm solid #000; }
        .staff { margin-top: 2.5mm; }
        .staff i { min-width: 36mm; }
        ol { display: grid; grid-template-columns: repeat(3, 1fr); grid-auto-rows: 32mm; list-style: none; padding: 0;
            border-top: 0.25mm dashed #000; border-left: 0.25mm dashed #000; }
        li { display: flex; flex-direction: column; align-items: center; justify-content: space-between; padding: 1.2mm 2mm; overflow: hidden;
            text-align: center; border-right: 0.25mm dashed #000; border-bottom: 0.25mm dashed #000; }
        li b { font-size: 8.5pt; line-height: 1.1; max-height: 2.2em; overflow: hidden; }
        li strong { font-size: 25pt; line-height: 1; white-space: nowrap; }
        li small { font-size: 6.5pt; max-width: 100%; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        li .day i:first-child { min-width: 22mm; }

        """
}
