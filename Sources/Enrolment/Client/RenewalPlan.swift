import KioskCore

/// When to ask for the next certificate.
///
/// Devices that were enrolled on one day do not all ask in one minute: the first attempt, and each one after a failure, is some time
/// within six hours. One that is nearly too late asks at once.
struct RenewalPlan {
    static let spread = Duration.seconds(21_600)
    private var certificate: DeviceCertificate?
    /// Since the plan began.
    private var attempt = Duration.zero

    /// Whether to ask now.
    ///
    /// - Parameters:
    ///   - age: of `current`, by the wall clock.
    ///   - elapsed: since the plan began, by a clock that does not jump.
    ///   - random: below 1.
    mutating func asks(for current: DeviceCertificate, _ age: DeviceCertificate.Age, elapsed: Duration, random: Double) -> Bool {
        switch age {
        case .early, .fresh, .expired:
            certificate = nil
            return false
        case .due, .ending:
            if certificate != current {
                certificate = current
                attempt = age == .ending ? elapsed : elapsed + Self.spread * random
            }
            guard elapsed >= attempt else { return false }
            attempt = elapsed + Self.spread * random
            return true
        }
    }
}
