import Conditions
import Doctor
import SyncProtocol
import Testing

@testable import KioskRuntime

/// What the doctor says of the paper.
@Suite struct RollCheckTests {
    private static let roll = KioskStatus.Roll(
        usedMillimetres: 12_345, leftMillimetres: 67_655, ticketsLeft: 900, certainty: .about, isLow: false,
        changedAt: "2026-11-22T03:00:00.000Z", provenAt: "2026-11-22T03:05:00.000Z", isUnproven: false)

    private static func diagnosis(
        _ conditions: [ConditionCode] = [], _ change: (inout KioskStatus.Roll) -> Void = { _ in }
    ) async throws -> Diagnosis {
        var roll = roll
        change(&roll)
        let status = KioskStatus.sound {
            $0.printer.roll = roll
            $0.printer.conditions = conditions
        }
        return try await Patient.examined { try await $0.diagnosis(.sound { $0.kioskStatus = { _ in status } }) }
    }

    private static func line(_ diagnosis: Diagnosis, _ language: Language, _ name: String) throws -> String {
        try #require(diagnosis.lines(language).first { $0.contains(name) })
    }

    @Test func metresAndTicketsAreSaidInBothLanguages() async throws {
        let diagnosis = try await Self.diagnosis()
        #expect(diagnosis.codes(.roll) == [nil])
        #expect(try Self.line(diagnosis, .english, "  paper  ").hasSuffix("12.3 m used, about 67.6 m left, about 900 tickets"))
        #expect(
            try Self.line(diagnosis, .indonesian, "  kertas  ")
                .hasSuffix("terpakai 12,3 m, sisa kira-kira 67,6 m, kira-kira 900 tiket"))
    }

    @Test func whatIsNotKnownIsSaidToBeUnknown() async throws {
        let first = try await Self.diagnosis { $0.certainty = .atMost }
        #expect(try Self.line(first, .english, "  paper  ").hasSuffix("at most 67.6 m left, at most 900 tickets"))
        let none = try await Self.diagnosis { ($0.leftMillimetres, $0.ticketsLeft, $0.certainty) = (nil, nil, .unknown) }
        #expect(try Self.line(none, .english, "  paper  ").hasSuffix("12.3 m used, what is left is unknown"))
    }

    @Test func nearEndIsAWarningOfTheRollWithWhatIsLeftAndNotOneOfThePrinterToo() async throws {
        let diagnosis = try await Self.diagnosis([.mediaLow]) { ($0.isLow, $0.leftMillimetres, $0.ticketsLeft) = (true, 1500, 20) }
        #expect(diagnosis.codes(.roll) == [.mediaLow])
        #expect(diagnosis.codes(.printer) == [nil])
        #expect(diagnosis.isHealthy)
        let line = try Self.line(diagnosis, .english, "  paper  ")
        #expect(line.contains("about 1.5 m left, about 20 tickets"))
        #expect(line.contains("→ Have a new roll ready"))
    }

    @Test func afterAChangeTheTestSlipIsOfferedUntilItWasReadBack() async throws {
        let diagnosis = try await Self.diagnosis { ($0.isUnproven, $0.provenAt) = (true, nil) }
        #expect(diagnosis.codes(.roll) == [.rollUnproven])
        #expect(diagnosis.isHealthy, "it prints; only nobody knows how that looks")
        #expect(try Self.line(diagnosis, .indonesian, "  kertas  ").contains("anjungan printer test`"))
    }

    @Test func anEndedRollIsThePrintersMatter() async throws {
        let diagnosis = try await Self.diagnosis([.mediaEmpty]) { ($0.isLow, $0.leftMillimetres, $0.ticketsLeft) = (true, 0, 0) }
        #expect(diagnosis.codes(.printer) == [.mediaEmpty])
        #expect(diagnosis.codes(.roll) == [nil])
    }

    @Test func withoutARunningKioskNobodyKnows() async throws {
        let diagnosis = try await Patient.examined { try await $0.diagnosis(.withoutKiosk()) }
        #expect(diagnosis.findings(.roll).map(\.isExamined) == [false])
    }
}
