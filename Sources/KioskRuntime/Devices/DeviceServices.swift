import DeviceLayer
import Logging
import ServiceLifecycle

extension PresenceDevices {
    /// Readers, scanners and what listens to them, and the socket that says how all devices are; in the order in which they start.
    func services(
        beside printer: PrinterDevice, _ rolls: RollDesk, _ configuration: Configuration, _ logger: Logger
    ) -> [any ServiceLifecycle.Service] {
        // First, so that it hears all that they tell.
        let slips = scanners.map { SlipWatch(scanners: $0, rolls: rolls, printer: printer.name, logger: logger) }
        let control = ControlServer(
            path: configuration.controlSocket, program: "run",
            control: DeviceControl(readers: readers, scanners: scanners, printers: [printer.name: printer]), logger: logger)
        return (slips.map { [$0] } ?? []) + services + [control]
    }
}
