import Enrolment
import KioskCore
import Logging
import ServiceLifecycle

/// Takes up what `anjungan enroll` leaves in the folder, and asks for the next certificate when two thirds of one are over.
struct EnrolmentWatch: ServiceLifecycle.Service {
    let identity: KioskIdentity
    let client: EnrolmentClient
    let logger: Logger

    /// How late a new enrolment may be noticed.
    static let interval = Duration.seconds(10)
    /// Kiosks that were enrolled on one day do not all ask in one minute; a failure is tried again as late as this.
    static let renewalSpread = 0.0..<21_600.0

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let clock = ContinuousClock()
            var renewal: (of: DeviceIdentity, at: ContinuousClock.Instant)?
            while !Task.isCancelled {
                identity.reload()
                if let due = dueForRenewal {
                    // Urgent ones do not wait.
                    let pause: Duration = due.isUrgent && renewal == nil ? .zero : .seconds(Double.random(in: Self.renewalSpread))
                    if renewal?.of != due.identity { renewal = (due.identity, clock.now + pause) }
                    if let planned = renewal, planned.at <= clock.now {
                        renewal = (due.identity, clock.now + .seconds(Double.random(in: Self.renewalSpread)))
                        await renew(due.identity)
                    }
                }
                do { try await clock.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    private var dueForRenewal: (identity: DeviceIdentity, isUrgent: Bool)? {
        guard let current = identity.current?.identity else { return nil }
        switch current.certificate.age(at: .now) {
        case .early, .fresh, .expired: return nil
        case .due: return (current, false)
        case .ending: return (current, true)
        }
    }

    /// Asks once. A failure is no harm before the certificate ends; the condition then says so.
    func renew(_ current: DeviceIdentity) async {
        do throws(EnrolmentError) {
            let next = try await client.renewal(of: current)
            try identity.replace(with: next)
            logger.notice("the certificate was renewed", metadata: ["ends": "\(next.certificate.ends.iso)"])
        } catch {
            logger.warning("the certificate was not renewed", metadata: ["why": "\(error.detail)"])
        }
    }
}
