public import ArgumentParser
import CentralServer
import Enrolment
import Foundation
import KioskCore
public import LoopbackWeb
import SiteBundle

/// Where the store is.
struct StorePlace: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder with the centre's store.",
            discussion: "Without it $XDG_STATE_HOME/anjungan-central, else /var/lib/anjungan-central for root and "
                + "~/.local/state/anjungan-central for everybody else.",
            valueName: "directory"))
    var store: String?

    /// This centre's own keys for the one above it.
    var upstreamKeys: String { "\(directory)/upstream" }

    var directory: String {
        if let store { return store }
        if let state = ProcessInfo.processInfo.environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/anjungan-central" }
        return geteuid() == 0 ? "/var/lib/anjungan-central" : "\(NSHomeDirectory())/.local/state/anjungan-central"
    }
}

/// Through what the centre above is reached.
struct ProxyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The HTTP proxy (CONNECT) through which the centre above is reached.", valueName: "host:port"),
        transform: { text in
            guard let proxy = WebProxy(text) else { throw ValidationError("--proxy takes HOST:PORT of an HTTP proxy; it got “\(text)”.") }
            return proxy
        })
    var proxy: WebProxy?

    @Option(help: ArgumentHelp("A file of mode 0600 with the line NAME:PASSWORD, for a proxy that asks for it.", valueName: "file"))
    var proxyLogin: String?

    func validate() throws {
        if proxyLogin != nil, proxy == nil { throw ValidationError("--proxy-login is for a proxy: name that with --proxy.") }
    }

    /// With what the file says of the login now.
    func withLogin() throws(EnrolmentError) -> WebProxy? {
        var proxy = proxy
        if let proxyLogin { proxy?.login = try ProxyLogin(file: proxyLogin) }
        return proxy
    }
}

/// What the centre knows of its sites.
struct SiteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A compiled site, for the names of its agencies and services; may be repeated.",
            discussion: "“anjungan site check NAME” compiles one.", valueName: "file"))
    var siteBundle: [String] = []

    @Option(
        help: "Which day is today: Asia/Jakarta, Asia/Makassar or Asia/Jayapura; without it as in the first site, else Asia/Jakarta.",
        transform: { text in
            guard let zone = TimeZoneOfIndonesia(rawValue: text) else {
                throw ValidationError("--time-zone takes Asia/Jakarta, Asia/Makassar or Asia/Jayapura; it got “\(text)”.")
            }
            return zone
        })
    var timeZone: TimeZoneOfIndonesia?

    func load() throws -> [Site] {
        do { return try siteBundle.map { try CompiledSite.load($0).site } } catch let error as BundleError { try refuse(error) }
    }

    func zone(of sites: [Site]) -> TimeZoneOfIndonesia { timeZone ?? sites.first?.timeZone ?? .jakarta }
}

/// When a kiosk needs somebody.
struct AlarmOptions: ParsableArguments {
    @Option(help: ArgumentHelp("After how many minutes without a word a kiosk is shown as silent.", valueName: "minutes"))
    var silentAfter = 5

    @Option(help: ArgumentHelp("After how many minutes an entry that is not here yet shows its kiosk as lagging.", valueName: "minutes"))
    var laggingAfter = 15

    func validate() throws {
        for (name, value) in [("--silent-after", silentAfter), ("--lagging-after", laggingAfter)] where !(1...100_000).contains(value) {
            throw ValidationError("\(name) takes minutes from 1 to 100000; it got \(value).")
        }
    }

    var limits: AlarmLimits { AlarmLimits(silence: .seconds(60 * silentAfter), lag: .seconds(60 * laggingAfter)) }
}

/// Where the page is.
enum KioskFolder {
    /// `ANJUNGAN_KIOSK_DIR`, else the folder `Kiosk` in the working folder, beside the program or above it.
    static func find() throws -> String {
        let manager = FileManager.default
        if let chosen = ProcessInfo.processInfo.environment["ANJUNGAN_KIOSK_DIR"] { return chosen }
        let program = (try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let above = sequence(first: URL(fileURLWithPath: program)) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }
        let folders = [URL(fileURLWithPath: manager.currentDirectoryPath)] + above.dropFirst().prefix(5)
        guard let found = folders.map({ $0.appendingPathComponent("Kiosk").path }).first(where: manager.fileExists) else {
            try refuse("The folder Kiosk was not found; run from the project's root, or set ANJUNGAN_KIOSK_DIR.")
        }
        return found
    }
}

extension ListenAddress: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
}

/// Says why on standard error and ends with status 1.
func refuse(_ reason: some CustomStringConvertible) throws -> Never {
    FileHandle.standardError.write(Data("\(reason)\n".utf8))
    throw ExitCode.failure
}

/// Reads the name of a site, a kiosk, an agency or a service.
func slug<ID>(_ text: String, _ make: (String) -> ID?) throws -> ID {
    guard let id = make(text) else { throw ValidationError("“\(text)” is no slug: write 2 to 40 of a-z, 0-9 and -.") }
    return id
}

/// Reads the value of `--day`.
func serviceDay(_ text: String) throws -> ServiceDay {
    guard let day = ServiceDay(iso8601: text) else {
        throw ValidationError("--day takes a day written as YYYY-MM-DD, like 2026-11-22; it got “\(text)”.")
    }
    return day
}

/// Prints a line on standard output.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
