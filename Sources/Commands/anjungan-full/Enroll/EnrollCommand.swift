import ArgumentParser
import Enrolment
import Foundation
import KioskRuntime

/// `anjungan enroll`: gives this kiosk its keys.
struct EnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Make this kiosk's keys, and have its centre certify them.",
        discussion: """
            “anjungan-central enroll SITE KIOSK” gives the code. It proves the centre to the kiosk and the kiosk to the centre, once. \
            A running kiosk takes the new identity up by itself.
            """)

    @Argument(help: "The code of 30 letters and digits; - reads it from standard input.")
    var code: String

    @Option(
        help: ArgumentHelp("The centre's door for kiosks; without it centre_url of the configuration.", valueName: "https://HOST:PORT/"))
    var centre: String?

    @Option(help: "The configuration file, for site, kiosk and state directory.")
    var config: String

    @OptionGroup var overriding: OverridingOptions

    func run() async throws {
        let configuration = try Configuration(file: config, overrides: try overriding.overrides())
        guard let url = centre ?? configuration.centreURL, url.hasPrefix("https://") else {
            throw ValidationError("Keys are for a centre behind TLS: give --centre https://HOST:PORT/, or set centre_url to it.")
        }
        do throws(EnrolmentError) {
            let typed = code == "-" ? readLine() ?? "" : code
            let identity = try await EnrolmentClient(url: url, proxy: try configuration.proxyWithLogin()).enrol(
                try EnrolmentCode(typed), DeviceName(site: configuration.site, kiosk: configuration.kiosk),
                folder: configuration.enrolmentDirectory)
            let certificate = identity.certificate
            announce("enrolled \(certificate.name); the kiosk renews its certificate by itself")
            if configuration.centreURL != EnrolmentClient(url: url).url { announce("now write into \(config): centre_url: \(url)") }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}
