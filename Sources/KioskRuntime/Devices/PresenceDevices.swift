import DeviceLayer
import DeviceLines
import DeviceProfiles
import KioskCore
import Logging
import ResidentCardVerification
import ServiceLifecycle
import USBTransport

/// What tells who stands before the kiosk: card readers, scanners, a verifier, as far as the configuration has them.
struct PresenceDevices {
    /// nil: none is configured.
    let verifier: VerifierProgram?
    /// nil: none are wanted.
    let readers: CardReaders?
    /// nil: none are wanted.
    let scanners: Scanners?
    private let services: [any ServiceLifecycle.Service]

    init(_ configuration: Configuration, _ inbox: AsyncStream<SessionMachine.Event>.Continuation, logger: Logger) throws {
        var services: [any ServiceLifecycle.Service] = []
        var ports: [any ReaderPorts] = []
        if configuration.cardReaders { ports.append(USBReaderPorts()) }
        if let path = configuration.emulatedDevices { ports.append(SocketReaderLine(path: path)) }
        readers =
            ports.isEmpty
            ? nil
            : CardReaders(
                ports, models: try DeviceProfiles.readers(in: configuration.devicesDirectory), logger: logger)
        let models = try DeviceProfiles.scanners(in: configuration.devicesDirectory)
        let wanted = configuration.scanners ? models : []
        scanners = wanted.isEmpty && configuration.emulatedDevices == nil ? nil : try Scanners(models: wanted, logger: logger)
        verifier = configuration.cardVerifier.map { VerifierProgram($0, logger: logger) }
        // First, so that it hears all that the others tell.
        services.append(PresenceWatch(readers: readers, scanners: scanners, models: models, verifier: verifier, inbox: inbox))
        if let readers { services.append(readers) }
        if let scanners { services.append(scanners) }
        if let path = configuration.emulatedDevices, let scanners, let model = models.first(where: { $0.id == "emulated-scanner" }) {
            services.append(EmulatedScannerFeed(path: path, scanners: scanners, model: model))
        }
        if let verifier { services.append(verifier) }
        self.services = services
    }

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
