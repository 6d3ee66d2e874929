import ESCPOS
import PictureRaster
import ReceiptMarkup
import TicketRaster

/// Turns a document of any known kind into one sheet for a printer, with one cut at its end.
struct Conversion {
    let model: PrinterModel

    /// - Parameter declared: the type under which it was submitted; only for what the octets themselves do not tell.
    func bytes(of document: [UInt8], declared: String) throws(FilterError) -> [UInt8] {
        let receipt: Receipt?
        let layout: Layout
        if document.starts(with: "%PDF-".utf8) || declared == "application/pdf" {
            (receipt, layout) = (nil, try pictures(of: PDFPages.render(document, width: width)))
        } else if document.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            (receipt, layout) = (nil, Layout(columns: model.columns, elements: [.image(png: document, place)]))
        } else if document.starts(with: [0xFF, 0xD8, 0xFF]) {
            (receipt, layout) = (nil, try pictures(of: PDFPages.render(JPEGWrapper.pdf(document), width: width)))
        } else {
            let lines = try declared == "application/vnd.anjungan.receipt" ? self.receipt(document) : text(document)
            (receipt, layout) = (lines, try limited(lines.layout(columns: model.columns)))
        }
        do throws(ReceiptEncodingError) {
            let encoded = try ReceiptEncoder(model: model, renderer: TicketRaster()).encoded(cutAtEnd(layout))
            for note in encoded.notes {
                let line = receipt?.line(ofElement: note.element, columns: model.columns).map { "line \($0): " } ?? ""
                Files.log("WARNING: \(line)\(note)")
            }
            return encoded.bytes
        } catch {
            throw FilterError("cannot print this document on \(model.name): \(error.description)")
        }
    }

    /// Dots that pictures have.
    private var width: Int { model.columns * model.fontA.width }
    private var place: Layout.Place { Layout.Place(start: 0, width: model.columns, align: .center) }

    private func receipt(_ document: [UInt8]) throws(FilterError) -> Receipt {
        let receipt = Receipt(parsing: try utf8(document))
        for diagnostic in receipt.diagnostics { Files.log("INFO: line \(diagnostic)") }
        return receipt
    }

    /// Every line as it is, wrapped where the paper ends.
    private func text(_ document: [UInt8]) throws(FilterError) -> Receipt {
        let lines = try utf8(document.last == 0x0A ? document.dropLast() : document[...]).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).map { line in
            let indent = line.prefix { $0 == " " }.count
            return "|" + String(repeating: "~", count: indent) + ReceiptMarkup.escape(String(line.dropFirst(indent)))
        }
        return Receipt(parsing: lines.joined(separator: "\n"))
    }

    private func utf8(_ document: some Collection<UInt8>) throws(FilterError) -> String {
        guard document.count <= Self.longestText, document.count(where: { $0 == 0x0A }) <= Self.mostLines else { throw Self.tooLong }
        guard let text = String(validating: document, as: UTF8.self) else {
            throw FilterError("the text is not UTF-8; convert it, for example with iconv -t utf-8")
        }
        return text
    }

    private func limited(_ layout: Layout) throws(FilterError) -> Layout {
        guard layout.elements.count <= Self.mostLines else { throw Self.tooLong }
        return layout
    }

    /// Octets; one line takes a hundred times its own while it is laid out.
    private static let longestText = 1 << 20
    /// Some fifteen metres of paper.
    private static let mostLines = 4000
    private static let tooLong = FilterError("the text is longer than 1 MiB or \(mostLines) lines on paper; print it in parts")

    /// In bands, because a picture has a longest height.
    private func pictures(of pages: [GreyPage]) throws(FilterError) -> Layout {
        var elements: [Layout.Element] = []
        for page in pages {
            for top in stride(from: 0, to: page.height, by: Self.bandRows) {
                let band = page.rows(top..<min(page.height, top + Self.bandRows))
                do throws(DotRenderingError) {
                    elements.append(.image(png: try PNG.encode(gray: band.pixels, width: band.width, height: band.height), place))
                } catch {
                    throw FilterError("cannot keep a page as a picture: \(error.description)")
                }
            }
        }
        return Layout(columns: model.columns, elements: elements)
    }

    private static let bandRows = 2048

    private func cutAtEnd(_ layout: Layout) -> Layout {
        var layout = layout
        if layout.elements.last != .cut { layout.elements.append(.cut) }
        return layout
    }
}
