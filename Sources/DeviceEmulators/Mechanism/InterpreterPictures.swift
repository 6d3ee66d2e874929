import ESCPOS
import ReceiptMarkup

/// Pictures, codes, the knife and questions.
extension Interpreter {
    mutating func raster(_ image: DotImage, _ scale: RasterScale) -> [Action] {
        guard model.image == .raster else { return [.ignore("GS v 0: \(model.id) knows only ESC *")] }
        return flush() + [.move(picture(image, scale.horizontal, scale.vertical))]
    }

    func picture(_ image: DotImage, _ scaleX: Int, _ scaleY: Int) -> Band {
        var ink = DotCanvas(width: model.dots, height: image.height * scaleY)
        let x = leftMargin + alignment.offset(of: image.width * scaleX, in: areaWidth)
        ink.draw(image, x: x, y: 0, scaleX: scaleX, scaleY: scaleY)
        return Band(ink: ink, rows: ink.height)
    }

    mutating func column(_ image: ColumnImage) -> [Action] {
        let dots = DotImage(width: image.width, height: image.bytesPerColumn * 8) { x, y in
            image.columns[x * image.bytesPerColumn + y / 8] & (0x80 >> UInt8(y % 8)) != 0
        }
        // Eight pins cover the height of 24 dots, and the single density doubles the width.
        let item = PrintLine.Item(
            x: line.cursor, image: dots, scaleX: image.mode % 2 == 0 ? 2 : 1, scaleY: image.bytesPerColumn == 1 ? 3 : 1)
        line.add(item, text: nil, alignment: alignment)
        return []
    }

    mutating func code(_ command: Command) -> [Action] {
        guard model.qr == .native else { return [.ignore("GS ( k: \(model.id) draws no QR codes")] }
        switch command {
        case .qrCell(let dots): qr.cell = Int(min(16, max(1, dots)))
        case .qrLevel(let level): qr.level = level
        case .qrStore(let data): qr.data = data
        case .qrPrint: return printCode()
        default: break
        }
        return []
    }

    private mutating func printCode() -> [Action] {
        guard !qr.data.isEmpty else { return [.ignore("GS ( k 81: no data stored")] }
        do throws(DotRenderingError) {
            let image = try renderer.qrCode(qr.data, cell: qr.cell, level: qr.level)
            guard image.width <= areaWidth else { return [.ignore("GS ( k 81: the code is wider than the paper")] }
            var band = picture(image, 1, 1)
            band.marks = [Mark(row: band.ink.height / 2, content: .code(String(decoding: qr.data, as: UTF8.self)))]
            return flush() + [.move(band)]
        } catch {
            return [.ignore("GS ( k 81: \(error.detail)")]
        }
    }
}

/// The symbol storage of `GS ( k`.
struct StoredCode: Hashable, Sendable {
    var cell = 3
    var level = QRLevel.l
    var data: [UInt8] = []
}

// MARK: - Knife and questions

extension Interpreter {
    mutating func cut(_ cut: Cut) -> [Action] {
        guard model.cutter != .none else { return flush() + [.ignore("GS V: \(model.id) has no knife")] }
        switch cut {
        case .here(let kind): return flush() + [.cut(kind)]
        case .afterFeed where model.quirks.contains(.noFeedAndCut):
            return flush() + [.ignore("GS V 65 and 66: \(model.id) does not cut on them")]
        case .afterFeed(let kind, let dots):
            let rows = model.feedBeforeCut * Self.defaultLineSpacing + Int(dots)
            return flush() + [.move(.feed(rows, width: model.dots)), .cut(kind)]
        }
    }

    func question(_ command: Command) -> [Action] {
        switch command {
        case .transmitStatus(1) where model.proof == .processID || model.proof == .queuedStatus: [.answerPaperSensor]
        case .transmitStatus(2) where model.proof == .processID || model.proof == .queuedStatus: [.answer(.queuedStatus(0))]
        case .automaticStatus(let mask) where model.automaticStatus: [.automaticStatus(mask)]
        case .processID(let id) where model.proof == .processID: [.answer(.processID(id))]
        case .printerID(let number) where model.proof != .none: identity(number)
        default: [.ignore("a question that \(model.id) does not know")]
        }
    }

    private func identity(_ number: UInt8) -> [Action] {
        switch number {
        case 1, 49: [.answer(.queuedStatus(0x20))]
        case 2, 50: [.answer(.queuedStatus(model.cutter == .none ? 0 : 0x02))]
        case 3, 51: [.answer(.queuedStatus(0x01))]
        case 65: [.answer(.printerInfo(Array("1.00".utf8)))]
        case 66: [.answer(.printerInfo(Array("ANJUNGAN".utf8)))]
        case 67: [.answer(.printerInfo(Array((model.names.first ?? model.name).utf8.filter { (0x20...0x7E).contains($0) })))]
        case 68: [.answer(.printerInfo(Array("EMULATED".utf8)))]
        default: [.ignore("GS I \(number)")]
        }
    }
}
