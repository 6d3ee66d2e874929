import ArgumentParser
import CentralServer
import Enrolment
import Foundation
import KioskCore

/// `anjungan-central enroll`: a code for one kiosk.
struct EnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Give out a one-time code by which a kiosk gets its keys.",
        discussion: """
            Prints the code, alone on the first line. It is typed once at the kiosk: anjungan enroll CODE --centre https://HOST:PORT/. \
            With a kiosk's name it replaces what was enrolled under that name; without, it is for any kiosk of the site that is not \
            enrolled yet. The first code makes the centre's authority; works also while the centre runs.
            """)

    @Argument(help: "The site, e.g. pekanbaru.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @Argument(help: "Which kiosk of it, e.g. mpp-1.", transform: { try slug($0, KioskID.init) })
    var kiosk: KioskID?

    @Option(help: "How long the code is good, in hours, 1 to 720.")
    var hours = DeviceRegister.codeHours

    @OptionGroup var place: StorePlace

    func validate() throws {
        guard (1...720).contains(hours) else { throw ValidationError("--hours takes 1 to 720; it got \(hours).") }
    }

    func run() async throws {
        do throws(StoreError) {
            let now = WallTime.now
            let code = try await DeviceRegister.open(directory: place.directory, now: now).newCode(site, kiosk, at: now, hours: hours)
            say("\(code)")
            say("For \(site)/\(kiosk?.rawValue ?? "any kiosk that is not enrolled yet"), once, within \(hours) hours. At the kiosk:")
            say("anjungan enroll \(code) --centre https://HOST:PORT/ --config FILE")
        } catch {
            try refuse(error)
        }
    }
}

/// `anjungan-central revoke`: a kiosk that may send no more.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take nothing more from a kiosk until it is enrolled again.",
        discussion: "Holds from the next request on, also while the centre runs. What the kiosk sent before stays.")

    @Argument(
        help: ArgumentHelp("The kiosk.", valueName: "site/kiosk"),
        transform: { text in
            guard let name = DeviceName(text) else { throw ValidationError("Write SITE/KIOSK, like pekanbaru/mpp-1; it got “\(text)”.") }
            return name
        })
    var name: DeviceName

    @OptionGroup var place: StorePlace

    func run() async throws {
        do {
            let now = WallTime.now
            guard let register = try await DeviceRegister.existing(directory: place.directory, now: now) else {
                try refuse("\(place.directory) holds no register of kiosks; name the centre's folder with --store")
            }
            let count = try await register.revoke(name, at: now)
            guard count > 0 else { try refuse("no valid certificate of \(name) is here; “anjungan-central enrolments” lists them") }
            say("revoked \(name): \(count) certificates")
        } catch let error as StoreError {
            try refuse(error)
        }
    }
}

/// `anjungan-central enrolments`: who may send.
struct EnrolmentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrolments", abstract: "List the kiosks with their certificates, and the codes that are not used yet.")

    @OptionGroup var place: StorePlace

    @Flag(help: "Print one JSON object with “devices” and “codes” instead.")
    var json = false

    private struct Listing: Encodable {
        var devices: [EnrolledDevice]
        var codes: [OpenCode]
    }

    func run() async throws {
        do {
            let now = WallTime.now
            let register = try await DeviceRegister.existing(directory: place.directory, now: now)
            let listing = Listing(devices: try await register?.devices(at: now) ?? [], codes: try await register?.openCodes(at: now) ?? [])
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                say(String(decoding: try encoder.encode(listing), as: UTF8.self))
                return
            }
            for device in listing.devices {
                say("\(device.site)/\(device.kiosk)  \(device.state)  until \(device.ends)  serial \(device.serial)")
            }
            for code in listing.codes {
                say("\(code.site)/\(code.kiosk ?? "any new kiosk")  code not used yet  until \(code.expires)")
            }
            if listing.devices.isEmpty, listing.codes.isEmpty { say("No kiosk is enrolled. “anjungan-central enroll SITE” gives a code.") }
        } catch let error as StoreError {
            try refuse(error)
        }
    }
}

/// `anjungan-central join`: this centre gets keys for the one above it.
struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Make this centre's keys for the centre above it, to which it forwards.",
        discussion: "There “anjungan-central enroll SITE \(DeviceName.forwarder)” gives the code; it is good for every kiosk of the site.")

    @Argument(help: "The code of 30 letters and digits; - reads it from standard input.")
    var code: String

    @Option(help: "The site whose entries go up.", transform: { try slug($0, SiteID.init) })
    var site: SiteID

    @Option(help: ArgumentHelp("The upper centre's door.", valueName: "https://HOST:PORT/"))
    var centre: String

    @OptionGroup var proxy: ProxyOptions
    @OptionGroup var place: StorePlace

    func run() async throws {
        do throws(EnrolmentError) {
            guard centre.hasPrefix("https://"), let name = DeviceName("\(site)/\(DeviceName.forwarder)") else {
                throw EnrolmentError(.answer, "keys are for a centre behind TLS: give --centre https://HOST:PORT/")
            }
            let identity = try await EnrolmentClient(url: centre, proxy: try proxy.withLogin()).enrol(
                try EnrolmentCode(code == "-" ? readLine() ?? "" : code), name, folder: place.upstreamKeys)
            say("joined as \(identity.certificate.name); the keys are in \(place.upstreamKeys)")
        } catch {
            try refuse(error)
        }
    }
}
