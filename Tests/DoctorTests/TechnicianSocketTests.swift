import Conditions
import Doctor
import Foundation
import Hummingbird
import Logging
import LoopbackWeb
import NIOCore
import NIOPosix
import Testing

@testable import KioskRuntime

/// The doctor at a technician socket, at addresses where nobody listens, and at ones that take a connection and stay silent.
@Suite(.timeLimit(.minutes(15))) struct TechnicianSocketTests {
    /// Serves these answers on the patient's technician socket while `body` runs.
    static func served(
        _ patient: Patient, _ status: KioskStatus, _ verification: JournalVerification, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let (told, checked) = (try encoder.encode(status), try encoder.encode(verification))
        let router = Router()
        router.get("v1/status") { _, _ in ByteBuffer(bytes: told) }
        router.get("v1/tickets") { _, _ in "[]" }
        router.post("v1/journal/verify") { _, _ in ByteBuffer(bytes: checked) }
        let (ready, begin) = AsyncStream.makeStream(of: Void.self)
        var logger = Logger(label: "technician")
        logger.logLevel = .critical
        let application = Application(
            router: router, server: .page, configuration: .init(address: .unixDomainSocket(path: patient.technicianSocket)),
            onServerRunning: { _ in begin.finish() }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await _ in ready {}
            try await body()
            group.cancelAll()
        }
    }

    static func live(_ change: (inout Instruments) -> Void = { _ in }) -> Instruments {
        .sound {
            $0.kioskStatus = Instruments.live.kioskStatus
            $0.kioskTickets = Instruments.live.kioskTickets
            $0.kioskVerification = Instruments.live.kioskVerification
            change(&$0)
        }
    }

    @Test func aRunningKioskIsAsked() async throws {
        try await Patient.examined { patient in
            try await Self.served(patient, .sound, .sound) {
                let diagnosis = try await patient.diagnosis(Self.live())
                #expect(diagnosis.codes == [])
                #expect(diagnosis.lines(.english)[2].contains("42 entries, all whole, synchronous=2"))
                #expect(diagnosis.lines(.english)[3].contains("process 4711 since 2026-11-23 07.05 WIB, 12 tickets today"))
            }
        }
    }

    @Test func itsTroublesArePassedOn() async throws {
        let status = KioskStatus.sound {
            $0.printer = .init(name: "ticket", isReady: false, conditions: [.mediaEmpty], spooler: .deviceLayerAway)
            $0.centre.condition = .chainForked
            $0.centre.detail = "lane transactions: another entry 17"
        }
        var damaged = JournalVerification.sound
        damaged.fault = "entry 3 of the transactions lane"
        try await Patient.examined("centre_url: http://127.0.0.1:7072/") { [damaged] patient in
            try await Self.served(patient, status, damaged) {
                let diagnosis = try await patient.diagnosis(Self.live())
                #expect(diagnosis.codes == [.mediaEmpty, .deviceLayerAway, .chainForked, .journalDamaged])
                #expect(!diagnosis.isHealthy)
            }
        }
    }

    @Test func nobodyAnywhereIsSaidOfEverything() async throws {
        try await Patient.examined("centre_url: http://127.0.0.1:9/") { patient in
            let nowhere = [
                patient.override("printer_address", "127.0.0.1:9"), patient.override("cups_server", "\(patient.folder)/none.sock"),
            ]
            let diagnosis = try await patient.diagnosis(.live, nowhere)
            #expect(diagnosis.codes(.kiosk) == [.kioskAway])
            #expect(diagnosis.codes(.journal) == [nil])
            #expect(diagnosis.codes(.cups) == [.spoolerAway])
            #expect(diagnosis.codes(.printer) == [.printerOffline])
            #expect(diagnosis.codes(.centre) == [.centreAway])
            #expect(diagnosis.lines(.english).allSatisfy { line in !line.contains { $0.isNewline } })
            #expect(diagnosis.lines(.english)[6].contains("127.0.0.1:9: Connection refused"))
        }
    }

    /// Whoever takes connections and says nothing costs seconds, not the morning.
    @Test func theSilentDoNotHangTheDoctor() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await Patient.examined("centre_url: http://127.0.0.1:\(port)/") { patient in
            let socket = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: patient.technicianSocket).get()
            let began = ContinuousClock.now
            let diagnosis = try await patient.diagnosis(
                .live, [patient.override("printer_address", "127.0.0.1:\(port)"), patient.override("cups_server", "127.0.0.1:\(port)")])
            #expect(ContinuousClock.now - began < .seconds(40))
            #expect(diagnosis.codes(.kiosk) == [.kioskAway])
            #expect(diagnosis.codes(.cups) == [.spoolerAway])
            #expect(diagnosis.codes(.centre) == [.centreAway])
            // It takes a connection, which is all that can be known of it without the kiosk.
            #expect(diagnosis.codes(.printer) == [nil])
            try await socket.close()
        }
        try await listener.close()
    }
}
