import DeviceEmulators
import ESCPOS
import ReceiptMarkup

extension PrinterModel {
    /// A printer with everything, 3 lines between head and knife.
    static let test = PrinterModel(
        id: "test-80", name: "Test 80", paperWidth: .mm80, dots: 576, columns: 48, codePages: [.cp437: 0, .cp858: 19], qr: .native,
        proof: .processID, automaticStatus: true, bufferBytes: 1024, cutter: .partial, feedBeforeCut: 3, image: .raster)
}

/// Draws every character as a full cell and every code as a square, so that tests can count dots.
struct BlockRenderer: DotRenderer {
    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage {
        throw DotRenderingError(.notAPicture, "not needed here")
    }

    func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage {
        block(width: cells * cellWidth, height: cellHeight, ink: text == " " ? 0 : 0xFF)
    }

    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage {
        DotImage(width: code.data.utf8.count * code.narrow * 11, height: code.height) { _, _ in true }
    }

    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage {
        if data.count > 100 { throw DotRenderingError(.tooMuchData, "more than 100 bytes") }
        return block(width: 21 * cell, height: 21 * cell, ink: 0xFF)
    }

    private func block(width: Int, height: Int, ink: UInt8) -> DotImage {
        DotImage(width: width, height: height, bits: Array(repeating: ink, count: (width + 7) / 8 * height))
    }
}

/// A mechanism on a bench: one row takes one millisecond, the knife 100 ms, and the clock is turned by hand.
struct Bench {
    var mechanism: PrinterMechanism
    var time: Duration = .zero

    init(_ model: PrinterModel = .test, _ change: (inout MechanismSettings) -> Void = { _ in }) {
        var settings = MechanismSettings(speed: 125, cutTime: .milliseconds(100), reserveBytes: 64, rollMetres: 10, nearEndMetres: 1)
        change(&settings)
        mechanism = PrinterMechanism(model: model, settings: settings, renderer: BlockRenderer())
    }

    mutating func send(_ commands: Command...) -> [PrinterAnswer] { send(bytes: commands.flatMap(\.bytes)) }
    mutating func send(bytes: [UInt8]) -> [PrinterAnswer] { mechanism.receive(bytes, at: time) }
    mutating func wait(_ milliseconds: Int) -> [PrinterAnswer] {
        time += .milliseconds(milliseconds)
        return mechanism.advance(to: time)
    }
    mutating func set(_ fault: PrinterFault, _ on: Bool) -> [PrinterAnswer] { mechanism.set(fault, on, at: time) }
    mutating func loadRoll(metres: Double = 10) -> [PrinterAnswer] { mechanism.loadRoll(metres: metres, at: time) }

    /// Runs until nothing can move any more, however long it takes.
    mutating func finish() -> [PrinterAnswer] {
        var answers: [PrinterAnswer] = []
        while let deadline = mechanism.nextDeadline {
            time = max(time, deadline)
            answers += mechanism.advance(to: time)
        }
        return answers
    }

    var texts: [String] { mechanism.finishedSheets.map(\.text) }
    var kinds: [PrinterEvent.Kind] { mechanism.events.map(\.kind) }
}

extension Command {
    static func words(_ text: String) -> Command { .text(Array(text.utf8)) }
    static let knife = Command.cut(.here(.partial))
    static let proof = Command.processID(Array("abcd".utf8))
}

extension PrinterAnswer {
    static let proof = PrinterAnswer.processID(Array("abcd".utf8))
    static func status(_ query: RealTimeQuery, _ flags: PrinterFlags) -> PrinterAnswer {
        .realTimeStatus(RealTimeStatus(query, flags).byte)
    }
    static func automatic(_ flags: PrinterFlags) -> PrinterAnswer { .automaticStatus(AutomaticStatus(flags)) }
}
