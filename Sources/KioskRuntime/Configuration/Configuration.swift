public import KioskCore
public import StrictYAML

/// What `anjungan run` is told: one file, validated once.
///
/// A command-line option (`--set key=value`) overrides an environment variable (`ANJUNGAN_KEY`) overrides the file.
/// What every key means stands in ``ConfigurationKey``.
public struct Configuration: Hashable, Sendable {
    /// How a print reaches the device layer.
    public enum Route: String, Hashable, Sendable, CaseIterable {
        /// Through the CUPS queue, so that CUPS's own tools see every job.
        case cups
        /// Straight, for malls that do not want CUPS.
        case direct
    }

    public var site: SiteID
    public var kiosk: KioskID
    public var siteBundle: String
    public var kioskDirectory: String
    public var devicesDirectory: String
    public var stateDirectory: String
    public var screenPort: Int
    public var printerName: String
    public var printerModel: String
    public var printerAddress: String
    public var deviceSocket: String
    public var printRoute: Route
    public var cupsServer: String
    public var cupsQueue: String
    public var centrePublicKey: String
}

/// Something that overrides the file: where it comes from, which key, and the text of its value as YAML.
public struct ConfigurationOverride: Hashable, Sendable {
    /// For messages, e.g. `ANJUNGAN_SCREEN_PORT`.
    public var origin: String
    public var key: String
    public var value: String

    public init(origin: String, key: String, value: String) {
        self.origin = origin
        self.key = key
        self.value = value
    }
}

extension Configuration {
    /// Reads `file`, then what overrides it, later ones last.
    ///
    /// - Throws: ``YAMLError`` with everything that is wrong, each with its place and a remedy.
    public init(file: String, overrides: [ConfigurationOverride]) throws(YAMLError) {
        var draft = ConfigurationDraft()
        try YAMLDocument(file: file).read { draft.take($0) }
        for override in overrides {
            guard !override.value.contains(where: \.isNewline) else {
                throw YAMLError(
                    YAMLProblem(YAMLPlace(file: override.origin), "the value has several lines", remedy: "write it in one line"))
            }
            let text = "\(override.key): \(override.value)\n"
            try YAMLDocument(text: text, name: override.origin).read { draft.take($0) }
        }
        self = try draft.finished(file)
    }

    /// The overrides that an environment holds, by the names of the keys.
    public static func overrides(in environment: [String: String]) -> [ConfigurationOverride] {
        ConfigurationKey.all.compactMap { key in
            environment[key.variable].map { ConfigurationOverride(origin: key.variable, key: key.name, value: $0) }
        }
    }
}

/// A configuration that is still being gathered.
private struct ConfigurationDraft {
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
    var deviceSocket: String?
    var printRoute = Configuration.Route.cups
    var cupsServer = "/run/cups/cups.sock"
    var cupsQueue = "ticket"
    var centrePublicKey: String?

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
        deviceSocket = path(keys.optional("device_socket")) ?? deviceSocket
        printRoute = keys.optional("print_route")?.oneOf(Configuration.Route.self) ?? printRoute
        cupsServer = keys.optional("cups_server")?.text(1...255) ?? cupsServer
        cupsQueue = keys.optional("cups_queue")?.text(1...127) ?? cupsQueue
        centrePublicKey = path(keys.optional("centre_public_key")) ?? centrePublicKey
    }

    private func path(_ value: YAMLValue?) -> String? {
        value?.parsed(remedy: "write an absolute path, beginning with /") { $0.hasPrefix("/") ? $0 : nil }
    }

    func finished(_ file: String) throws(YAMLError) -> Configuration {
        let wanted: [(String, Bool)] = [
            ("site", site == nil), ("kiosk", kiosk == nil), ("site_bundle", siteBundle == nil), ("kiosk_directory", kioskDirectory == nil),
            ("devices_directory", devicesDirectory == nil), ("state_directory", stateDirectory == nil),
            ("printer_model", printerModel == nil), ("printer_address", printerAddress == nil),
            ("device_socket", deviceSocket == nil), ("centre_public_key", centrePublicKey == nil),
        ]
        let missing = wanted.filter(\.1).map { key, _ in
            YAMLProblem(
                YAMLPlace(file: file), "the key “\(key)” is missing", remedy: "add “\(key): …”; `anjungan config` says what it means")
        }
        if let error = YAMLError(missing) { throw error }
        guard let site, let kiosk, let siteBundle, let kioskDirectory, let devicesDirectory, let stateDirectory, let printerModel,
            let printerAddress,
            let deviceSocket, let centrePublicKey
        else { preconditionFailure("Every missing key is reported above") }
        return Configuration(
            site: site, kiosk: kiosk, siteBundle: siteBundle, kioskDirectory: kioskDirectory, devicesDirectory: devicesDirectory,
            stateDirectory: stateDirectory,
            screenPort: screenPort, printerName: printerName, printerModel: printerModel, printerAddress: printerAddress,
            deviceSocket: deviceSocket, printRoute: printRoute, cupsServer: cupsServer, cupsQueue: cupsQueue,
            centrePublicKey: centrePublicKey)
    }
}
