public import Enrolment
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

    /// What tickets do with their logo.
    public enum PrinterLogo: String, Hashable, Sendable, CaseIterable {
        /// Each carries it.
        case ticket
        /// They come without it while the printer says that it holds it, and carry it otherwise.
        case memory
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
    public var printerLogo: PrinterLogo
    /// Metres of a new roll; nil: by the model's paper width.
    public var rollLength: Int?
    /// Metres left when the near-end sensor begins to report.
    public var rollNearEnd: Int
    public var deviceSocket: String
    /// Where whoever has the devices says how they are.
    public var controlSocket: String
    /// Whether card readers of this machine are served.
    public var cardReaders: Bool
    /// Whether scanners of this machine are.
    public var scanners: Bool
    /// The folder of CSCA certificates by which passports are verified; nil: none is trusted.
    public var documentAuthorities: String?
    /// Program and arguments of who verifies KTP-el; nil: none.
    public var cardVerifier: [String]?
    /// The socket of emulated devices; nil: none.
    public var emulatedDevices: String?
    public var printRoute: Route
    public var cupsServer: String
    public var cupsQueue: String
    public var cupsConfiguration: String
    public var technicianSocket: String
    /// With a slash at the end; nil: entries stay in the journal.
    public var centreURL: String?
    /// Through which a centre behind TLS is reached; nil: directly. See ``proxyWithLogin()``.
    public var centreProxy: WebProxy?
    /// The file with the name and the password that the proxy asks for; nil: it asks for none.
    public var centreProxyLogin: String?
    /// The longest pause before a centre that is away is called again.
    public var centreRetry: Duration
    /// How long a citizen may wait for the centre to give a number; after that the kiosk's own series is used.
    public var numberWait: Duration
    public var centrePublicKey: String
    /// Where ``EnrolmentClient`` keeps what it got.
    public var enrolmentDirectory: String { "\(stateDirectory)/enrolment" }
    /// An origin, e.g. `http://127.0.0.1:7073`.
    public var screenFramedBy: String?

    /// The proxy with what its file says of the login now.
    public func proxyWithLogin() throws(EnrolmentError) -> WebProxy? {
        var proxy = centreProxy
        if let centreProxyLogin { proxy?.login = try ProxyLogin(file: centreProxyLogin) }
        return proxy
    }
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
