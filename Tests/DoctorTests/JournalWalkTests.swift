import Conditions
import Doctor
import Foundation
import Glibc
import Journal
import KioskCore
import KioskRuntime
import Subprocess
import SystemPackage
import Testing

/// The doctor at real journals of kiosks that do not run.
@Suite(.timeLimit(.minutes(15))) struct JournalWalkTests {
    static func diagnosis(_ patient: Patient, _ overrides: [ConfigurationOverride] = []) async throws -> Diagnosis {
        try await patient.diagnosis(
            .withoutKiosk {
                $0.journalWalk = Instruments.live.journalWalk
                $0.space = Instruments.live.space
            }, overrides)
    }

    @Test func aWholeJournalIsWalked() async throws {
        try await Patient.examined { patient in
            try await patient.issue(4)
            let diagnosis = try await Self.diagnosis(patient)
            #expect(diagnosis.codes(.journal) == [nil])
            #expect(diagnosis.lines(.english)[2].contains("4 entries, all whole"))
            // It was closed again.
            try await patient.issue(1)
        }
    }

    @Test func aJournalThatDoesNotExistIsNotMade() async throws {
        try await Patient.examined { patient in
            let diagnosis = try await Self.diagnosis(patient)
            #expect(diagnosis.codes(.journal) == [nil])
            #expect(!FileManager.default.fileExists(atPath: "\(patient.state)/journal"))
        }
    }

    @Test func withoutTheStateDirectoryThereIsNoJournal() async throws {
        try await Patient.examined { patient in
            let diagnosis = try await Self.diagnosis(patient, [patient.override("state_directory", "\(patient.folder)/gone")])
            #expect(diagnosis.codes(.journal) == [.journalFailed])
            #expect(diagnosis.codes(.disk) == [.journalFailed])
        }
    }

    /// One octet in the middle of a ticket's entry, as a dying disk would change it.
    @Test func aChangedOctetIsFound() async throws {
        try await Patient.examined { patient in
            try await patient.issue(4)
            let path = "\(patient.state)/journal/journal.sqlite"
            var octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            // The first match is in the text of the schema.
            let place = try #require(octets.ranges(of: Array("ticket.issued".utf8)).last?.lowerBound)
            octets[place + 3] ^= 0x01
            try Data(octets).write(to: URL(fileURLWithPath: path))
            let diagnosis = try await Self.diagnosis(patient)
            #expect(diagnosis.codes(.journal) == [.journalDamaged])
            #expect(!diagnosis.isHealthy)
        }
    }

    @Test func aJournalThatIsInUseIsNotTouched() async throws {
        try await Patient.examined { patient in
            try await patient.issue(1)
            let owner = try await Journal.open(
                directory: "\(patient.state)/journal", site: SiteID("pekanbaru")!, kiosk: KioskID("mpp-1")!, zone: .jakarta, recipient: nil)
            let diagnosis = try await Self.diagnosis(patient)
            #expect(diagnosis.findings(.journal).map(\.isExamined) == [false])
            #expect(diagnosis.lines(.english)[2].contains("process \(getpid())"))
            try await owner.close()
        }
    }

    @Test func aClockBehindTheJournalHasJumped() async throws {
        try await Patient.examined { patient in
            try await patient.issue(1)
            let diagnosis = try await patient.diagnosis(
                .withoutKiosk {
                    $0.journalWalk = Instruments.live.journalWalk
                    $0.clock = { ClockFacts(now: WallTime(milliseconds: WallTime.now.milliseconds - 7_200_000), isSynchronized: true) }
                })
            #expect(diagnosis.codes(.clock) == [.clockJumped])
        }
    }

    /// CAP_SYS_ADMIN, the twenty-second capability.
    static let canMount: Bool = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst(7).drop { $0.isWhitespace }, radix: 16) }.map { $0 & 1 << 21 != 0 } ?? false
    }()

    @Test(.enabled(if: canMount)) func aFullDiskIsFoundBeforeTheKioskIs() async throws {
        try await Patient.examined { patient in
            try #require(mount("none", patient.state, "tmpfs", 0, "size=16m") == 0)
            defer { umount(patient.state) }
            try await patient.issue(0)
            let diagnosis = try await Self.diagnosis(patient)
            #expect(diagnosis.codes(.disk) == [.journalFull])
            #expect(diagnosis.codes(.journal) == [.journalFull])
            #expect(!diagnosis.isHealthy)
        }
    }
}
