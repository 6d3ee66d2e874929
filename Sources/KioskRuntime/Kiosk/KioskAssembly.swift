import CUPSPrinting
import Conditions
import DeviceLayer
import DeviceProfiles
import DeviceSocket
import ESCPOS
import Enrolment
import Foundation
import Journal
import KioskCore
public import Logging
public import ServiceLifecycle
import SiteBundle
import SyncProtocol
import SyncTransport

/// Everything that `anjungan run` is made of, opened and wired.
public struct KioskAssembly: Sendable {
    /// In the order in which they start; they stop in the reverse order: first no more touches, last the printer.
    public let services: [any ServiceLifecycle.Service]
    private let journal: Journal
    private let centre: CentreClient?
    private let waiting: CentreClient?

    /// Why a kiosk cannot start.
    public struct CannotStart: Error, CustomStringConvertible {
        public var description: String
    }

    /// Opens the journal and settles what an earlier run left behind, before anything can print.
    ///
    /// - Parameter onListening: told the port of the screen once it is served.
    public init(_ configuration: Configuration, logger: Logger, onListening: @escaping @Sendable (Int) -> Void) async throws {
        let bundle = try CompiledSite.load(configuration.siteBundle)
        let site = bundle.site
        let kiosk = try Self.kiosk(configuration, site)
        let words = try ConditionFile.load("\(configuration.kioskDirectory)/conditions.yaml")
        let model = try DeviceProfiles.printer(named: configuration.printerModel, in: configuration.devicesDirectory)
        let press = try TicketPress(site: site, model: model, templates: "\(configuration.kioskDirectory)/templates", logger: logger)
        let journal = try await Self.journal(of: kiosk, site, model, configuration, logger)
        self.journal = journal
        // Not only of the last run: that may have been too short to clear the printer. Nor only of kiosks: a technician's command
        // prints without a journal.
        let mark = SheetMark(besideSocket: configuration.deviceSocket)
        let isInterrupted = try await journal.lastPrintMayHang() || mark.isSet
        let (events, inbox) = AsyncStream.makeStream(of: SessionMachine.Event.self)
        let address = try Self.printerAddress(configuration.printerAddress)
        let device = PrinterDevice(
            name: configuration.printerName, model: model, address: address, ledger: journal, interrupted: isInterrupted,
            logo: try Self.logo(configuration, model, logger), logger: logger)
        let socket = DeviceSocketServer(path: configuration.deviceSocket, devices: [configuration.printerName: device], logger: logger)
        let board = TroubleBoard(inbox: inbox)
        let courier = PrintCourier(
            device: device, ledger: journal, spooler: try configuration.spooler(), logger: logger, onSpoolerTrouble: board.spooler)
        let emergency = try await journal.emergency()
        let machine = SessionMachine(site: site, firstVisit: VisitID(Int(WallTime.now.milliseconds)), emergency: emergency)
        let writer = ScreenWriter(site: site, words: words)
        let hub = ScreenHub(writer.message(machine.value))
        let credentials = Self.credentials(configuration)
        let presence = try PresenceDevices(configuration, inbox, logger: logger)
        let proxy = try Self.proxy(configuration)
        // The last that can fail, before anything is made that must be closed.
        let mirror = try QueueMirror.of(device, configuration, words, logger)
        centre = Self.client(configuration, credentials, proxy)
        let numbers = Self.numbers(kiosk, of: site, centre, journal, configuration, logger)
        let controller = KioskController(
            kiosk: kiosk, site: site, events: events, inbox: inbox, hub: hub, writer: writer, journal: journal, numbers: numbers,
            cards: Self.cards(kiosk, of: site, centre, configuration, logger),
            verifier: presence.verifier, press: press, courier: courier, logger: logger, firstMachine: machine)
        let screen = ScreenServer(
            port: configuration.screenPort, pageDirectory: "\(configuration.kioskDirectory)/screen",
            framedBy: configuration.screenFramedBy, hub: hub, inbox: inbox,
            logger: logger, opening: { if isInterrupted { await PrinterWatch.untilClean(device) } }, onListening: onListening)
        let centreBoard = CentreBoard(credentials: credentials, logger: logger)
        let waiting = Self.client(configuration, credentials, proxy, waits: true)
        self.waiting = waiting
        let notices = NoticeDesk(
            site: site.id, kiosk: kiosk.id, bundle: bundle.sha256, journal: journal, emergency: emergency,
            centre: waiting.map { NoticeDesk.Centre($0, configuration, logger) }, retry: configuration.centreRetry, inbox: inbox,
            logger: logger)
        let witness = KioskWitness(
            site: site, kiosk: kiosk, printerName: configuration.printerName, centreURL: configuration.centreURL, journal: journal,
            troubles: board, centre: centreBoard, notices: notices, startedAt: .now)
        var services: [any ServiceLifecycle.Service] = [device, socket]
        if let mirror { services.append(mirror) }
        services += [
            PrinterWatch(device: device, board: board, mark: mark, logger: logger),
            RollWatch(device: device, journal: journal, logger: logger),
            JournalWatch(journal: journal, centre: centreBoard, inbox: inbox, logger: logger),
        ]
        let rolls = RollDesk(journal: journal, model: model, address: "\(address)")
        if let centre { services += Self.ways(to: centre, of: journal, SyncTiming(cap: configuration.centreRetry), centreBoard, logger) }
        if let numbers { services.append(numbers) }
        services += [
            notices,
            TechnicianServer(
                path: configuration.technicianSocket, witness: witness, rolls: rolls, journal: JournalDesk(journal), notices: notices,
                logger: logger),
            controller, screen,
        ]
        self.services = presence.services(beside: device, rolls, configuration, logger) + services
    }

    /// After the services have ended.
    public func close() async throws {
        try await centre?.close()
        try await waiting?.close()
        try await journal.close()
    }

    /// Opens the journal, and settles what the last run left in it.
    private static func journal(
        of kiosk: Kiosk, _ site: Site, _ model: PrinterModel, _ configuration: Configuration, _ logger: Logger
    ) async throws -> Journal {
        let journal = try await Journal.open(
            directory: "\(configuration.stateDirectory)/journal", site: site.id, kiosk: kiosk.id, zone: site.timeZone,
            recipient: try recipient(configuration.centrePublicKey))
        if let fault = try await journal.keepRoll(of: configuration.printerName, RollMeter.Assumptions(configuration, model)) {
            logger.warning("the roll is counted anew", metadata: ["detail": "\(fault)"])
        }
        try await settleThePast(of: journal, logger)
        return journal
    }

    /// Prints that a crash cut off are settled, and tickets that nobody saw are void, before the next visitor.
    private static func settleThePast(of journal: Journal, _ logger: Logger) async throws {
        for (id, result) in try await journal.settleUnfinished() {
            logger.notice(
                "settled a print of the last run", metadata: ["print": "\(id)", "outcome": "\(result.outcome)"])
        }
        for (ticket, state) in try await journal.recoverVisits() {
            logger.notice("settled a ticket of the last run", metadata: ["ticket": "\(ticket)", "state": "\(state)"])
        }
    }

    /// Where numbers come from; nil without a centre.
    private static func numbers(
        _ kiosk: Kiosk, of site: Site, _ centre: CentreClient?, _ journal: Journal, _ configuration: Configuration, _ logger: Logger
    ) -> NumberDesk? {
        centre.map {
            NumberDesk(site: site.id, kiosk: kiosk.id, journal: journal, centre: $0, patience: configuration.numberWait, logger: logger)
        }
    }

    /// Who is asked whose card it is; nil without a centre.
    private static func cards(
        _ kiosk: Kiosk, of site: Site, _ centre: CentreClient?, _ configuration: Configuration, _ logger: Logger
    ) -> CardInquirer? {
        centre.map {
            CardInquirer(site: site.id, kiosk: kiosk.id, centre: $0, centreKey: configuration.centrePublicKey, logger: logger)
        }
    }

    /// What brings each lane to the centre, and what keeps the certificate for it young.
    private static func ways(
        to centre: CentreClient, of journal: Journal, _ timing: SyncTiming, _ board: CentreBoard, _ logger: Logger
    ) -> [any ServiceLifecycle.Service] {
        var ways: [any ServiceLifecycle.Service] = Lane.allCases.map { lane in
            ChainSync(JournalLane(journal: journal, lane: lane), to: centre, timing: timing, logger: logger) {
                board.report($0, of: lane)
            } onAnswer: {
                board.heard($0)
            }
        }
        ways.append(EarlierChains(journal: journal, centre: centre, timing: timing, logger: logger) { board.heard($0) })
        if let renewal = centre.renewal(logger: logger) { ways.append(renewal) }
        return ways
    }

    /// What the printer shall keep of the ticket, where it is to and can say that it does.
    private static func logo(_ configuration: Configuration, _ model: PrinterModel, _ logger: Logger) throws -> StoredLogo? {
        let logo = try configuration.storedLogo(model)
        if configuration.printerLogo == .memory, logo == nil {
            logger.warning(
                "printer_logo is memory, but this model cannot say which pictures it holds; tickets carry the logo",
                metadata: ["model": "\(model.id)"])
        }
        return logo
    }

    private static func kiosk(_ configuration: Configuration, _ site: Site) throws -> Kiosk {
        guard site.id == configuration.site else {
            throw CannotStart(
                description: "\(configuration.siteBundle) is the site \(site.id), but the configuration says \(configuration.site)")
        }
        guard let kiosk = site.kiosk(configuration.kiosk) else {
            let known = site.kiosks.map(\.id.rawValue).joined(separator: ", ")
            throw CannotStart(
                description: "site \(site.id) has no kiosk \(configuration.kiosk), only \(known); correct `kiosk` in the configuration")
        }
        return kiosk
    }

    /// nil: a centre on this machine, without keys.
    private static func credentials(_ configuration: Configuration) -> Credentials? {
        configuration.centreURL?.hasPrefix("https:") == true ? Credentials(folder: configuration.enrolmentDirectory) : nil
    }

    /// nil: the centre can be reached without one.
    private static func proxy(_ configuration: Configuration) throws -> WebProxy? {
        do {
            return try configuration.proxyWithLogin()
        } catch {
            throw CannotStart(description: "centre_proxy_login: \(error.detail)")
        }
    }

    /// nil: there is no centre.
    private static func client(
        _ configuration: Configuration, _ credentials: Credentials?, _ proxy: WebProxy?, waits: Bool = false
    ) -> CentreClient? {
        configuration.centreURL.map { CentreClient(url: $0, credentials: credentials, proxy: proxy, waits: waits) }
    }

    private static func recipient(_ path: String) throws -> SealingKey {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CannotStart(
                description:
                    "the centre's public key \(path) cannot be read; without it no NIK can be sealed. Enrol the kiosk, which brings "
                    + "it (anjungan enroll CODE), or name its file with centre_public_key")
        }
        do {
            return try SealingKey(pem: String(decoding: data, as: UTF8.self))
        } catch {
            throw CannotStart(description: "\(path): \(error.detail)")
        }
    }

    static func printerAddress(_ text: String) throws -> PrinterAddress {
        do throws(PrinterAddressError) {
            return try PrinterAddress(parsing: text)
        } catch {
            throw CannotStart(description: "printer_address \(error); correct it in the configuration")
        }
    }

    private static func hostAndPort(_ text: String, key: String, example: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw CannotStart(description: "\(key) must be like \(example); it is “\(text)”; correct it in the configuration")
        }
        return (String(text[..<colon]), port)
    }

    static func spoolerAddress(_ text: String) throws -> SpoolerAddress {
        if text.hasPrefix("/") { return .socket(path: text) }
        let address = try hostAndPort(text, key: "cups_server", example: "/run/cups/cups.sock or 127.0.0.1:631")
        return .host(address.host, port: address.port)
    }
}

extension WallTime {
    /// The machine's wall clock.
    static var now: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
