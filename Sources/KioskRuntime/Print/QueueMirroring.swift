public import CUPSPrinting
import Conditions
public import DeviceLayer
import Logging

extension QueueMirror {
    /// For the kiosk's queue; nil where it has none.
    static func of(
        _ device: PrinterDevice, _ configuration: Configuration, _ words: ConditionCatalogue, _ logger: Logger
    ) throws -> QueueMirror? {
        switch configuration.printRoute {
        case .direct: return nil
        case .cups:
            let spooler = Spooler(
                try KioskAssembly.spoolerAddress(configuration.cupsServer), queue: configuration.cupsQueue, timeout: .seconds(2))
            return QueueMirror(
                spooler: spooler, statuses: { device.statuses() }, settlements: { device.settlements() },
                words: { status in
                    status.conditions.sorted { $0.rawValue < $1.rawValue }.map { words[$0].technician.indonesian }.joined(separator: " ")
                }, logger: logger)
        }
    }
}

extension Configuration {
    /// Where the ticket printer is.
    public func printer() throws -> PrinterAddress { try KioskAssembly.printerAddress(printerAddress) }

    /// The queue of the ticket printer; nil where prints go straight to the device layer.
    public func spooler() throws -> Spooler? {
        switch printRoute {
        case .direct: nil
        case .cups: Spooler(try KioskAssembly.spoolerAddress(cupsServer), queue: cupsQueue)
        }
    }
}
