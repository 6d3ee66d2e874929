import ConnectProxy
import Enrolment
import Foundation
import KioskCore
import LoopbackWeb
import SyncProtocol
import Testing

@testable import CentralServer

/// A mall's centre that reaches the city's through a proxy alone, which asks for a password.
@Suite(.timeLimit(.minutes(15))) struct UpstreamProxyTests {
    @Test func aCentreBehindAProxyJoinsAndForwards() async throws {
        let (city, mall) = (Bench(), Bench())
        let above = try CentreProcess(store: city.folder, more: ["--name", "pusat.invalid"], tls: true)
        let (page, port) = (above.address, try #require(above.door?.port))
        let url = "https://pusat.invalid:\(port)/"
        try await ConnectProxy.run(leadingTo: port, login: "mpp:rahasia") { proxy in
            let login = "\(mall.folder)/proxy-login"
            try FileManager.default.createDirectory(atPath: mall.folder, withIntermediateDirectories: true)
            let given = try await CentreProcess.runAside(["enroll", "pekanbaru", DeviceName.forwarder, "--store", city.folder])
            let through = ["--proxy", "127.0.0.1:\(proxy.port)"]
            func join(_ more: [String]) async throws -> (status: CInt, output: String, errors: String) {
                try await CentreProcess.runAside(
                    ["join", "-", "--site", "pekanbaru", "--centre", url, "--store", mall.folder] + through + more,
                    typing: String(given.output.prefix { $0 != "\n" }))
            }
            let without = try await join([])
            #expect(without.status == 1 && without.errors.contains("asks for a name and a password (407)"), "\(without)")
            try Self.write("mpp:salah", to: login)
            let wrong = try await join(["--proxy-login", login])
            #expect(wrong.status == 1 && wrong.errors.contains("refuses the login in \(login) (407): correct it"), "\(wrong)")
            #expect(!wrong.errors.contains("salah"))
            try Self.write("mpp:rahasia", to: login)
            let right = try await join(["--proxy-login", login])
            try #require(right.status == 0, "\(right)")

            let below = try CentreProcess(
                store: mall.folder, more: ["--upstream", url, "--proxy-login", login] + through)
            var kiosk = SampleKiosk("mpp-1")
            for ticket in 1...20 { kiosk.visit(ticket) }
            _ = try await post(kiosk.whole, to: below.address)
            while try await request("GET", "/v1/report", page).decoded(DayReport.self).chains.first?.upto != kiosk.head.sequence {
                try await ContinuousClock().sleep(for: .milliseconds(20))
            }
            // News come the same way.
            let called = try await CentreProcess.runAside(["notice", "emergency", "pekanbaru", "--store", city.folder])
            #expect(called.status == 0)
            while try await !CentreProcess.runAside(["notice", "list", "--store", mall.folder]).output.contains("from above: EMERGENCY") {}
            #expect(below.stop() == 0)
        }
        #expect(above.stop() == 0)
    }

    @Test func aProxyIsForACentreAboveBehindTLS() throws {
        let start = ["run", "--listen", "127.0.0.1:0", "--store", Bench().folder, "--page", WebTests.page]
        for (words, said) in [
            (["--proxy", "127.0.0.1:1"], "--proxy is for --upstream https://"),
            (["--proxy", "127.0.0.1:1", "--upstream", "http://127.0.0.1:2/"], "--proxy is for --upstream https://"),
            (["--proxy-login", "/no/such/file"], "--proxy-login is for a proxy"),
            (["--proxy", "http://proxy:1"], "--proxy takes HOST:PORT"),
            (
                ["--proxy", "127.0.0.1:1", "--proxy-login", "/no/such/file", "--upstream", "https://127.0.0.1:2/"],
                "/no/such/file cannot be read"
            ),
        ] {
            let run = try CentreProcess.run(start + words)
            #expect(run.status != 0 && run.errors.contains(said), "\(words): \(run.errors)")
        }
    }

    private static func write(_ text: String, to file: String) throws {
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }
}
