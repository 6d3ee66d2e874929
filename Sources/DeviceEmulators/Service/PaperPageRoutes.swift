import ESCPOS
import HTTPTypes
import Hummingbird
import LoopbackWeb
import NIOCore
import ReceiptMarkup

/// Pictures to look at, and hands to lay on the printer.
extension PaperPage {
    func addPictures(to router: Router<BasicRequestContext>) {
        router.get("/paper.png") { _, _ in
            let (width, pieces) = printer.look { ($0.model.dots, Self.pieces(of: $0)) }
            return Response.fresh("image/png", try PaperPicture(paperWidth: width, pieces: pieces).png())
        }
        // The dots of one sheet from a row on, so that an onlooker fetches only what is new: 1 bit each, rows of whole bytes.
        router.get("/sheets/:number/dots") { request, context in
            let number = try context.parameters.require("number", as: Int.self)
            let first = request.uri.queryParameters.get("from", as: Int.self) ?? 0
            guard let dots = printer.look({ $0.dots(ofSheet: number, from: first) }) else {
                throw HTTPError(.notFound, message: "Sheet \(number) does not exist, or its picture is no longer kept.")
            }
            return Response.fresh("application/octet-stream", dots.bits)
        }
    }

    func addHands(to router: Router<BasicRequestContext>) {
        router.post("/faults/:name/:state") { _, context in
            let name = try context.parameters.require("name")
            let state = try context.parameters.require("state")
            guard let fault = PrinterFault(rawValue: name) else {
                let known = PrinterFault.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPError(.notFound, message: "There is no fault \(name). Known: \(known).")
            }
            guard state == "on" || state == "off" else {
                throw HTTPError(.notFound, message: "A fault is switched on or off, not \(state).")
            }
            printer.set(fault, state == "on")
            return HTTPResponse.Status.noContent
        }
        router.post("/roll/new") { request, _ in
            let metres = request.uri.queryParameters.get("metres", as: Double.self)
            if let metres, !(0.01...1000).contains(metres) {
                throw HTTPError(.badRequest, message: "A roll has 0.01 to 1000 metres, not \(metres).")
            }
            printer.loadRoll(metres: metres)
            return HTTPResponse.Status.noContent
        }
    }

    /// Cards to tap and codes to show, where there is a desk.
    func addDesk(to router: Router<BasicRequestContext>) {
        guard let desk = printer.desk else { return }
        router.post("/cards/:name") { _, context in
            let name = try context.parameters.require("name")
            guard let card = EmulatedDesk.SampleCard(rawValue: name) else {
                let known = EmulatedDesk.SampleCard.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPError(.notFound, message: "There is no card \(name). Known: \(known).")
            }
            desk.tap(card)
            return HTTPResponse.Status.noContent
        }
        router.post("/codes") { request, _ in
            let code = try await request.body.collect(upTo: 4096)
            guard desk.show(Array(code.readableBytesView)) else {
                throw HTTPError(.serviceUnavailable, message: "Nobody listens to the scanner; start a kiosk with emulated_devices.")
            }
            return HTTPResponse.Status.noContent
        }
    }

    /// The last sheets whose dots are kept, as many as one picture may show.
    private static func pieces(of mechanism: PrinterMechanism) -> [PaperPicture.Piece] {
        let sheets = mechanism.finishedSheets + (mechanism.runningSheet.map { [$0] } ?? [])
        var pieces: [PaperPicture.Piece] = []
        var rows = 0
        for sheet in sheets.reversed() where rows < shownRows {
            guard let dots = mechanism.dots(ofSheet: sheet.number) else { break }
            rows += dots.height
            let tenths = Int((sheet.millimetres * 10).rounded())
            let caption = ["no. \(sheet.number)", "\(tenths / 10),\(tenths % 10) mm", sheet.printID].compactMap(\.self).joined(
                separator: "  ")
            pieces.append(PaperPicture.Piece(dots: dots, caption: caption, isCut: sheet.isCut))
        }
        return pieces.reversed()
    }
}
