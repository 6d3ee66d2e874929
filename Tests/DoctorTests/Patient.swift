import CUPSPrinting
import Conditions
import DeviceLayer
import Doctor
import Foundation
import Journal
import KioskCore
import SiteBundle
import SyncProtocol

@testable import KioskRuntime

/// A kiosk in a folder of its own: configuration, compiled site, key, cupsd.conf, an empty state directory.
struct Patient: Sendable {
    let folder: String
    var file: String { "\(folder)/anjungan.yaml" }
    var state: String { "\(folder)/kiosk" }
    var technicianSocket: String { "\(state)/technician.sock" }
    var cupsConfiguration: String { "\(folder)/cupsd.conf" }

    /// Of the checkout that this test stands in.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    static let conditions = "\(root)/Kiosk/conditions.yaml"

    static func catalogue() throws -> ConditionCatalogue { try ConditionFile.load(conditions) }

    /// Lends a new one to `body`. Its path is short enough for sockets and open to every user.
    static func examined<Value>(
        _ keys: String = "", _ body: (Patient) async throws -> Value
    ) async throws -> Value {
        let patient = Patient(folder: "/tmp/anjungan-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(atPath: patient.folder) }
        try patient.write(keys)
        return try await body(patient)
    }

    private func write(_ keys: String) throws {
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try CompiledSite(try SiteSource.read("pekanbaru", in: "\(Self.root)/Kiosk/sites")).write(to: "\(folder)/site.json")
        try OpeningKey().sealingKey.pem.write(toFile: "\(folder)/key.pem", atomically: true, encoding: .utf8)
        try "PreserveJobFiles No\nDirtyCleanInterval 0\n".write(toFile: cupsConfiguration, atomically: true, encoding: .utf8)
        let text = """
            site: pekanbaru
            kiosk: mpp-1
            site_bundle: \(folder)/site.json
            kiosk_directory: \(Self.root)/Kiosk
            devices_directory: \(Self.root)/Devices
            state_directory: \(state)
            printer_model: emulated-80
            printer_address: "127.0.0.1:9100"
            device_socket: \(folder)/devices.sock
            centre_public_key: \(folder)/key.pem
            cups_configuration: \(cupsConfiguration)
            \(keys)

            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    func override(_ key: String, _ value: String) -> ConfigurationOverride {
        ConfigurationOverride(origin: "test", key: key, value: value)
    }

    /// The doctor's word on this kiosk.
    func diagnosis(_ instruments: Instruments, _ overrides: [ConfigurationOverride] = []) async throws -> Diagnosis {
        try await Doctor(instruments).diagnose(file: file, overrides: overrides, conditions: Self.conditions)
    }

    /// The journal of this kiosk with so many tickets, closed again.
    func issue(_ count: Int) async throws {
        let journal = try await Journal.open(
            directory: "\(state)/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, zone: .jakarta, recipient: nil)
        let service = ServiceKey(AgencyID("dpmptsp")!, ServiceID("perizinan")!)
        for _ in 0..<count {
            _ = try await journal.issue(TicketRequest(service: service, series: "PA", day: ServiceDay(WallTime.now, in: .jakarta)))
        }
        try await journal.close()
    }
}

extension WallTime {
    static var now: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// 2026-11-23 07:20 in Pekanbaru, a Monday.
    static let morning = WallTime(milliseconds: 1_795_393_200_000)
}

extension Diagnosis {
    func findings(_ check: Check) -> [Finding] { findings.filter { $0.check == check } }
    func codes(_ check: Check) -> [ConditionCode?] { findings(check).map(\.condition) }
    /// Every code that was found.
    var codes: Set<ConditionCode> { Set(findings.compactMap(\.condition)) }
}

extension Instruments {
    /// Nothing is wrong anywhere.
    static var sound: Instruments {
        Instruments(
            kioskStatus: { _ in .sound }, kioskTickets: { _ in [] }, kioskVerification: { _ in .sound },
            journalWalk: { _, _ in
                JournalWalk(exists: true, entries: 12, size: 1 << 20, capacity: 1 << 30, refusal: nil, newest: nil)
            },
            queue: { _, _ in .sound }, connection: { _, _ in }, httpStatus: { _, _, _ in 200 },
            clock: { ClockFacts(now: .morning, isSynchronized: true) },
            space: { _ in DiskSpace(free: 50_000_000_000, total: 100_000_000_000, freeFiles: 900_000, totalFiles: 1_000_000) },
            devices: { throw ControlError(.away, "nobody serves \($0)") }, plugged: { [] }, pcscdRuns: { false }, rules: { _ in nil })
    }

    /// Sound except for what `change` sets.
    static func sound(_ change: (inout Instruments) -> Void) -> Instruments {
        var instruments = sound
        change(&instruments)
        return instruments
    }

    /// As `sound`, but the kiosk does not run.
    static func withoutKiosk(_ change: (inout Instruments) -> Void = { _ in }) -> Instruments {
        sound {
            $0.kioskStatus = { throw TechnicianClient.Away(description: "nobody listens at \($0)") }
            change(&$0)
        }
    }
}

extension QueueInspection {
    static let sound = QueueInspection(deviceURI: "escpos:ticket", errorPolicy: "abort-job", isStopped: false, acceptsJobs: true)
}

extension JournalVerification {
    static let sound = JournalVerification(entries: 42, fault: nil, synchronous: 2, journalMode: "wal", commitMilliseconds: 1.26)
}

extension KioskStatus {
    static let sound = KioskStatus(
        site: "pekanbaru", kiosk: "mpp-1", day: "2026-11-23", processID: 4711, startedAt: "2026-11-23T00:05:00.000Z",
        printer: .init(name: "ticket", isReady: true, conditions: [], spooler: nil),
        journal: .init(
            epoch: Epoch(octets: [UInt8](repeating: 7, count: 16))!, run: 3, size: 2 << 20, capacity: 1 << 30, freeSpace: 50 << 30,
            openPrints: 0, refusal: nil,
            lanes: [.init(lane: "transactions", sequence: 42, hash: .none, acknowledged: 40, waiting: 2)]),
        centre: .init(url: nil, condition: nil, detail: nil, answeredAt: nil), tickets: TicketCounts(issued: 12, printed: 12))

    /// Sound except for what `change` sets.
    static func sound(_ change: (inout KioskStatus) -> Void) -> KioskStatus {
        var status = sound
        change(&status)
        return status
    }
}
