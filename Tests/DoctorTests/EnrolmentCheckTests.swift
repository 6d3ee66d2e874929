import Conditions
import ConnectProxy
import Doctor
import Enrolment
import Foundation
import KioskCore
import Testing

/// What the doctor says of a kiosk's keys.
@Suite struct EnrolmentCheckTests {
    /// Enrols a patient past its centre, `days` before the morning of the examination.
    private static func enrol(_ patient: Patient, as name: String = "pekanbaru/mpp-1", days: Int64) throws {
        let then = WallTime(milliseconds: WallTime.morning.milliseconds - days * 86_400_000)
        let authority = try CertificateAuthority(now: then)
        let (key, device) = (DeviceKey(), DeviceName(name)!)
        let certificate = try authority.certify(device, request: try key.request(for: device), now: then)
        let reply = EnrolmentReply(certificate: certificate.pem, authority: authority.certificate.pem, sealingKey: "")
        try key.identity(reply, name: device, authority: authority.certificate).save(folder: "\(patient.state)/enrolment")
    }

    @Test func aCentreWithoutTLSNeedsNoKeys() async throws {
        let diagnosis = try await Patient.examined("centre_url: http://127.0.0.1:7072/") { try await $0.diagnosis(.sound) }
        #expect(diagnosis.codes(.enrolment) == [nil])
    }

    @Test func aKioskThatNobodyEnrolledIsToldHow() async throws {
        let diagnosis = try await Patient.examined("centre_url: https://10.0.0.1:7443/") { patient in
            try await patient.diagnosis(.sound { $0.httpStatus = { _, _, _ in throw TechnicianAway() } })
        }
        #expect(diagnosis.codes(.enrolment) == [.certificateMissing])
        #expect(diagnosis.findings(.centre).map(\.isExamined) == [false])
        #expect(diagnosis.lines(.english).contains { $0.contains("anjungan enroll CODE") })
        #expect(diagnosis.isHealthy, "citizens are served all the same")
    }

    private struct TechnicianAway: Error {}

    @Test func daysAreCountedAndEachStateHasItsCondition() async throws {
        let cases: [(Int64, String, ConditionCode?, String)] = [
            (0, "pekanbaru/mpp-1", nil, "pekanbaru/mpp-1, 90 days left"), (70, "pekanbaru/mpp-1", nil, "20 days left"),
            (80, "pekanbaru/mpp-1", .certificateEnding, "10 days left"), (91, "pekanbaru/mpp-1", .certificateExpired, "it ended"),
            (-2, "pekanbaru/mpp-1", .certificateEarly, "it begins"), (0, "pekanbaru/mpp-2", .certificateForeign, "not of pekanbaru/mpp-1"),
        ]
        for (days, name, code, words) in cases {
            let diagnosis = try await Patient.examined("centre_url: https://10.0.0.1:7443/") { patient in
                try Self.enrol(patient, as: name, days: days)
                return try await patient.diagnosis(
                    .sound {
                        $0.httpStatus = { url, identity, _ in
                            #expect(url == "https://10.0.0.1:7443/v1/health")
                            #expect(identity?.certificate.name.description == name)
                            return 200
                        }
                    })
            }
            #expect(diagnosis.codes(.enrolment) == [code])
            let finding = try #require(diagnosis.findings(.enrolment).first)
            #expect(finding.detail.english.contains(words), "\(finding.detail.english)")
        }
    }

    @Test func aDamagedIdentityIsNamedWithItsFile() async throws {
        let diagnosis = try await Patient.examined("centre_url: https://10.0.0.1:7443/") { patient in
            try Self.enrol(patient, days: 0)
            try "no key".write(toFile: "\(patient.state)/enrolment/device.pem", atomically: true, encoding: .utf8)
            return try await patient.diagnosis(.sound)
        }
        #expect(diagnosis.codes(.enrolment) == [.certificateMissing])
        #expect(diagnosis.findings(.enrolment).first?.detail.english.contains("enrolment/device.pem") == true)
    }

    /// The doctor looks for the centre as the kiosk does, and reads what its proxy says.
    @Test(.timeLimit(.minutes(5))) func aProxyThatAsksForAPasswordIsToldApartFromACentreThatIsAway() async throws {
        try await ConnectProxy.run(leadingTo: 1, login: "mpp:rahasia") { proxy in
            let lines = "centre_url: https://pusat.invalid:7443/\ncentre_proxy: 127.0.0.1:\(proxy.port)"
            for (more, words) in [
                ("", "asks for a name and a password (407)"), ("\ncentre_proxy_login: /no/such", "/no/such cannot be read"),
            ] {
                let diagnosis = try await Patient.examined(lines + more) { patient in
                    try Self.enrol(patient, days: 0)
                    return try await patient.diagnosis(.sound { $0.httpStatus = Instruments.live.httpStatus })
                }
                #expect(diagnosis.codes(.centre) == [.centreAway])
                let finding = try #require(diagnosis.findings(.centre).first)
                #expect(finding.detail.english.contains(words), "\(finding.detail.english)")
            }
        }
    }
}
