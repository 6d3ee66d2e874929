public import DeviceEmulators
public import DeviceSocket
public import ESCPOS
public import Logging
import LoopbackWeb

/// The emulated printer of tests, and tickets for it.
public enum BenchPrinter {
    /// A printer that can prove what it printed.
    public static let model = PrinterModel(
        id: "bench", name: "Bench", paperWidth: .mm80, dots: 576, columns: 48, qr: .native, proof: .processID, automaticStatus: true,
        bufferBytes: 4096, cutter: .partial, feedBeforeCut: 5, image: .raster)

    /// Silent: failures are told by expectations.
    public static let logger: Logger = {
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        return logger
    }()

    /// A print id like the kiosk's own.
    public static func id(_ number: Int) -> PrintID { PrintID("01KAJ5Z8QF7W3M9V2X4T6B8C\(10 + number).1")! }

    /// A ticket of `lines` lines (3.75 mm each), with its id on the first.
    public static func ticket(_ number: Int, lines: Int = 8) -> [UInt8] {
        let commands: [Command] =
            [.initialize, .text(Array(id(number).rawValue.utf8)), .lineFeed]
            + (1..<lines).flatMap { [.text(Array("line \($0) of ticket \(number)".utf8)), .lineFeed] as [Command] }
            + [.feedLines(5), .cut(.here(.partial))]
        return commands.flatMap(\.bytes)
    }

    /// Not yet running. Whoever has to catch it in the middle of a sheet holds it there.
    public static func emulated(model: PrinterModel = model, port: Int = 0) -> EmulatedPrinter {
        EmulatedPrinter(
            model: model,
            configuration: .init(
                printer: ListenAddress(port: port), paper: nil, settings: MechanismSettings(speed: 4000, cutTime: .milliseconds(2))),
            logger: logger)
    }
}
