import Foundation
import KioskCore
import StrictYAML
import Testing

@testable import KioskRuntime

@Suite struct ConfigurationTests {
    static let whole = """
        site: pekanbaru
        kiosk: mpp-1
        site_bundle: /var/lib/anjungan/site.json
        kiosk_directory: /usr/share/anjungan/Kiosk
        devices_directory: /usr/share/anjungan/Devices
        state_directory: /var/lib/anjungan
        printer_model: emulated-80
        printer_address: 127.0.0.1:9100
        device_socket: /run/anjungan/devices.sock
        centre_public_key: /etc/anjungan/centre.pem
        """

    static func load(_ text: String, _ overrides: [ConfigurationOverride] = []) throws -> Configuration {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try Configuration(file: file.path, overrides: overrides)
    }

    static func problems(_ text: String, _ overrides: [ConfigurationOverride] = []) throws -> [YAMLProblem] {
        do {
            _ = try load(text, overrides)
            return []
        } catch let error as YAMLError {
            return error.problems
        }
    }

    @Test func aWholeFileIsReadAndTheRestHasDefaults() throws {
        let configuration = try Self.load(Self.whole)
        #expect(configuration.screenPort == 7070)
        #expect(configuration.printRoute == .cups)
        #expect(configuration.printerAddress == "127.0.0.1:9100")
    }

    @Test func anOptionOverridesTheEnvironmentOverridesTheFile() throws {
        let environment = Configuration.overrides(in: ["ANJUNGAN_SCREEN_PORT": "8001", "ANJUNGAN_KIOSK": "mpp-2", "PATH": "/bin"])
        let option = ConfigurationOverride(origin: "--set", key: "screen_port", value: "8002")
        let configuration = try Self.load(Self.whole + "\nscreen_port: 8000", environment + [option])
        #expect(configuration.screenPort == 8002)
        #expect(configuration.kiosk.rawValue == "mpp-2")
    }

    @Test func everyMissingKeyIsNamed() throws {
        let reasons = try Self.problems("site: pekanbaru").map(\.reason)
        #expect(reasons.count == 8)
        #expect(reasons.contains { $0.contains("“printer_model”") })
    }

    @Test(arguments: [
        ("screen_port: 70000", "screen_port"), ("screen_port: many", "screen_port"), ("print_route: fax", "print_route"),
        ("screenport: 1", "screenport"), ("device_socket: run/x.sock", "device_socket"),
    ])
    func aWrongLineIsNamedWithItsPlace(_ line: String, _ key: String) throws {
        let text = Self.whole.split(separator: "\n").filter { !$0.hasPrefix("\(key):") }.joined(separator: "\n") + "\n" + line
        let problems = try Self.problems(text)
        #expect(problems.count >= 1)
        #expect(problems.first?.place.line == text.split(separator: "\n").count)
        #expect(problems.first?.reason.contains(key) == true)
    }

    @Test func aWrongVariableIsNamed() throws {
        let wrong = Configuration.overrides(in: ["ANJUNGAN_SCREEN_PORT": "x"])
        #expect(try Self.problems(Self.whole, wrong).first?.place.file == "ANJUNGAN_SCREEN_PORT")
    }

    @Test func everyDocumentedKeyIsReadAndEveryKeyIsDocumented() throws {
        // A key that nobody reads would be refused as unknown, and the refusal of an unknown key lists those that are read.
        let refusal = try #require(try Self.problems("nonsense: 1").first { $0.reason.contains("nonsense") })
        let read = Set(refusal.remedy.split(separator: "“").dropFirst().compactMap { $0.split(separator: "”").first.map(String.init) })
        #expect(read == Set(ConfigurationKey.all.map(\.name)))
    }

    @Test(arguments: [
        "http://127.0.0.1:7072", "http://127.0.0.1:7072/", "http://localhost:7072/", "http://127.8.8.8:1/", "https://10.0.0.1:7443/",
        "https://centre.example.org:7443", "https://127.0.0.1:7443/", "https://[::1]:7443/",
    ])
    func aCentreOnThisMachineOrBehindTLSIsTaken(_ url: String) throws {
        let configuration = try Self.load(Self.whole + "\ncentre_url: \(url)\n")
        #expect(configuration.centreURL?.hasSuffix("/") == true)
    }

    /// Nothing leaves the machine in clear text, whatever a name looks like.
    @Test(arguments: [
        "http://10.0.0.1:7072/", "http://centre.example.org:7072/", "http://127.0.0.1.example.org:7072/",
        "http://127.0.0.1@example.org:7072/",
        "http://127.example.org:7072/", "http://127.0.0.1/", "http://127.0.0.1:7072/path", "http://127.0.0.256:7072/",
        "https://centre.example.org/", "https://centre@example.org:7443/", "https://7443/", "ftp://127.0.0.1:21/",
    ])
    func aCentreBeyondThisMachineIsRefusedWithAReason(_ url: String) throws {
        let problems = try Self.problems(Self.whole + "\ncentre_url: \(url)\n")
        #expect(problems.count == 1)
        #expect(problems.first?.description.contains("TLS") == true)
    }

    @Test func aSocketsPathThatIsTooLongIsNamedBeforeAnythingStarts() throws {
        let problems = try Self.problems(Self.whole + "\ntechnician_socket: /\(String(repeating: "x", count: 107))\n")
        #expect(problems.first?.description.contains("107") == true)
    }
}
