public import ReceiptMarkup

/// Turns a layout into the bytes for one printer, with the commands that nearly every printer understands.
///
/// A value without state: encode on as many tasks as there are. Logos are decoded once, by the renderer.
public struct ReceiptEncoder: Sendable {
    public let model: PrinterModel
    let renderer: any DotRenderer
    let pages: PagesOfModel

    /// `renderer` draws pictures, and the characters and codes that the printer does not have.
    public init(model: PrinterModel, renderer: any DotRenderer) {
        self.model = model
        self.renderer = renderer
        pages = PagesOfModel(model)
    }

    /// The whole receipt, from the reset to the last cut.
    public func encode(_ layout: Layout) throws(ReceiptEncodingError) -> [UInt8] {
        try encoded(layout).bytes
    }

    /// ``encode(_:)`` as commands; device commands of the layout are what they decode to.
    public func commands(for layout: Layout) throws(ReceiptEncodingError) -> [Command] {
        var decoder = CommandDecoder()
        let commands = decoder.feed(try encode(layout))
        return decoder.pending.isEmpty ? commands : commands + [.unknown(decoder.pending)]
    }

    /// ``encode(_:)`` with what whoever wrote the template should know.
    public func encoded(_ layout: Layout) throws(ReceiptEncodingError) -> EncodedReceipt {
        guard layout.columns <= model.columns else {
            throw ReceiptEncodingError(
                .layoutTooWide,
                "The layout has \(layout.columns) columns, but \(model.name) prints \(model.columns); lay it out for \(model.columns).")
        }
        let plan = CodePagePlan(layout, pages)
        var run = EncodingRun(self, CommandWriter(model: model, pages: pages, plan: plan))
        let elements = layout.elements[..<layout.endOfPaper]
        for (index, element) in elements.enumerated() { try run.write(element, isDrawn: plan.drawn.contains(index), at: index) }
        return EncodedReceipt(bytes: run.writer.bytes, notes: run.notes)
    }
}

/// The bytes of a receipt and what was made otherwise than the markup says.
public struct EncodedReceipt: Hashable, Sendable {
    public var bytes: [UInt8]
    public var notes: [EncodingNote]
}

/// Something that is on the paper, but not as the markup says.
public struct EncodingNote: Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// No installed font has a character; a box stands in its place.
        case missingGlyph = "missing-glyph"
        /// An emoji stands there without its skin tone or its companions, or a flag as letters.
        case emojiSimplified = "emoji-simplified"
        /// A code was drawn with thinner bars or smaller modules, so that it fits the paper.
        case codeNarrowed = "code-narrowed"
        /// A code fits the paper in no way; what it holds stands there in letters.
        case codeInLetters = "code-in-letters"
    }

    public var code: Code
    /// Index of the element in the layout.
    public var element: Int
    /// What is otherwise, and what to do.
    public var detail: String

    public var description: String { "\(code.rawValue): \(detail)" }
}

/// Why a layout cannot be printed on a printer.
public struct ReceiptEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case layoutTooWide
        case rendering(DotRenderingError.Code)
    }

    public var code: Code
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { detail }
}

extension Layout {
    /// Behind the last cut nothing is fed: empty lines there would be the next visitor's.
    fileprivate var endOfPaper: Int {
        guard let cut = elements.lastIndex(of: .cut) else { return elements.count }
        let isEmpty = elements[(cut + 1)...].allSatisfy { element in
            if case .text(let row) = element {
                row.fragments.allSatisfy { $0.text.allSatisfy(\.isWhitespace) && !$0.decoration.invert && !$0.decoration.underline }
            } else {
                false
            }
        }
        return isEmpty ? cut + 1 : elements.count
    }
}
