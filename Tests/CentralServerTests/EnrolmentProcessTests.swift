import Enrolment
import Foundation
import KioskCore
import LoopbackWeb
import SyncProtocol
import Testing

@testable import CentralServer

/// The programs as they are, with OpenSSL and curl at the kiosks' door.
@Suite(.serialized, .timeLimit(.minutes(15))) struct EnrolmentProcessTests {
    /// A kiosk with OpenSSL's key and curl in the place of ours.
    private struct CurlKiosk {
        let files: String
        /// Of the door, without a slash at the end.
        let url: String
        private var identity: [String] { ["--cert", "\(files)/device.pem", "--key", "\(files)/device-key.pem"] }

        /// One request, with the kiosk's certificate or without.
        func ask(_ path: String, _ options: [String] = [], known: Bool = true) async throws -> (status: String, body: String) {
            let trust = ["-sS", "-w", "\n%{http_code}", "--cacert", "\(files)/ca.pem"]
            let answer = try await run("curl", trust + (known ? identity : []) + options + ["\(url)/\(path)"])
            let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false)
            return (lines.last.map(String.init) ?? "", lines.dropLast().joined(separator: "\n"))
        }

        func enrol(_ code: EnrolmentCode) async throws {
            let made = try await run(
                "openssl",
                [
                    "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(files)/device-key.pem",
                    "-outform", "DER", "-out", "\(files)/request.der", "-subj", "/CN=kiosk",
                ])
            try #require(made.status == 0, "\(made.output)")
            let asked = try Data(contentsOf: URL(fileURLWithPath: "\(files)/request.der"))
            let name = try #require(DeviceName("pekanbaru/mpp-1"))
            let question = EnrolmentRequest(
                id: Data(code.keyring.id), site: "pekanbaru", kiosk: "mpp-1", request: asked,
                proof: Data(code.keyring.proof(name, request: [UInt8](asked))))
            try JSONEncoder().encode(question).write(to: URL(fileURLWithPath: "\(files)/question.json"))
            let authority = try await run("curl", ["-sS", "--insecure", "\(url)/v1/authority"])
            try authority.output.write(toFile: "\(files)/ca.pem", atomically: true, encoding: .utf8)
            let answer = try await ask("v1/enrolment", ["--data-binary", "@\(files)/question.json"], known: false)
            try #require(answer.status == "200", "\(answer)")
            let reply = try JSONDecoder().decode(EnrolmentReply.self, from: Data(answer.body.utf8))
            try reply.certificate.write(toFile: "\(files)/device.pem", atomically: true, encoding: .utf8)
        }

        /// Sends a batch that OpenSSL signed.
        func send(_ batch: [UInt8]) async throws -> (status: String, body: String) {
            try Data(batch).write(to: URL(fileURLWithPath: "\(files)/batch"))
            let signed = try await run(
                "openssl", ["dgst", "-sha256", "-sign", "\(files)/device-key.pem", "-out", "\(files)/batch.sig", "\(files)/batch"])
            try #require(signed.status == 0, "\(signed.output)")
            let signature = BatchSignature(der: [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(files)/batch.sig"))))
            return try await ask(
                "v1/entries", ["-H", "\(BatchSignature.header): \(signature.headerValue)", "--data-binary", "@\(files)/batch"])
        }
    }

    private static func code(_ bench: Bench) throws -> EnrolmentCode {
        let given = try CentreProcess.run(["enroll", "pekanbaru", "mpp-1", "--store", bench.folder])
        #expect(given.status == 0, "\(given.errors)")
        return try EnrolmentCode(String(given.output.prefix { $0 != "\n" }))
    }

    @Test func aKioskIsEnrolledAndRevokedWhileTheCentreRuns() async throws {
        let bench = Bench()
        let centre = try CentreProcess(store: bench.folder, tls: true)
        let kiosk = CurlKiosk(files: bench.folder, url: "https://\(try #require(centre.door))")
        try await kiosk.enrol(try Self.code(bench))
        let health = try await kiosk.ask("v1/health")
        #expect(health.status == "200", "\(health)")
        let nobody = try await kiosk.ask("v1/health", known: false)
        #expect(nobody.status == "403" && nobody.body.contains("certificate-missing"), "\(nobody)")
        let batch = SampleKiosk("mpp-1").call.octets
        let taken = try await kiosk.send(batch)
        #expect(taken.status == "200" && taken.body.contains(#""upto":0"#), "\(taken)")
        let elsewhere = try await request("POST", "/v1/entries", centre.address, body: batch)
        #expect(elsewhere.status == 403 && elsewhere.text.contains("signature-wrong"), "not even from this machine without its signature")

        let revoked = try CentreProcess.run(["revoke", "pekanbaru/mpp-1", "--store", bench.folder])
        #expect(revoked.status == 0, "\(revoked.errors)")
        let late = try await kiosk.ask("v1/health")
        #expect(late.status == "403" && late.body.contains("certificate-revoked"), "\(late)")
        let report = try CentreProcess.run(["report", "--store", bench.folder])
        #expect(report.output.contains("! pekanbaru/mpp-1 certificate-revoked"), "\(report.output)")
        let page = try await request("GET", "/v1/report", centre.address).decoded(DayReport.self)
        #expect(page.refusals.contains { $0.code == "certificate-revoked" })
        let again = try CentreProcess.run(["revoke", "pekanbaru/mpp-1", "--store", bench.folder])
        #expect(again.status == 1 && again.errors.contains("no valid certificate"), "\(again)")
        let end = try CentreProcess.run(["enrolments", "--store", bench.folder, "--json"])
        #expect(end.output.contains(#""state":"revoked""#), "\(end.output)")
        #expect(centre.stop() == 0)
    }

    @Test func ourOwnKioskIsEnrolledByWhatSomebodyTypes() throws {
        let bench = Bench()
        let centre = try CentreProcess(store: bench.folder, tls: true)
        let url = "https://\(try #require(centre.door))/"
        let program = CentreProcess.executable.replacing("anjungan-central", with: "anjungan")
        let file = "\(bench.folder)/anjungan.yaml"
        let needed = ["site_bundle", "kiosk_directory", "devices_directory", "device_socket"].map { "\($0): /nonexistent" }
        let keys = [
            "site: pekanbaru", "kiosk: mpp-1", "state_directory: \(bench.folder)/kiosk", "printer_model: x", "printer_address: x:1",
        ]
        try (keys + needed + ["centre_url: \(url)"]).joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)

        let code = try Self.code(bench)
        for (typed, word) in [("7M2KQ", "has 30 letters and digits"), (mistyped(code), "mistyped")] {
            let run = try CentreProcess.run(["enroll", "-", "--config", file], of: program, typing: typed)
            #expect(run.status == 1 && run.errors.contains(word), "\(run)")
        }
        let done = try CentreProcess.run(["enroll", "-", "--config", file], of: program, typing: code.description.lowercased())
        #expect(done.status == 0 && done.output.contains("enrolled pekanbaru/mpp-1"), "\(done)")
        let identity = try #require(try DeviceIdentity.load(folder: "\(bench.folder)/kiosk/enrolment"))
        #expect(identity.certificate.name.description == "pekanbaru/mpp-1")
        let again = try CentreProcess.run(["enroll", code.description, "--config", file], of: program)
        #expect(again.status == 1 && again.errors.contains("used already"), "\(again)")
        let plain = try CentreProcess.run(
            ["enroll", code.description, "--config", file, "--centre", "http://127.0.0.1:1/"], of: program)
        #expect(plain.status != 0 && plain.errors.contains("behind TLS"), "\(plain)")
        #expect(centre.stop() == 0)
    }

    @Test func aMallsCentreJoinsTheCitysAndForwards() async throws {
        let (city, mall) = (Bench(), Bench())
        let above = try CentreProcess(store: city.folder, tls: true)
        let url = "https://\(try #require(above.door))/"
        let given = try CentreProcess.run(["enroll", "pekanbaru", DeviceName.forwarder, "--store", city.folder])
        let code = String(given.output.prefix { $0 != "\n" })
        let joined = try CentreProcess.run(["join", "-", "--site", "pekanbaru", "--centre", url, "--store", mall.folder], typing: code)
        #expect(joined.status == 0 && joined.output.contains("joined as pekanbaru/all-kiosks"), "\(joined)")
        let below = try CentreProcess(store: mall.folder, more: ["--upstream", url])
        // What the city says comes down before the first entry has gone up: the keys name the site.
        #expect(try CentreProcess.run(["notice", "emergency", "pekanbaru", "--store", city.folder]).status == 0)
        let list = ["notice", "list", "--store", mall.folder]
        while try await !CentreProcess.runAside(list).output.contains("pekanbaru  from above: EMERGENCY since") {}
        let kept = try String(contentsOfFile: "\(mall.folder)/notices-above.json", encoding: .utf8)
        #expect(!kept.contains("PUBLIC KEY"), "who can read stays as it is")
        var kiosk = SampleKiosk("mpp-1")
        for ticket in 1...20 { kiosk.visit(ticket) }
        _ = try await post(kiosk.whole, to: below.address)
        // It goes up by itself; the upper centre only answers.
        while try await request("GET", "/v1/report", above.address).decoded(DayReport.self).chains.first?.upto != kiosk.head.sequence {
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
        #expect(try city.entries(of: kiosk.name) == kiosk.entries.map(\.octets))
        #expect(below.stop() == 0)
        #expect(above.stop() == 0)
    }

    /// With two neighbours that differ exchanged.
    private func mistyped(_ code: EnrolmentCode) -> String {
        var letters = Array(code.description)
        if let index = letters.indices.dropLast().first(where: { letters[$0] != letters[$0 + 1] && letters[$0 + 1] != "-" }) {
            letters.swapAt(index, index + 1)
        }
        return String(letters)
    }

    @Test func openSSLVerifiesTheDoorAndOldTLSStaysOutside() async throws {
        let bench = Bench()
        let centre = try CentreProcess(store: bench.folder, tls: true)
        let door = try #require(centre.door)
        let authority = try await run("curl", ["-sS", "--insecure", "https://\(door)/v1/authority"])
        let trusted = "\(bench.folder)/ca.pem"
        try authority.output.write(toFile: trusted, atomically: true, encoding: .utf8)
        let strict = ["s_client", "-connect", "\(door)", "-tls1_3", "-CAfile", trusted, "-verify_return_error", "-brief", "-verify_ip"]
        let right = try await run("openssl", strict + ["127.0.0.1"])
        #expect(right.output.contains("Verification: OK"), "\(right.output)")
        let wrong = try await run("openssl", strict + ["127.0.0.2"])
        #expect(wrong.status != 0 && wrong.output.contains("IP address mismatch"), "\(wrong.output)")
        let old = try await run("openssl", ["s_client", "-connect", "\(door)", "-tls1_2", "-CAfile", trusted])
        #expect(old.output.contains("alert protocol version"), "\(old.output)")
        #expect(centre.stop() == 0)
    }

    @Test func aCodeIsListedAndNotKept() throws {
        let bench = Bench()
        let code = try Self.code(bench)
        let listed = try CentreProcess.run(["enrolments", "--store", bench.folder])
        #expect(listed.output.contains("pekanbaru/mpp-1  code not used yet"), "\(listed.output)")
        for file in ["authority.pem", "opening-key.pem", "enrolment.sqlite"] {
            let path = "\(bench.folder)/\(file)"
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600, "\(file)")
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            #expect(!text.contains(code.description))
        }
    }

    @Test func whereNobodyWasEnrolledThereIsNothingToRevoke() throws {
        let bench = Bench()
        let run = try CentreProcess.run(["revoke", "pekanbaru/mpp-1", "--store", bench.folder])
        #expect(run.status == 1)
        #expect(run.errors.contains("holds no register"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: bench.folder), "asking makes nothing")
    }

    /// Whoever knocks with ever new names does not wear the disk out.
    @Test func strangersCannotKeepTheDiskBusy() {
        var limit = NoteLimit()
        func passed(_ count: Int, every pause: Int64, from start: Int64) -> Int {
            (0..<count).count { limit.allows(at: WallTime(milliseconds: start + Int64($0) * pause)) == true }
        }
        #expect(passed(1000, every: 0, from: 0) == 100)
        #expect(passed(1000, every: 1, from: 0) == 9, "ten a second")
        #expect(passed(10, every: 1000, from: 10_000) == 10)
        #expect(passed(200, every: 0, from: 0) < 100, "a clock that jumps back")
    }

    @Test func theRegisterSyncsWhatItSays() async throws {
        let bench = Bench()
        let register = try await DeviceRegister.open(directory: bench.folder, now: noon)
        #expect(try await register.durability() == [3, 0], "synchronous EXTRA, journal DELETE")
        let code = try await register.newCode(SiteID("pekanbaru")!, nil, at: noon)
        #expect(try await register.openCodes(at: noon).map(\.kiosk) == [nil])
        await #expect(throws: StoreError(.refused, "the centre's own name")) {
            try await register.newCode(SiteID("pekanbaru")!, ManualSeries.writer, at: noon)
        }
        #expect(code.names(register.authority.certificate.fingerprint))
    }
}

/// Runs a program of somebody else to its end, away from the tests' few threads.
func run(_ program: String, _ arguments: [String]) async throws -> (status: CInt, output: String) {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(
                with: Result {
                    let process = Process()
                    let output = Pipe()
                    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
                    process.arguments = ["60", program] + arguments
                    process.standardInput = FileHandle.nullDevice
                    process.standardOutput = output
                    process.standardError = output
                    try process.run()
                    let data = try output.fileHandleForReading.readToEnd() ?? Data()
                    process.waitUntilExit()
                    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
                })
        }
    }
}
