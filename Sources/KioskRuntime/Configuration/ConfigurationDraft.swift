import Enrolment
import KioskCore
import LoopbackWeb
import StrictYAML

/// A configuration that is still being gathered.
struct ConfigurationDraft {
    var site: SiteID?
    var kiosk: KioskID?
    var siteBundle: String?
    var kioskDirectory: String?
    var devicesDirectory: String?
    var stateDirectory: String?
    var screenPort = 7070
    var printerName = "ticket"
    var printerModel: String?
    var printerAddress: String?
    var printerLogo = Configuration.PrinterLogo.ticket
    var rollLength: Int?
    var rollNearEnd = 2
    var deviceSocket: String?
    var controlSocket: String?
    var cardReaders = true
    var scanners = true
    var documentAuthorities: String?
    var cardVerifier: [String]?
    var emulatedDevices: String?
    var printRoute = Configuration.Route.cups
    var cupsServer = "/run/cups/cups.sock"
    var cupsQueue = "ticket"
    var cupsConfiguration = "/etc/cups/cupsd.conf"
    var technicianSocket: String?
    var centreURL: String?
    var centreProxy: WebProxy?
    var centreProxyLogin: String?
    var centreRetry = 900
    var numberWait = 150
    var centrePublicKey: String?
    var screenFramedBy: String?

    /// Takes what `keys` holds; the rest stays as it is.
    mutating func take(_ keys: YAMLMapping) {
        let slug = "write 2 to 40 of a-z, 0-9 and -"
        site = keys.optional("site")?.parsed(remedy: slug, SiteID.init) ?? site
        kiosk = keys.optional("kiosk")?.parsed(remedy: slug, KioskID.init) ?? kiosk
        siteBundle = path(keys.optional("site_bundle")) ?? siteBundle
        kioskDirectory = path(keys.optional("kiosk_directory")) ?? kioskDirectory
        devicesDirectory = path(keys.optional("devices_directory")) ?? devicesDirectory
        stateDirectory = path(keys.optional("state_directory")) ?? stateDirectory
        screenPort = keys.optional("screen_port")?.integer(in: 0...65_535) ?? screenPort
        printerName = keys.optional("printer_name")?.text(1...40) ?? printerName
        printerModel = keys.optional("printer_model")?.text(1...60) ?? printerModel
        printerAddress = keys.optional("printer_address")?.text(3...255) ?? printerAddress
        printerLogo = keys.optional("printer_logo")?.oneOf(Configuration.PrinterLogo.self) ?? printerLogo
        rollLength = keys.optional("roll_length")?.integer(in: 5...1000) ?? rollLength
        rollNearEnd = keys.optional("roll_near_end")?.integer(in: 1...20) ?? rollNearEnd
        deviceSocket = socket(keys.optional("device_socket")) ?? deviceSocket
        controlSocket = socket(keys.optional("control_socket")) ?? controlSocket
        cardReaders = keys.optional("card_readers")?.boolean() ?? cardReaders
        scanners = keys.optional("scanners")?.boolean() ?? scanners
        documentAuthorities =
            keys.optional("document_authorities")?.parsed(remedy: "write the folder's absolute path") { $0.hasPrefix("/") ? $0 : nil }
            ?? documentAuthorities
        cardVerifier =
            keys.optional("card_verifier")?.parsed(remedy: "write the program's absolute path, and its arguments behind spaces") {
                $0.hasPrefix("/") ? $0.split(separator: " ").map(String.init) : nil
            } ?? cardVerifier
        emulatedDevices = socket(keys.optional("emulated_devices")) ?? emulatedDevices
        printRoute = keys.optional("print_route")?.oneOf(Configuration.Route.self) ?? printRoute
        cupsServer = keys.optional("cups_server")?.text(1...255) ?? cupsServer
        cupsQueue = keys.optional("cups_queue")?.text(1...127) ?? cupsQueue
        cupsConfiguration = path(keys.optional("cups_configuration")) ?? cupsConfiguration
        technicianSocket = socket(keys.optional("technician_socket")) ?? technicianSocket
        centreURL = keys.optional("centre_url")?.parsed(remedy: Self.centreRemedy, Self.centre) ?? centreURL
        centreProxy = keys.optional("centre_proxy")?.parsed(remedy: "write HOST:PORT of an HTTP proxy", WebProxy.init) ?? centreProxy
        centreProxyLogin = path(keys.optional("centre_proxy_login")) ?? centreProxyLogin
        centreRetry = keys.optional("centre_retry")?.integer(in: 1...900) ?? centreRetry
        numberWait = keys.optional("number_wait")?.integer(in: 1...60_000) ?? numberWait
        screenFramedBy =
            keys.optional("screen_framed_by")?.parsed(remedy: "write http://HOST:PORT, without a path") {
                $0.wholeMatch(of: /http:\/\/[a-z0-9.-]+:[0-9]{1,5}/) == nil ? nil : $0
            } ?? screenFramedBy
        centrePublicKey = path(keys.optional("centre_public_key")) ?? centrePublicKey
    }

    private static let centreRemedy =
        "write https://HOST:PORT/; http:// without TLS is for a centre on this machine only"

    /// Nothing leaves this machine unencrypted.
    private static func centre(_ text: String) -> String? {
        guard let match = text.wholeMatch(of: /(https?):\/\/([^\/@]*[^\/@0-9][^\/@]*)\/?/), let address = ListenAddress(String(match.2)),
            match.1 == "https" || address.isLoopback, address.port > 0
        else { return nil }
        return "\(match.1)://\(address)/"
    }

    /// `sun_path` of `sockaddr_un` has 108 octets, the last of them NUL.
    private func socket(_ value: YAMLValue?) -> String? {
        value?.parsed(remedy: "write an absolute path of at most 107 octets") { $0.hasPrefix("/") && $0.utf8.count <= 107 ? $0 : nil }
    }

    private func path(_ value: YAMLValue?) -> String? {
        value?.parsed(remedy: "write an absolute path, beginning with /") { $0.hasPrefix("/") ? $0 : nil }
    }

    func finished(_ file: String) throws(YAMLError) -> Configuration {
        let wanted: [(String, Bool)] = [
            ("site", site == nil), ("kiosk", kiosk == nil), ("site_bundle", siteBundle == nil), ("kiosk_directory", kioskDirectory == nil),
            ("devices_directory", devicesDirectory == nil), ("state_directory", stateDirectory == nil),
            ("printer_model", printerModel == nil), ("printer_address", printerAddress == nil),
            ("device_socket", deviceSocket == nil),
        ]
        let missing = wanted.filter(\.1).map { key, _ in
            YAMLProblem(
                YAMLPlace(file: file), "the key “\(key)” is missing", remedy: "add “\(key): …”; `anjungan config` says what it means")
        }
        if let error = YAMLError(missing) { throw error }
        guard let site, let kiosk, let siteBundle, let kioskDirectory, let devicesDirectory, let stateDirectory, let printerModel,
            let printerAddress,
            let deviceSocket
        else { preconditionFailure("Every missing key is reported above") }
        return Configuration(
            site: site, kiosk: kiosk, siteBundle: siteBundle, kioskDirectory: kioskDirectory, devicesDirectory: devicesDirectory,
            stateDirectory: stateDirectory,
            screenPort: screenPort, printerName: printerName, printerModel: printerModel, printerAddress: printerAddress,
            printerLogo: printerLogo, rollLength: rollLength, rollNearEnd: rollNearEnd,
            deviceSocket: deviceSocket, controlSocket: controlSocket ?? "\(stateDirectory)/control.sock", cardReaders: cardReaders,
            scanners: scanners, documentAuthorities: documentAuthorities, cardVerifier: cardVerifier, emulatedDevices: emulatedDevices,
            printRoute: printRoute, cupsServer: cupsServer, cupsQueue: cupsQueue,
            cupsConfiguration: cupsConfiguration, technicianSocket: technicianSocket ?? "\(stateDirectory)/technician.sock",
            centreURL: centreURL, centreProxy: centreProxy, centreProxyLogin: centreProxyLogin, centreRetry: .seconds(centreRetry),
            numberWait: .milliseconds(numberWait),
            centrePublicKey: centrePublicKey ?? DeviceIdentity.sealingKeyFile(folder: "\(stateDirectory)/enrolment"),
            screenFramedBy: screenFramedBy)
    }
}
