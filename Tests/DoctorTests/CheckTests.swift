import CUPSPrinting
import Conditions
import Doctor
import Foundation
import Journal
import KioskCore
import Testing

@testable import KioskRuntime

/// Each check against a world that is made for it.
@Suite struct CheckTests {
    @Test func aSoundKioskHasALineForEachCheckAndNothingElse() async throws {
        try await Patient.examined("centre_url: http://127.0.0.1:7072/") { patient in
            let diagnosis = try await patient.diagnosis(.sound)
            #expect(diagnosis.findings.map(\.check) == Check.allCases)
            #expect(diagnosis.codes == [])
            #expect(diagnosis.isHealthy)
            let lines = diagnosis.lines(.indonesian)
            #expect(lines.count == 15)
            #expect(lines[1] == "ok  mal            MPP Pekanbaru: 12 instansi, 17 layanan, anjungan mpp-1 (A)")
            #expect(lines[2].hasSuffix("42 catatan utuh, synchronous=2, journal_mode=wal, satu commit 1,3 ms, 2,1 MB dari 1,1 GB"))
            #expect(lines[3].hasSuffix("proses 4711 sejak 2026-11-23 07.05 WIB, 12 tiket hari ini"))
            #expect(lines[11].hasSuffix("menjawab; 2 catatan menunggu, belum pernah menjawab anjungan ini"))
            #expect(lines[12].hasSuffix("tidak perlu tanpa TLS"))
            #expect(lines[13].hasSuffix("2026-11-23 07.20 WIB, disinkronkan"))
            #expect(lines[14].hasSuffix(": 50,0 GB bebas dari 100,0 GB, 900000 inode bebas"))
        }
    }

    @Test func withoutAConfigurationNothingElseIsSaid() async throws {
        let broken = try await Patient.examined("site: [") { try await $0.diagnosis(.sound) }
        #expect(broken.findings.map(\.check) == [.configuration])
        #expect(broken.codes == [.configurationInvalid])
        #expect(!broken.isHealthy)
        #expect(broken.lines(.indonesian).count == 1)
        let absent = try await Doctor(.sound).diagnose(file: "/nonexistent/a.yaml", conditions: Patient.conditions)
        #expect(absent.codes == [.configurationInvalid])
        #expect(absent.lines(.english)[0].contains("/nonexistent/a.yaml"))
    }

    @Test func whatTheConfigurationNamesMustBeThere() async throws {
        try await Patient.examined { patient in
            for (key, value) in [
                ("printer_model", "no-such-model"), ("centre_public_key", "/nonexistent.pem"), ("printer_address", "nowhere"),
                ("cups_server", "nowhere"), ("kiosk_directory", "/nonexistent"),
            ] {
                let diagnosis = try await patient.diagnosis(.sound, [patient.override(key, value)])
                #expect(diagnosis.codes(.configuration) == [.configurationInvalid], "\(key)")
                #expect(!diagnosis.isHealthy)
                #expect(diagnosis.findings.count >= Check.allCases.count)
            }
        }
    }

    @Test func whatTheCentreHasToldTheKioskIsSaid() async throws {
        try await Patient.examined { patient in
            let told = KioskStatus.sound {
                $0.notices = .init(emergencySince: "2026-11-23T00:10:00.000Z", bundle: "aaaa", wantedBundle: "bbbb")
            }
            let diagnosis = try await patient.diagnosis(.sound { $0.kioskStatus = { _ in told } })
            #expect(diagnosis.codes(.kiosk) == [.emergency] && diagnosis.codes(.site) == [.siteOutdated])
            #expect(diagnosis.lines(.english).contains { $0.contains("aaaa runs, bbbb is asked for") })
            #expect(diagnosis.lines(.indonesian).contains { $0.contains("sejak 2026-11-23 07.10 WIB") })
            let calm = KioskStatus.sound { $0.notices = .init(emergencySince: nil, bundle: "aaaa", wantedBundle: "aaaa") }
            #expect(try await patient.diagnosis(.sound { $0.kioskStatus = { _ in calm } }).isHealthy)
        }
    }

    @Test func theSiteMustBeTheConfiguredOne() async throws {
        try await Patient.examined { patient in
            for (key, value) in [("site", "metro"), ("kiosk", "mpp-9"), ("site_bundle", "/nonexistent.json")] {
                let diagnosis = try await patient.diagnosis(.sound, [patient.override(key, value)])
                #expect(diagnosis.codes(.site) == [.siteInvalid], "\(key)")
            }
        }
    }

    @Test func anotherKioskAtTheSocketIsNotThisOne() async throws {
        let diagnosis = try await Patient.examined { patient in
            try await patient.diagnosis(.sound { $0.kioskStatus = { _ in .sound { $0.kiosk = "mpp-2" } } })
        }
        #expect(diagnosis.codes(.kiosk) == [.configurationInvalid])
    }

    @Test func whatTheKioskSaysOfItsJournalIsPassedOn() async throws {
        let cases: [(ConditionCode, (inout Instruments) -> Void)] = [
            (.journalDamaged, { $0.kioskVerification = { _ in Self.damaged } }),
            (.journalNotDurable, { $0.kioskVerification = { _ in Self.unsafe } }),
            (.journalFailed, { $0.kioskVerification = { _ in throw TechnicianClient.Away(description: "gone") } }),
            (.journalFull, { $0.kioskStatus = { _ in .sound { $0.journal.refusal = .init(condition: .journalFull, detail: "full") } } }),
        ]
        for (code, change) in cases {
            let diagnosis = try await Patient.examined { try await $0.diagnosis(.sound(change)) }
            #expect(diagnosis.codes(.journal) == [code])
            #expect(!diagnosis.isHealthy)
        }
    }

    private static var damaged: JournalVerification {
        JournalVerification(entries: 3, fault: "entry 3", synchronous: 2, journalMode: "wal", commitMilliseconds: 1)
    }
    private static var unsafe: JournalVerification {
        JournalVerification(entries: 3, fault: nil, synchronous: 1, journalMode: "wal", commitMilliseconds: 1)
    }

    @Test(arguments: [
        (JournalError.Code.corrupted, ConditionCode.journalDamaged), (.notDurable, .journalNotDurable), (.full, .journalFull),
        (.readOnly, .journalFailed), (.foreign, .configurationInvalid), (.newer, .journalFailed),
    ])
    func whyAJournalCannotBeOpenedHasItsCode(error: JournalError.Code, code: ConditionCode) async throws {
        let diagnosis = try await Patient.examined { patient in
            try await patient.diagnosis(
                .withoutKiosk { $0.journalWalk = { _, _ throws(JournalError) in throw JournalError(error, "why") } })
        }
        #expect(diagnosis.codes(.kiosk) == [.kioskAway])
        #expect(diagnosis.codes(.journal) == [code])
    }

    @Test func whatIsWrongWithTheQueueIsSaidInFull() async throws {
        let cases: [(QueueInspection?, [ConditionCode])] = [
            (nil, [.queueMissing]),
            (QueueInspection(deviceURI: "escpos:ticket", errorPolicy: "retry-job", isStopped: false, acceptsJobs: true), [.queuePolicy]),
            (QueueInspection(deviceURI: "socket://x", errorPolicy: "abort-job", isStopped: false, acceptsJobs: true), [.queuePolicy]),
            (QueueInspection(deviceURI: "escpos:ticket", errorPolicy: "abort-job", isStopped: true, acceptsJobs: true), [.spoolerRefused]),
            (
                QueueInspection(deviceURI: "escpos:x", errorPolicy: "stop-printer", isStopped: true, acceptsJobs: false),
                [.queuePolicy, .spoolerRefused]
            ),
        ]
        for (queue, codes) in cases {
            let diagnosis = try await Patient.examined { patient in
                try await patient.diagnosis(.sound { $0.queue = { _, _ in queue } })
            }
            #expect(diagnosis.codes(.queue) == codes)
            #expect(diagnosis.codes(.cups) == [nil])
            #expect(!diagnosis.isHealthy)
        }
        let trouble = try await Patient.examined { patient in
            try await patient.diagnosis(.sound { $0.kioskStatus = { _ in .sound { $0.printer.spooler = .spoolerRefused } } })
        }
        #expect(trouble.codes(.queue) == [.spoolerRefused])
    }

    @Test func withoutCUPSTheQueueIsNotExamined() async throws {
        let diagnosis = try await Patient.examined { patient in
            try await patient.diagnosis(.sound { $0.queue = { _, _ in throw SpoolerError(.unreachable, "nobody") } })
        }
        #expect(diagnosis.codes(.cups) == [.spoolerAway])
        #expect(diagnosis.findings(.queue).map(\.isExamined) == [false])
        #expect(diagnosis.lines(.english)[5].hasPrefix("-   print queue"))
    }

    @Test func theDirectRouteNeedsNoCUPS() async throws {
        let diagnosis = try await Patient.examined("print_route: direct") { patient in
            try await patient.diagnosis(.sound { $0.queue = { _, _ in throw SpoolerError(.unreachable, "nobody") } })
        }
        #expect(diagnosis.codes == [])
        #expect(diagnosis.lines(.english)[4].hasSuffix("not used (print_route: direct)"))
    }

    @Test func bothSettingsOfCUPSAreExamined() async throws {
        try await Patient.examined { patient in
            try "LogLevel warn\n".write(toFile: patient.cupsConfiguration, atomically: true, encoding: .utf8)
            let wrong = try await patient.diagnosis(.sound)
            #expect(wrong.codes(.cups) == [.spoolerForgets, .spoolerKeepsFiles])
            let missing = try await patient.diagnosis(.sound, [patient.override("cups_configuration", "/nonexistent.conf")])
            #expect(missing.codes(.cups) == [.configurationInvalid])
        }
    }

    @Test func theWorstOfThePrinterCounts() async throws {
        let diagnosis = try await Patient.examined { patient in
            try await patient.diagnosis(
                .sound { $0.kioskStatus = { _ in .sound { $0.printer.conditions = [.mediaLow, .coverOpen, .mediaEmpty] } } })
        }
        #expect(diagnosis.codes(.printer) == [.coverOpen])
        #expect(diagnosis.lines(.english)[6].contains("media-low, cover-open, media-empty"))
    }

    @Test func theCentreIsAskedByBothOfUs() async throws {
        let cases: [(Int?, ConditionCode?, ConditionCode?)] = [
            (200, nil, nil), (nil, nil, .centreAway), (404, nil, .centreRefused), (503, nil, .centreAway), (200, .centreAway, .centreAway),
            (200, .chainForked, .chainForked), (200, .centreBusy, .centreBusy), (nil, .centreRefused, .centreRefused),
        ]
        for (status, told, code) in cases {
            let diagnosis = try await Patient.examined("centre_url: http://127.0.0.1:7072/") { patient in
                try await patient.diagnosis(
                    .sound {
                        $0.httpStatus = { url, _, _ in
                            #expect(url == "http://127.0.0.1:7072/v1/health")
                            guard let status else { throw TechnicianClient.Away(description: "nobody") }
                            return status
                        }
                        $0.kioskStatus = { _ in .sound { $0.centre.condition = told } }
                    })
            }
            #expect(diagnosis.codes(.centre) == [code])
        }
    }

    @Test func theClockMustBePlausible() async throws {
        let past = WallTime(milliseconds: 1_451_606_400_000)
        let cases: [(ClockFacts, ConditionCode?)] = [
            (ClockFacts(now: .morning, isSynchronized: true), nil), (ClockFacts(now: .morning, isSynchronized: nil), nil),
            (ClockFacts(now: .morning, isSynchronized: false), .clockFree), (ClockFacts(now: past, isSynchronized: true), .clockJumped),
            // Before the kiosk's own start.
            (ClockFacts(now: WallTime(milliseconds: WallTime.morning.milliseconds - 3_600_000), isSynchronized: true), .clockJumped),
        ]
        for (clock, code) in cases {
            let diagnosis = try await Patient.examined { patient in try await patient.diagnosis(.sound { $0.clock = { clock } }) }
            #expect(diagnosis.codes(.clock) == [code])
            #expect(diagnosis.isHealthy)
        }
    }

    @Test func aClockThatTheJournalDoesNotBelieveIsTold() async throws {
        let diagnosis = try await Patient.examined { patient in
            try await patient.diagnosis(
                .sound { $0.kioskStatus = { _ in .sound { $0.journal.clock = "the clock is 90 h ahead of what it was believed to show" } } }
            )
        }
        #expect(diagnosis.codes(.clock) == [.clockJumped])
        #expect(diagnosis.lines(.english).contains { $0.contains("90 h ahead") && $0.contains("anjungan journal clock --right") })
    }

    @Test(arguments: [
        (Int64(50_000_000_000), Int64(500_000), nil as ConditionCode?), (9_000_000_000, 500_000, .diskLow), (50_000_000_000, 9, .diskLow),
        (40_000_000, 500_000, .diskLow), (32_000_000, 500_000, .journalFull), (50_000_000_000, 0, .journalFull),
    ])
    func theDiskMustHaveRoom(free: Int64, files: Int64, code: ConditionCode?) async throws {
        let total: Int64 = free == 40_000_000 ? 100_000_000 : 100_000_000_000
        let diagnosis = try await Patient.examined { patient in
            try await patient.diagnosis(
                .sound { $0.space = { _ in DiskSpace(free: free, total: total, freeFiles: files, totalFiles: 1_000_000) } })
        }
        #expect(diagnosis.codes(.disk) == [code])
    }
}
