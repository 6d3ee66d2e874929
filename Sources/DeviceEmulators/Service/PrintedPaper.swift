public import ESCPOS
public import ReceiptMarkup

/// What an emulated printer makes of a finished stream, at once and without a clock.
public struct PrintedPaper: Sendable {
    /// Each piece of paper between two cuts, the last one as far as it has come out. The first begins at the knife.
    public let sheets: [DotImage]
    /// Commands that this model does not know or cannot carry out, in order.
    public let ignored: [String]

    /// Prints `stream` on fresh paper.
    public init(of stream: [UInt8], on model: PrinterModel, renderer: any DotRenderer) {
        let settings = MechanismSettings(speed: 1000, cutTime: .zero, rollMetres: 10_000, nearEndMetres: 0, keptPictures: 1000)
        var mechanism = PrinterMechanism(model: model, settings: settings, renderer: renderer)
        var ignored: [String] = []
        var now = Duration.zero
        var lastEvent = 0
        for start in stride(from: 0, to: stream.count, by: 4096) {
            _ = mechanism.receive(stream[start..<min(stream.count, start + 4096)], at: now)
            // Long enough for everything that 4096 bytes can move.
            now += .seconds(100_000)
            _ = mechanism.advance(to: now)
            for event in mechanism.events where event.number > lastEvent {
                if case .ignored(let what) = event.kind { ignored.append(what) }
                lastEvent = event.number
            }
        }
        let finished = mechanism.finishedSheets.compactMap(\.picture)
        let running = mechanism.runningSheet == nil ? nil : mechanism.dots(ofSheet: mechanism.runningSheetNumber)
        sheets = finished + (running.map { [$0] } ?? [])
        self.ignored = ignored
    }
}
