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
    /// nil: none are wanted.
    let readers: CardReaders?
    let scanners: Scanners?
    /// nil: none is configured.
    let verifier: VerifierProgram?
    /// In the order in which they start.
    let services: [any ServiceLifecycle.Service]

    init(_ configuration: Configuration, _ inbox: AsyncStream<SessionMachine.Event>.Continuation, logger: Logger) throws {
        var services: [any ServiceLifecycle.Service] = []
        var ports: [any ReaderPorts] = []
        if configuration.readers == .auto { ports.append(USBReaderPorts()) }
        if let path = configuration.emulatedDevices { ports.append(SocketReaderLine(path: path)) }
        let readers = ports.isEmpty ? nil : CardReaders(ports, logger: logger)
        let models = try DeviceProfiles.scanners(in: configuration.devicesDirectory)
        let wanted = configuration.scanners == .auto ? models : []
        let scanners = wanted.isEmpty && configuration.emulatedDevices == nil ? nil : try Scanners(models: wanted, logger: logger)
        verifier = configuration.cardVerifier.map { VerifierProgram($0, logger: logger) }
        // First, so that it hears all that the others tell.
        services.append(PresenceWatch(readers: readers, scanners: scanners, models: models, verifier: verifier, inbox: inbox))
        if let readers { services.append(readers) }
        if let scanners { services.append(scanners) }
        if let path = configuration.emulatedDevices, let scanners, let model = models.first(where: { $0.id == "emulated-scanner" }) {
            services.append(EmulatedScannerFeed(path: path, scanners: scanners, model: model))
        }
        if let verifier { services.append(verifier) }
        self.readers = readers
        self.scanners = scanners
        self.services = services
    }
}
