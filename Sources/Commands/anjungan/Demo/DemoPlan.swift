import CUPSPrinting
import Foundation
import Journal
import KioskCore
import ServiceLifecycle
import SiteBundle
import Synchronization

/// Who runs in a demo, and what they are told.
struct DemoPlan {
    let ports: Ports
    let printerPort: Int
    let files: DemoFiles
    let folders: ProjectFolders
    let site: String
    let kiosk: String?
    let model: String
    let speed: Int
    let route: String

    private var bundle: String { "\(files.root)/\(site).bundle.json" }
    private var usesCUPS: Bool { route == "cups" }

    private var scheduler: PrivateScheduler {
        let backend = URL(fileURLWithPath: ProjectFolders.program).deletingLastPathComponent().appendingPathComponent("escpos").path
        return PrivateScheduler(directory: files.cups, deviceSocket: files.deviceSocket, backend: backend)
    }

    /// Writes the files that the children need.
    func prepare() throws {
        let compiled = CompiledSite(try SiteSource.read(site, in: "\(folders.kiosk)/sites"))
        try compiled.write(to: bundle)
        try makeKeys()
        try configuration(kiosk: kiosk ?? compiled.site.kiosks[0].id.rawValue)
            .write(toFile: files.configuration, atomically: true, encoding: .utf8)
        // A scheduler that cannot run here is worth a sentence before anything is started.
        if usesCUPS { try scheduler.prepare() }
    }

    /// The pair of a centre that does not exist yet: NIKs are sealed to it from the first ticket on.
    private func makeKeys() throws {
        guard !FileManager.default.fileExists(atPath: files.publicKey) else { return }
        let pair = OpeningKey()
        try Data(pair.pem.utf8).write(to: URL(fileURLWithPath: files.privateKey), options: .withoutOverwriting)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.privateKey)
        try pair.sealingKey.pem.write(toFile: files.publicKey, atomically: true, encoding: .utf8)
    }

    private func configuration(kiosk: String) -> String {
        """
        # Written by `anjungan demo` at each start.
        site: "\(site)"
        kiosk: "\(kiosk)"
        site_bundle: "\(bundle)"
        kiosk_directory: "\(folders.kiosk)"
        devices_directory: "\(folders.devices)"
        state_directory: "\(files.state)"
        screen_port: \(ports.screen)
        printer_model: "\(model)"
        printer_address: "127.0.0.1:\(printerPort)"
        device_socket: "\(files.deviceSocket)"
        print_route: "\(route)"
        cups_server: "\(scheduler.socketPath)"
        centre_public_key: "\(files.publicKey)"

        """
    }

    /// In the order of starting; they end in the reverse order, so that the printer outlives everybody.
    func services() -> [any ServiceLifecycle.Service] {
        let addresses = Addresses()
        let emulator = child(
            "emulate", ProjectFolders.program,
            [
                "emulate", "--printer", "127.0.0.1:\(printerPort)", "--paper", "127.0.0.1:\(ports.paper)", "--model", model, "--speed",
                "\(speed)",
            ]
        ) { line in if line.hasPrefix("paper ") { addresses.announceOnce(line) } }
        let kiosk = child("run", ProjectFolders.program, ["run", "--config", files.configuration]) { line in
            if line.hasPrefix("screen ") { addresses.announceOnce(line) }
        }
        guard usesCUPS else { return [emulator, kiosk] }
        // Its spool is in memory: whoever clears that takes the folder along.
        let scheduler = scheduler
        let cupsd = child("cupsd", scheduler.executable, scheduler.arguments, prepare: { try scheduler.prepare() }, onLine: { _ in })
        return [emulator, cupsd, QueueSetup(scheduler: scheduler), kiosk]
    }

    private func child(
        _ name: String, _ executable: String, _ arguments: [String], prepare: @escaping @Sendable () throws -> Void = {},
        onLine: @escaping @Sendable (String) -> Void
    ) -> ChildProgram {
        ChildProgram(
            name: name, executable: executable, arguments: arguments,
            environment: ["ANJUNGAN_KIOSK_DIR": folders.kiosk, "ANJUNGAN_DEVICES_DIR": folders.devices],
            files: files, prepare: prepare, onLine: onLine)
    }
}

/// Says each address once, however often its program is started again.
final class Addresses: Sendable {
    private let announced = Mutex<Set<String>>([])

    func announceOnce(_ line: String) {
        if announced.withLock({ $0.insert(line).inserted }) { announce(line) }
    }
}

/// Makes the queue `ticket` once the scheduler answers; a scheduler that is started again finds it in its own files.
struct QueueSetup: ServiceLifecycle.Service {
    let scheduler: PrivateScheduler

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await scheduler.addQueue("ticket", device: "ticket")
        }
        try? await gracefulShutdown()
    }
}
