import CardLookup
import Foundation
import KioskCore
import Logging
import Secrets
import SyncProtocol
import SyncTransport

/// Asks the centre whose card it is, for no longer than a citizen waits.
struct CardInquirer: Sendable {
    let site: SiteID
    let kiosk: KioskID
    let centre: CentreClient
    /// The file with the centre's public key, which a notice may replace at any time.
    let centreKey: String
    let logger: Logger

    /// What is known of the card within `patience`, whatever the centre and the network do.
    func finding(_ pointer: Secret, within patience: Duration) async -> SessionMachine.CardFinding {
        await withTaskGroup(of: SessionMachine.CardFinding.self) { group in
            group.addTask { await ask(pointer) }
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: patience)
                    logger.info("the centre did not say in time whose card it is")
                } catch {
                    // Cancelled: the centre was faster.
                }
                return .unanswered
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unanswered
        }
    }

    private func ask(_ pointer: Secret) async -> SessionMachine.CardFinding {
        do {
            let key = try String(contentsOfFile: centreKey, encoding: .utf8)
            let inquiry = try CardInquiry(about: pointer, by: kiosk, of: site, to: key)
            return try inquiry.open(try await centre.lookUp(inquiry.question)).map { .resident(nik: $0) } ?? .unknown
        } catch {
            if !Task.isCancelled { logger.info("the centre did not say whose card it is", metadata: ["reason": "\(error)"]) }
            return .unanswered
        }
    }
}
