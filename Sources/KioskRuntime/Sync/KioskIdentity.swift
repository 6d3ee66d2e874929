import Conditions
import Enrolment
import KioskCore
import NIOSSL
import Synchronization

/// The kiosk's identity towards its centre as it is now, and what the centre said of it last.
///
/// A renewal or `anjungan enroll` replaces the file; whoever sends next uses what is there then.
final class KioskIdentity: Sendable {
    /// An identity, ready to be used.
    struct Credentials: Sendable {
        let identity: DeviceIdentity
        let tls: TLSConfiguration

        init(_ identity: DeviceIdentity) throws(EnrolmentError) {
            self.identity = identity
            tls = try identity.clientTLS()
        }
    }

    private struct State {
        var credentials: Credentials?
        /// Of the last answer; nil when it was a good one, or none came yet.
        var refusal: (ConditionCode, String)?
        /// Why the file is not used.
        var fault: String?
    }

    /// Where it is kept.
    let folder: String
    private let clock: @Sendable () -> WallTime
    private let state: Mutex<State>

    /// Reads what the folder holds.
    init(folder: String, clock: @escaping @Sendable () -> WallTime = { .now }) {
        self.folder = folder
        self.clock = clock
        state = Mutex(State())
        reload()
    }

    var current: Credentials? { state.withLock { $0.credentials } }

    /// Reads the folder again; whoever was enrolled anew is believed anew.
    func reload() {
        do throws(EnrolmentError) {
            let identity = try DeviceIdentity.load(folder: folder)
            guard identity != current?.identity else { return state.withLock { $0.fault = nil } }
            let credentials: Credentials? = if let identity { try Credentials(identity) } else { nil }
            state.withLock { $0 = State(credentials: credentials) }
        } catch {
            state.withLock { $0.fault = error.detail }
        }
    }

    /// Keeps a renewed identity, on the disk first.
    func replace(with identity: DeviceIdentity) throws(EnrolmentError) {
        let credentials = try Credentials(identity)
        try identity.save(folder: folder)
        state.withLock { $0 = State(credentials: credentials) }
    }

    /// The centre refused, for this reason.
    func refused(_ code: ConditionCode, _ why: String) { state.withLock { $0.refusal = (code, why) } }

    /// The centre took what this kiosk sent.
    func accepted() { state.withLock { $0.refusal = nil } }

    /// What is wrong; nil when nothing is.
    var trouble: (ConditionCode, String)? {
        let (credentials, refusal, fault) = state.withLock { ($0.credentials, $0.refusal, $0.fault) }
        if let fault { return (.certificateMissing, fault) }
        guard let certificate = credentials?.identity.certificate else { return (.certificateMissing, "\(folder) holds no identity") }
        switch certificate.age(at: clock()) {
        case .early: return (.certificateEarly, "it begins \(certificate.begins.iso), and this kiosk's clock says \(clock().iso)")
        case .expired: return (.certificateExpired, "it ended \(certificate.ends.iso)")
        case .ending: return refusal ?? (.certificateEnding, "it ends \(certificate.ends.iso)")
        case .fresh, .due: return refusal
        }
    }

    /// When the certificate ends.
    var ends: WallTime? { current?.identity.certificate.ends }
}

extension ConditionCode {
    /// What a refusal of the centre means at the kiosk.
    init(_ code: DeviceRefusal.Code) {
        self =
            switch code {
            case .missing: .certificateMissing
            case .early: .certificateEarly
            case .expired: .certificateExpired
            case .revoked: .certificateRevoked
            case .foreign, .otherKiosk, .signature, .code: .certificateForeign
            }
    }
}
