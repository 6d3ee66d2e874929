import Foundation
import KioskCore
public import Logging
public import ServiceLifecycle

/// Takes up what `anjungan enroll` leaves in the folder, and asks for the next certificate when two thirds of one are over.
public struct EnrolmentWatch: ServiceLifecycle.Service {
    let credentials: Credentials
    let client: EnrolmentClient
    let logger: Logger

    /// How late a new enrolment may be noticed.
    static let interval = Duration.seconds(10)

    public init(_ credentials: Credentials, client: EnrolmentClient, logger: Logger) {
        self.credentials = credentials
        self.client = client
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            let clock = ContinuousClock()
            let start = clock.now
            var plan = RenewalPlan()
            while !Task.isCancelled {
                credentials.reload()
                if let current = credentials.identity {
                    let age = current.certificate.age(at: WallTime(Date()))
                    let random = Double.random(in: 0..<1)
                    if plan.asks(for: current.certificate, age, elapsed: clock.now - start, random: random) { await renew(current) }
                }
                do { try await clock.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Asks for the next certificate at once, as the centre wants. Returns whether there is one.
    public func renewNow() async -> Bool {
        guard let current = credentials.identity else { return false }
        return await renew(current)
    }

    /// Asks once. A failure is no harm before the certificate ends; the condition then says so.
    @discardableResult
    func renew(_ current: DeviceIdentity) async -> Bool {
        do throws(EnrolmentError) {
            let next = try await client.renewal(of: current)
            try credentials.replace(with: next.identity, sealingKey: next.sealingKey)
            logger.notice("the certificate was renewed", metadata: ["ends": "\(next.identity.certificate.ends.utc)"])
            return true
        } catch {
            logger.warning("the certificate was not renewed", metadata: ["why": "\(error.detail)"])
            return false
        }
    }
}
