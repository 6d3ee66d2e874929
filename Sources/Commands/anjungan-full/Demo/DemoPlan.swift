import CUPSPrinting
import DeviceEmulators
import DeviceProfiles
import ESCPOS
import Foundation
import Journal
import KioskCore
import Logging
import LoopbackWeb
import ProjectFiles
import ServiceLifecycle
import SiteBundle
import Stage
import Subprocess
import Synchronization
import SystemPackage

/// Who runs in a demo, and what they are told.
struct DemoPlan {
    let ports: Ports
    let printerPort: Int
    /// Where the kiosk finds the centre: the network between them, which the stage can cut.
    let networkPort: Int
    let files: DemoFiles
    let folders: ProjectFolders
    let site: String
    let kiosk: String?
    let model: String
    let speed: Int
    let route: String
    /// nil: no second lane.
    let stock: DemoStock?

    private var stageOrigin: String { "http://127.0.0.1:\(ports.stage)" }
    private var bundle: String { "\(files.root)/\(site).bundle.json" }
    private var usesCUPS: Bool { route == "cups" }

    private var scheduler: PrivateScheduler {
        PrivateScheduler(
            directory: files.cups, deviceSocket: files.deviceSocket, backend: Self.program("escpos"),
            otherBackends: stock.map { [$0.backend] } ?? [],
            conversion: .init(filter: Self.program("escpos-filter"), devices: folders.devices))
    }

    /// Another program of this project, beside the running one.
    private static func program(_ name: String) -> String {
        URL(fileURLWithPath: ProjectFolders.program).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// Writes the files that the children need.
    func prepare() throws {
        let compiled = try compiled()
        try compiled.write(to: bundle)
        try makeKeys()
        try configuration(kiosk: kiosk ?? compiled.site.kiosks[0].id.rawValue)
            .write(toFile: files.configuration, atomically: true, encoding: .utf8)
        // A scheduler that cannot run here is worth a sentence before anything is started.
        if usesCUPS { try scheduler.prepare() }
    }

    /// Enrols the sample card at the demo's centre, for a NIK that is nobody's: there is no district 99.
    func enrolSampleCard() async throws {
        guard let card = EmulatedDesk.SampleCard.enrolled.identifier else { preconditionFailure("The enrolled card has a number") }
        let number = card.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let result = try await Subprocess.run(
            .path(FilePath(Self.program("anjungan-central"))), arguments: ["card", "enroll", site, "--store", files.centreStore],
            input: .string("\(number) \(Self.sampleNIK)\n"), output: .string(limit: 4096), error: .string(limit: 4096))
        guard result.terminationStatus == .exited(0) else {
            throw DemoFiles.Unusable(description: "the sample card cannot be enrolled: \(result.standardError)")
        }
    }

    /// In parts, so that a search of the kiosk's memory for it does not find this program itself.
    private static let sampleNIK = ["147199", "451290", "0101"].joined()

    private func compiled() throws -> CompiledSite { CompiledSite(try SiteSource.read(site, in: "\(folders.kiosk)/sites")) }

    /// The centre's pair: NIKs are sealed to it from the first ticket on.
    private func makeKeys() throws {
        let pair: OpeningKey
        if let known = FileManager.default.contents(atPath: files.privateKey), !known.isEmpty {
            pair = try OpeningKey(pem: String(decoding: known, as: UTF8.self))
        } else {
            pair = OpeningKey()
            let isMade = FileManager.default.createFile(
                atPath: files.privateKey, contents: Data(pair.pem.utf8), attributes: [.posixPermissions: 0o600])
            guard isMade else { throw DemoFiles.Unusable(description: "\(files.privateKey) cannot be written; free disk space") }
        }
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
        card_readers: false
        scanners: false
        emulated_devices: "\(files.emulatedDevices)"
        print_route: "\(route)"
        cups_server: "\(stock == nil ? scheduler.socketPath : files.spoolerTap)"
        cups_configuration: "\(scheduler.configuration)"
        technician_socket: "\(files.technicianSocket)"
        centre_url: "http://127.0.0.1:\(networkPort)/"
        centre_retry: 5
        screen_framed_by: "\(stageOrigin)"
        centre_public_key: "\(files.publicKey)"

        """
    }

    /// In the order of starting; they end in the reverse order, so that the printer outlives everybody.
    func services(logger: Logger) throws -> [any ServiceLifecycle.Service] {
        let addresses = Addresses()
        let needs = Needs(usesCUPS ? (stock == nil ? ["queue"] : ["queue", "tap"]) : [])
        let network = NetworkRelay(
            listeningOn: ListenAddress(port: networkPort), centre: ListenAddress(port: ports.centre), logger: logger)
        let lane = stock.map { _ in StockLane(Spooler(scheduler.address, queue: DemoStock.queue), logger: logger) }
        let stage = try Stage(
            configuration: .init(
                port: ports.stage, screenPort: ports.screen, paperPort: ports.paper, centrePort: ports.centre,
                technicianSocket: files.technicianSocket, pageDirectory: "\(folders.kiosk)/stage", stockPaperPort: stock?.paperPort,
                booking: try booking()),
            relay: network, stock: lane, pid: { try files.pid(of: $0) }, logger: logger,
            onListening: { port in addresses.announceOnce("stage http://127.0.0.1:\(port)/") })
        let printing: [any ServiceLifecycle.Service] =
            usesCUPS ? [cupsd, try queueSetup(needs)] : []
        return [emulator(addresses)] + stockServices(lane, addresses, needs, logger) + [try centre(addresses), network] + printing
            + [Later(after: needs, service: kiosk(addresses)), stage]
    }

    /// The first service of the mall that asks who is there.
    private func booking() throws -> ServiceKey? {
        for agency in try compiled().site.agencies {
            if let service = agency.services.first(where: { $0.identification == .nik }) { return ServiceKey(agency.id, service.id) }
        }
        return nil
    }

    private func queueSetup(_ needs: Needs) throws -> QueueSetup {
        QueueSetup(scheduler: scheduler, model: try DeviceProfiles.printer(named: model, in: folders.devices)) { needs.met("queue") }
    }

    /// Its printer, its queue, and the tap that gives it the same jobs.
    private func stockServices(
        _ lane: StockLane?, _ addresses: Addresses, _ needs: Needs, _ logger: Logger
    ) -> [any ServiceLifecycle.Service] {
        guard let stock, let lane else { return [] }
        let printer = emulator("emulate-stock", printerPort: stock.printerPort, paperPort: stock.paperPort) { line in
            if line.hasPrefix("paper ") { addresses.announceOnce("stock " + line) }
        }
        return [
            printer, StockQueueSetup(scheduler: scheduler, printerPort: stock.printerPort),
            SpoolerTap(listeningOn: files.spoolerTap, spooler: scheduler.socketPath, queue: "ticket", lane: lane, logger: logger) {
                needs.met("tap")
            },
        ]
    }

    private func emulator(_ addresses: Addresses) -> ChildProgram {
        emulator("emulate", printerPort: printerPort, paperPort: ports.paper, ["--devices", files.emulatedDevices]) { line in
            if line.hasPrefix("paper ") { addresses.announceOnce(line) }
        }
    }

    private func emulator(
        _ name: String, printerPort: Int, paperPort: Int, _ more: [String] = [], onLine: @escaping @Sendable (String) -> Void
    ) -> ChildProgram {
        let options = [
            "--printer", "127.0.0.1:\(printerPort)", "--paper", "127.0.0.1:\(paperPort)", "--model", model, "--speed", "\(speed)",
            "--framed-by", stageOrigin,
        ]
        return child(name, ProjectFolders.program, ["emulate"] + options + more, onLine: onLine)
    }

    private func centre(_ addresses: Addresses) throws -> ChildProgram {
        let options = [
            "--listen", "127.0.0.1:\(ports.centre)", "--store", files.centreStore, "--site-bundle", bundle, "--time-zone",
            try compiled().site.timeZone.rawValue, "--framed-by", stageOrigin,
        ]
        return child("central", Self.program("anjungan-central"), ["run"] + options) { line in
            if line.hasPrefix("central ") { addresses.announceOnce(line) }
        }
    }

    private var cupsd: ChildProgram {
        // Its spool is in memory: whoever clears that takes the folder along.
        let scheduler = scheduler
        return child("cupsd", scheduler.executable, scheduler.arguments, prepare: { try scheduler.prepare() }, onLine: { _ in })
    }

    private func kiosk(_ addresses: Addresses) -> ChildProgram {
        // As a technician starts it: that program sees to what must be so before the kiosk's own begins.
        child("run", Self.program("anjungan"), ["run", "--config", files.configuration]) { line in
            if line.hasPrefix("screen ") { addresses.announceOnce(line) }
        }
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

/// Says each address once, in the order in which people want them, however often its program is started again.
final class Addresses: Sendable {
    private static let order = ["screen", "paper", "central", "stage", "stock"]
    private let known = Mutex<(lines: [String: String], said: Int)>(([:], 0))

    /// - Parameter line: the program's own, such as `screen http://127.0.0.1:7070/`.
    func announceOnce(_ line: String) {
        known.withLock { known in
            known.lines[String(line.prefix { $0 != " " })] = line
            while known.said < Self.order.count, let next = known.lines[Self.order[known.said]] {
                announce(next)
                known.said += 1
            }
        }
    }
}

/// Makes the queue `ticket` once the scheduler answers; a scheduler that is started again finds it in its own files.
struct QueueSetup: ServiceLifecycle.Service {
    let scheduler: PrivateScheduler
    let model: PrinterModel
    let onReady: @Sendable () -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await scheduler.addQueue("ticket", device: "ticket", model: model)
            onReady()
        }
        try? await gracefulShutdown()
    }
}
