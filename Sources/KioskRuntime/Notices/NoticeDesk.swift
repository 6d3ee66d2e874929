import Enrolment
import Foundation
import Journal
import KioskCore
import Logging
import ServiceLifecycle
import SyncProtocol
import SyncTransport
import Synchronization

/// Asks the centre what this kiosk should know, and does it.
///
/// It is there without a centre, too: what held when the kiosk went down holds, and a technician may end it.
final class NoticeDesk: ServiceLifecycle.Service {
    /// The way to the centre.
    struct Centre: Sendable {
        /// One that waits.
        var client: CentreClient
        /// Draws a new device key; nil: there are no keys.
        var renewal: EnrolmentWatch?
        /// The enrolment's folder where the sealing key is kept that came from the centre; nil: the configuration names another key.
        var sealingKeyFolder: String?

        init(_ client: CentreClient, _ configuration: Configuration, _ logger: Logger) {
            self.client = client
            renewal = client.renewal(logger: logger)
            let folder = configuration.enrolmentDirectory
            sealingKeyFolder = configuration.centrePublicKey == DeviceIdentity.sealingKeyFile(folder: folder) ? folder : nil
        }
    }

    /// What is known of the notices.
    struct Standing: Sendable {
        var emergency: Emergency?
        /// The SHA-256 of the bundle that the centre asks for; nil: it said nothing.
        var wanted: String?
    }

    private let site: SiteID
    private let kiosk: KioskID
    /// The SHA-256 of the bundle that this kiosk runs.
    let bundle: String
    private let journal: Journal
    private let centre: Centre?
    private let retry: Duration
    private let inbox: AsyncStream<SessionMachine.Event>.Continuation
    private let logger: Logger
    private let state: Mutex<Standing>

    /// - Parameter emergency: what the journal says holds, and the screen shows already.
    init(
        site: SiteID, kiosk: KioskID, bundle: String, journal: Journal, emergency: Emergency?, centre: Centre?, retry: Duration,
        inbox: AsyncStream<SessionMachine.Event>.Continuation, logger: Logger
    ) {
        self.site = site
        self.kiosk = kiosk
        self.bundle = bundle
        self.journal = journal
        self.centre = centre
        self.retry = retry
        self.inbox = inbox
        self.logger = logger
        state = Mutex(Standing(emergency: emergency))
    }

    var standing: Standing { state.withLock { $0 } }

    func run() async throws {
        guard let centre else { return try await gracefulShutdown() }
        try await NoticeSync(retry: retry, logger: logger) { known throws(SyncMachine.Failure) in
            try await centre.client.notices(self.request(known))
        } take: {
            await self.take($0, centre)
        }.run()
    }

    private func request(_ known: String?) -> NoticeRequest {
        NoticeRequest(site: site, kiosk: kiosk, known: known, bundle: bundle, emergency: standing.emergency?.since)
    }

    // MARK: What the centre says

    /// Does all of it, each part whatever becomes of the others. Returns whether all of it holds now.
    private func take(_ notices: Notices, _ centre: Centre) async -> Bool {
        let isKept = await keep(notices.emergency)
        let isNews = state.withLock { state in
            defer { state.wanted = notices.bundle }
            return state.wanted != notices.bundle
        }
        if isNews, let wanted = notices.bundle, wanted != bundle {
            logger.warning("the centre asks for another site bundle", metadata: ["running": "\(bundle)", "wanted": "\(wanted)"])
        }
        let isSealed = await seal(notices.sealingKey, centre)
        let isRenewed = notices.renewal == true ? await centre.renewal?.renewNow() ?? false : true
        return isKept && isSealed && isRenewed
    }

    private func keep(_ called: Emergency?) async -> Bool {
        do throws(JournalError) {
            show(try await journal.keep(called))
            return true
        } catch {
            // People in danger read of it all the same; only a restart would forget it.
            logger.error("the emergency could not be kept", metadata: ["code": "\(error.code)", "detail": "\(error.detail)"])
            show(called)
            return false
        }
    }

    private func show(_ emergency: Emergency?) {
        let isNews = state.withLock { state in
            defer { state.emergency = emergency }
            return state.emergency != emergency
        }
        guard isNews else { return }
        logger.notice(emergency == nil ? "the emergency is over" : "emergency: nobody is served")
        inbox.yield(.emergency(emergency))
    }

    /// The next visit seals to it, and the next start too.
    private func seal(_ pem: String?, _ centre: Centre) async -> Bool {
        guard let pem, let folder = centre.sealingKeyFolder else { return true }
        do {
            let key = try SealingKey(pem: pem)
            // A renewal may have brought it before.
            if FileManager.default.contents(atPath: DeviceIdentity.sealingKeyFile(folder: folder)) != Data(pem.utf8) {
                try DeviceIdentity.keep(sealingKey: pem, folder: folder)
                logger.notice("the centre has a new sealing key", metadata: ["key": "\(key.name)"])
            }
            await journal.seal(to: key)
            return true
        } catch {
            logger.error("the centre's new sealing key is not used", metadata: ["error": "\(error)"])
            return false
        }
    }

    // MARK: What a technician says

    /// Ends the emergency here. Returns the one that was ended; nil: none held.
    func endEmergency(reason: String) async throws -> Emergency? {
        let ended = try await journal.liftEmergency(reason: reason)
        show(nil)
        return ended
    }

    /// As technicians are told.
    var status: KioskStatus.Notices {
        let standing = standing
        return KioskStatus.Notices(
            emergencySince: standing.emergency.map { WallTime(milliseconds: $0.since).iso }, bundle: bundle, wantedBundle: standing.wanted)
    }
}
