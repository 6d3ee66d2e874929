import ESCPOS
import ReceiptMarkup
import StrictYAML

/// Turns the mapping of one printer file into a ``PrinterModel``.
struct PrinterReader {
    let name: String
    let keys: YAMLMapping

    func read() -> PrinterModel? {
        keys.readIdentity(of: name)
        let title = keys.readName()
        let shape = readShape()
        let codePages = readCodePages()
        let qr = keys.required("qr")?.oneOf(PrinterModel.CodeSupport.self)
        let image = keys.required("image")?.oneOf(PrinterModel.ImageSupport.self)
        let talk = readTalk()
        let bufferBytes = keys.required("buffer_bytes")?.integer(in: 64...16_777_216)
        let cutter = keys.required("cutter")?.oneOf(PrinterModel.Cutter.self)
        let feedBeforeCut = keys.required("feed_before_cut")?.integer(in: 0...20)
        let sources = keys.readSources()
        let abilities = readAbilities()
        guard let title, let shape, let codePages, let qr, let image, let talk, let bufferBytes, let cutter, let feedBeforeCut,
            let sources, let abilities
        else { return nil }
        return PrinterModel(
            id: name, name: title, paperWidth: shape.paperWidth, dots: shape.dots, columns: shape.columns,
            dotsPerMillimetre: shape.dotsPerMillimetre, codePages: codePages, qr: qr, proof: talk.proof,
            automaticStatus: talk.automaticStatus, bufferBytes: bufferBytes, cutter: cutter, feedBeforeCut: feedBeforeCut, image: image,
            fontA: shape.fontA, fontB: shape.fontB, barcodes: abilities.barcodes, logoMemory: abilities.logoMemory,
            clearing: talk.clearing, quirks: abilities.quirks, speed: abilities.speed, warmUp: abilities.warmUp, usb: talk.usb,
            names: talk.names, sources: sources)
    }

    private func readCodePages() -> [CodePage: UInt8]? {
        keys.required("code_pages")?.mapping { pages in
            let entries = pages.all()
            var numbers: [CodePage: UInt8] = [:]
            for (place, name, value) in entries {
                let number = value.integer(in: 0...255).map { UInt8($0) }
                guard let page = CodePage(rawValue: name) else {
                    let known = CodePage.allCases.map(\.rawValue).joined(separator: ", ")
                    pages.refuse(at: place, "no code page is called “\(name)”", remedy: "use one of \(known), or remove it")
                    continue
                }
                if let number, let other = numbers.first(where: { $0.value == number })?.key {
                    value.refuse("the number \(number) selects \(other.rawValue) already", remedy: "remove the wrong one of the two")
                }
                numbers[page] = number
            }
            if entries.isEmpty { pages.refuse("a printer has at least one code page", remedy: "write “cp437: 0”, which nearly all have") }
            return numbers
        }
    }
}

// MARK: - Paper, dots and fonts

extension PrinterReader {
    private typealias Shape = (
        paperWidth: PrinterModel.PaperWidth, dotsPerMillimetre: Int, dots: Int, columns: Int, fontA: PrinterModel.CharacterCell,
        fontB: PrinterModel.CharacterCell?
    )

    private func readShape() -> Shape? {
        let paperWidth = readPaperWidth()
        let dotsPerMillimetre = keys.required("dots_per_millimetre")?.integer(in: 6...24)
        let dotsValue = keys.required("dots")
        let columnsValue = keys.required("columns")
        let dots = dotsValue?.integer(in: 192...2400)
        let columns = columnsValue?.integer(in: 16...200)
        let fontA = readFont("font_a", default: .a, mayBeNone: false)?.cell
        let fontB = readFont("font_b", default: .b, mayBeNone: true)
        guard let paperWidth, let dotsPerMillimetre, let dots, let columns, let fontA, let fontB else { return nil }
        if dots > paperWidth.rawValue * dotsPerMillimetre {
            dotsValue?.refuse("\(dots) dots do not fit \(paperWidth.rawValue) mm of paper", remedy: "count the dots of the printable width")
        }
        if columns * fontA.width > dots {
            columnsValue?.refuse(
                "\(columns) columns of \(fontA.width) dots do not fit \(dots) dots", remedy: "write at most \(dots / fontA.width)")
        }
        return (paperWidth, dotsPerMillimetre, dots, columns, fontA, fontB.cell)
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

    /// A font as the file has it; `none` is a font that the printer lacks.
    private enum Font {
        case cell(PrinterModel.CharacterCell)
        case none

        init?(_ text: String) {
            if text == "none" {
                self = .none
                return
            }
            let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard sides.count == 2, let width = sides[0], let height = sides[1], (6...48).contains(width), (8...96).contains(height)
            else { return nil }
            self = .cell(.init(width: width, height: height))
        }

        var cell: PrinterModel.CharacterCell? {
            if case .cell(let cell) = self { cell } else { nil }
        }
    }

    private func readFont(_ key: String, default cell: PrinterModel.CharacterCell, mayBeNone: Bool) -> Font? {
        guard let value = keys.optional(key) else { return .cell(cell) }
        let remedy = "write WIDTHxHEIGHT in dots, 6x8 to 48x96, such as \(cell.width)x\(cell.height)\(mayBeNone ? ", or none" : "")"
        return value.parsed(remedy: remedy) { text in
            Font(text).flatMap { font in font.cell == nil && !mayBeNone ? nil : font }
        }
    }
}

// MARK: - What it answers, and what else it can do

extension PrinterReader {
    private typealias Talk = (
        proof: PrinterModel.Proof, automaticStatus: Bool, clearing: PrinterModel.Clearing, usb: [USBIdentity],
        names: [String]
    )

    private func readTalk() -> Talk? {
        let proof = keys.required("proof")?.oneOf(PrinterModel.Proof.self)
        let statusValue = keys.required("automatic_status")
        let automaticStatus = statusValue?.boolean()
        let clearing = keys.choice("clearing", default: PrinterModel.Clearing.none)
        let usb = keys.readIdentities("usb")
        let names = keys.list("names", of: 0...20) { $0.text(1...40) }
        guard let proof, let automaticStatus, let clearing, let usb, let names else { return nil }
        if automaticStatus, proof == .none {
            statusValue?.refuse(
                "a printer whose proof is none answers nothing", remedy: "write “automatic_status: false”, or another proof")
        }
        if proof == .none, !names.isEmpty {
            keys.optional("names")?.refuse(
                "a printer whose proof is none does not tell its name", remedy: "remove “names”, or write another proof")
        }
        return (proof, automaticStatus, clearing, usb, names)
    }

    private typealias Abilities = (
        barcodes: Set<Barcode.System>, logoMemory: PrinterModel.LogoMemory, quirks: Set<PrinterModel.Quirk>, speed: Int, warmUp: Int
    )

    private func readAbilities() -> Abilities? {
        let barcodes = keys.list("barcodes", of: 0...20) { $0.oneOf(Barcode.System.self) }
        let logoMemory = keys.choice("logo_memory", default: PrinterModel.LogoMemory.none)
        let quirks = keys.list("quirks", of: 0...20) { $0.oneOf(PrinterModel.Quirk.self) }
        let speed = keys.integer("speed_mm_per_s", in: 10...1000, default: 150)
        let warmUp = keys.integer("warm_up_s", in: 1...120, default: 5)
        guard let barcodes, let logoMemory, let quirks, let speed, let warmUp else { return nil }
        return (Set(barcodes), logoMemory, Set(quirks), speed, warmUp)
    }
}
