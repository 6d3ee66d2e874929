import ESCPOS
import StrictYAML

/// Turns the mapping of one printer file into a ``PrinterModel``.
struct PrinterReader {
    let name: String
    let keys: YAMLMapping

    func read() -> PrinterModel? {
        readIdentity()
        let title = keys.required("name")?.text(1...80)
        let paperWidth = readPaperWidth()
        let dotsPerMillimetre = keys.required("dots_per_millimetre")?.integer(in: 6...24)
        let dotsValue = keys.required("dots")
        let columnsValue = keys.required("columns")
        let dots = dotsValue?.integer(in: 192...2400)
        let columns = columnsValue?.integer(in: 16...200)
        let codePages = readCodePages()
        let qr = keys.required("qr")?.oneOf(PrinterModel.CodeSupport.self)
        let image = keys.required("image")?.oneOf(PrinterModel.ImageSupport.self)
        let proof = keys.required("proof")?.oneOf(PrinterModel.Proof.self)
        let statusValue = keys.required("automatic_status")
        let automaticStatus = statusValue?.boolean()
        let bufferBytes = keys.required("buffer_bytes")?.integer(in: 64...16_777_216)
        let cutter = keys.required("cutter")?.oneOf(PrinterModel.Cutter.self)
        let feedBeforeCut = keys.required("feed_before_cut")?.integer(in: 0...20)
        guard let title, let paperWidth, let dotsPerMillimetre, let dots, let columns, let codePages, let qr, let image, let proof,
            let automaticStatus, let bufferBytes, let cutter, let feedBeforeCut
        else { return nil }
        if dots > paperWidth.rawValue * dotsPerMillimetre {
            dotsValue?.refuse("\(dots) dots do not fit \(paperWidth.rawValue) mm of paper", remedy: "count the dots of the printable width")
        }
        if columns * Self.characterDots > dots {
            columnsValue?.refuse(
                "\(columns) columns of 12 dots do not fit \(dots) dots", remedy: "write at most \(dots / Self.characterDots)")
        }
        if automaticStatus, proof == .none {
            statusValue?.refuse(
                "a printer whose proof is none answers nothing", remedy: "write “automatic_status: false”, or another proof")
        }
        return PrinterModel(
            id: name, name: title, paperWidth: paperWidth, dots: dots, columns: columns, dotsPerMillimetre: dotsPerMillimetre,
            codePages: codePages, qr: qr, proof: proof, automaticStatus: automaticStatus, bufferBytes: bufferBytes, cutter: cutter,
            feedBeforeCut: feedBeforeCut, image: image)
    }

    /// Font A is 12 dots wide on all of these printers.
    private static let characterDots = 12

    private func readIdentity() {
        let value = keys.required("id")
        let remedy = "use 2 to 40 of a-z, 0-9 and -, the name of the file"
        let id = value?.parsed(remedy: remedy) { text in
            (2...40).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D } ? text : nil
        }
        if let value, let id, id != name {
            value.refuse("“id” is “\(id)” in the file \(name).yaml", remedy: "give both the same name")
        }
    }

    private func readPaperWidth() -> PrinterModel.PaperWidth? {
        guard let value = keys.required("paper_millimetres"), let number = value.integer(in: 1...1000) else { return nil }
        guard let width = PrinterModel.PaperWidth(rawValue: number) else {
            let widths = PrinterModel.PaperWidth.allCases.map { "\($0.rawValue)" }.joined(separator: " or ")
            value.refuse("no layout is made for \(number) mm of paper", remedy: "write \(widths)")
            return nil
        }
        return width
    }

    private func readCodePages() -> [CodePage: UInt8]? {
        keys.required("code_pages")?.mapping { pages in
            let entries = pages.all()
            var numbers: [CodePage: UInt8] = [:]
            for (place, name, value) in entries {
                let number = value.integer(in: 0...255)
                guard let page = CodePage(rawValue: name) else {
                    let known = CodePage.allCases.map(\.rawValue).joined(separator: ", ")
                    pages.refuse(at: place, "no code page is called “\(name)”", remedy: "use one of \(known), or remove it")
                    continue
                }
                numbers[page] = number.map { UInt8($0) }
            }
            if entries.isEmpty { pages.refuse("a printer has at least one code page", remedy: "write “cp437: 0”, which nearly all have") }
            return numbers
        }
    }
}
