import AsyncHTTPClient
import CentralServer
import Conditions
import ConnectProxy
import Enrolment
import Foundation
import KioskCore
import LoopbackWeb
import Synchronization
import Testing

@testable import KioskRuntime

/// A kiosk that reaches nothing but a proxy: it cannot even find the centre's name.
@Suite(.timeLimit(.minutes(15))) struct ProxyTests {
    @Test func aKioskBehindAProxyIsEnrolledAndSends() async throws {
        try await Door.opened(names: ["pusat.invalid"]) { door in
            let port = try #require(URL(string: door.url)?.port)
            let url = "https://pusat.invalid:\(port)/"
            try await ConnectProxy.run(leadingTo: port) { proxy in
                let through = try #require(WebProxy("127.0.0.1:\(proxy.port)"))
                let lines = ["print_route: direct", "centre_url: \(url)", "centre_proxy: \(through)", "centre_retry: 1"]
                try await KioskBench.run(lines) { kiosk in
                    let code = try await door.register.newCode(Door.mpp1.site, Door.mpp1.kiosk, at: .present)
                    _ = try await EnrolmentClient(url: url, proxy: through).enrol(code, Door.mpp1, folder: "\(kiosk.folder)/enrolment")
                    #expect(try await kiosk.visit().outcome == .printed)
                    _ = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } && $0.centre.condition == nil }
                    #expect(try await door.store.health().chains == 2)
                }
                let asked = proxy.asked.withLock { $0 }
                #expect(asked.count >= 2)
                #expect(asked.allSatisfy { $0 == "CONNECT pusat.invalid:\(port) HTTP/1.1" }, "\(asked)")
            }
        }
    }

    /// A login is right, wrong, or missing; the technician reads what to do, and nobody the password.
    @Test func aProxyThatAsksForAPasswordGetsIt() async throws {
        try await Door.opened(names: ["pusat.invalid"]) { door in
            let port = try #require(URL(string: door.url)?.port)
            let url = "https://pusat.invalid:\(port)/"
            try await ConnectProxy.run(leadingTo: port, login: "mpp:kata:sandi") { proxy in
                let folder = "\(door.folder)/kiosk"
                let login = "\(folder)/proxy-login"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Self.write("mpp:kata:sandi", to: login)
                let silent = try #require(WebProxy("127.0.0.1:\(proxy.port)"))
                let lines = ["print_route: direct", "centre_url: \(url)", "centre_proxy: \(silent)", "centre_retry: 1"]
                let code = try await door.register.newCode(Door.mpp1.site, Door.mpp1.kiosk, at: .present)
                await #expect(throws: EnrolmentError(.answer, "")) {
                    _ = try await EnrolmentClient(url: url, proxy: silent).enrol(code, Door.mpp1, folder: "\(folder)/enrolment")
                }
                var through = silent
                through.login = try ProxyLogin(file: login)
                _ = try await EnrolmentClient(url: url, proxy: through).enrol(code, Door.mpp1, folder: "\(folder)/enrolment")

                for (said, isWrong) in [("asks for a name and a password", false), ("refuses the login in \(login)", true)] {
                    try Self.write("mpp:salah", to: login)
                    try await KioskBench.run(lines + (isWrong ? ["centre_proxy_login: \(login)"] : []), in: folder) { kiosk in
                        let status = try await kiosk.until { $0.centre.detail?.contains(said) == true }
                        #expect(status.centre.condition == .centreAway)
                        #expect(status.centre.detail?.contains("salah") == false && status.centre.detail?.contains("407") == true)
                    }
                }
                try Self.write("mpp:kata:sandi\n", to: login)
                try await KioskBench.run(lines + ["centre_proxy_login: \(login)"], in: folder) { kiosk in
                    #expect(try await kiosk.visit().outcome == .printed)
                    _ = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } && $0.centre.condition == nil }
                    #expect(try await door.store.health().chains == 2)
                }
            }
        }
    }

    @Test func aLoginIsOneLineInAFileOfItsOwner() throws {
        let file = "/tmp/anjungan-login-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(throws: EnrolmentError(.file, "there is none")) { try ProxyLogin(file: file) }
        for text in ["", "mpp", ":sandi", "mpp:kata\nsandi", "mpp:\u{7}"] {
            try Self.write(text, to: file)
            #expect(throws: EnrolmentError(.malformed, "")) { try ProxyLogin(file: file) }
        }
        try Self.write("mpp:rahasia", to: file)
        var proxy = try #require(WebProxy("proxy.mpp.go.id:3128"))
        proxy.login = try ProxyLogin(file: file)
        #expect(proxy.settings.authorization?.headerValue == "Basic bXBwOnJhaGFzaWE=")
        var dumped = ""
        dump(proxy, to: &dumped)
        for shown in ["\(proxy)", "\(String(reflecting: proxy))", dumped] { #expect(!shown.contains("rahasia") && !shown.contains("bXBw")) }
        // A link's own mode says nothing.
        let link = "\(file)-link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        defer { try? FileManager.default.removeItem(atPath: link) }
        #expect(throws: Never.self) { try ProxyLogin(file: link) }
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        for path in [file, link] { #expect(throws: EnrolmentError(.file, "others may read it")) { try ProxyLogin(file: path) } }
    }

    private static func write(_ text: String, to file: String) throws {
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    @Test func aProxyIsAHostAndAPort() {
        #expect(WebProxy("proxy.mpp.go.id:3128")?.port == 3128)
        for text in ["proxy", "http://proxy:3128", "proxy:0", "proxy:70000", "a b:80", ""] { #expect(WebProxy(text) == nil, "\(text)") }
    }
}
