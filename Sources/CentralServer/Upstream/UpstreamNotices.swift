public import Enrolment
import KioskCore
import LocalFiles
public import Logging
public import ServiceLifecycle
import SyncProtocol
public import SyncTransport

/// Has this centre's kiosks told what the centre above says to them, for each site whose entries go up.
///
/// It asks as the kiosks do, for all of a site at once. What is said is taken over by the ``NoticeBoard``, durably, and stands beside what
/// is ordered here; numbers, enrolments and the key to which kiosks seal are this centre's own, and never come from above.
public struct UpstreamNotices: ServiceLifecycle.Service {
    private let store: CentralStore
    private let board: NoticeBoard
    private let centre: CentreClient
    /// Towards the centre above; nil: it is on this machine, without keys.
    private let credentials: Credentials?
    private let logger: Logger

    /// - Parameters:
    ///   - server: whose kiosks are told.
    ///   - centre: the one above; a client that waits.
    public init(_ server: CentralServer, from centre: CentreClient, credentials: Credentials?, logger: Logger) {
        store = server.store
        board = server.notices
        self.centre = centre
        self.credentials = credentials
        self.logger = logger
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingDiscardingTaskGroup { group in
                var followed: Set<SiteID> = []
                for await _ in store.changes() {
                    for site in await sites() where followed.insert(site).inserted {
                        group.addTask { try await follow(site) }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// With keys the site that they are of, also before its first entry.
    private func sites() async -> [SiteID] {
        if let credentials { return credentials.identity.map { [$0.certificate.name.site] } ?? [] }
        do {
            return try await store.chains().map(\.site)
        } catch {
            // The next change asks again.
            logger.error("the sites to ask the centre above about cannot be read: \(error)")
            return []
        }
    }

    private func follow(_ site: SiteID) async throws {
        guard let all = DeviceName("\(site)/\(DeviceName.forwarder)") else { preconditionFailure("all-kiosks is a slug") }
        try await NoticeSync(retry: .seconds(60), logger: logger) { known throws(SyncMachine.Failure) in
            let emergency = board.book.emergencyFromAbove(for: all)?.since
            return try await centre.notices(
                NoticeRequest(site: site, kiosk: all.kiosk, known: known, bundle: nil, emergency: emergency))
        } take: {
            await take($0, of: site)
        }.run()
    }

    /// Does all of it, each part whatever becomes of the others. Returns whether all of it holds now.
    private func take(_ notices: Notices, of site: SiteID) async -> Bool {
        let before = board.book.above[site.rawValue]
        var isKept = true
        do throws(FileFailure) {
            try board.takeOver(notices, of: site)
        } catch {
            logger.error("what the centre above says cannot be kept, but the kiosks are told", metadata: ["detail": "\(error)"])
            isKept = false
        }
        tell(of: site, before, board.book.above[site.rawValue])
        let isRenewed = notices.renewal == true ? await centre.renewal(logger: logger)?.renewNow() ?? false : true
        return isKept && isRenewed
    }

    private func tell(of site: SiteID, _ former: Notices?, _ said: Notices?) {
        let metadata: Logger.Metadata = ["site": "\(site)"]
        if former?.emergency != said?.emergency {
            logger.notice(
                said?.emergency == nil ? "the emergency of the centre above is over" : "the centre above calls an emergency",
                metadata: metadata)
        }
        if former?.kiosks != said?.kiosks { logger.notice("the centre above tells single kiosks something else", metadata: metadata) }
        if former?.bundle != said?.bundle { logger.notice("the centre above asks for another site bundle", metadata: metadata) }
    }
}
