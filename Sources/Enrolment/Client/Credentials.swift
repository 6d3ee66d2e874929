public import AsyncHTTPClient
public import Foundation
public import KioskCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Who one is towards a centre now, and what that centre said of it last.
///
/// A renewal or `anjungan enroll` replaces the file; whoever sends next uses what is there then.
public final class Credentials: Sendable {
    /// What keeps a centre from believing its client, or the client its centre.
    public enum Trouble: Hashable, Sendable {
        /// Nothing in the folder can be used.
        case missing(String)
        /// By this machine's clock the certificate is not valid yet.
        case early(String)
        case expired(String)
        /// It ends soon and was not renewed.
        case ending(String)
        /// The centre's word.
        case refused(DeviceRefusal.Code, String)
        /// Whoever answers is not the centre.
        case untrusted(String)
    }

    private struct Ready {
        let identity: DeviceIdentity
        let tls: TLSConfiguration

        init(_ identity: DeviceIdentity) throws(EnrolmentError) {
            self.identity = identity
            tls = try identity.clientTLS()
        }
    }

    private struct State {
        var ready: Ready?
        /// Of the last answer; nil when it was a good one, or none came yet.
        var answer: Trouble?
        /// Why the file is not used.
        var fault: String?
    }

    /// Where the identity is kept.
    public let folder: String
    private let clock: @Sendable () -> WallTime
    private let state: Mutex<State>

    /// Reads what the folder holds.
    ///
    /// - Parameter clock: the machine's, unless another is given.
    public init(folder: String, clock: (@Sendable () -> WallTime)? = nil) {
        self.folder = folder
        self.clock = clock ?? { WallTime(Date()) }
        state = Mutex(State())
        reload()
    }

    /// nil: not enrolled.
    public var identity: DeviceIdentity? { state.withLock { $0.ready?.identity } }

    /// Reads the folder again; whoever was enrolled anew is believed anew.
    public func reload() {
        do throws(EnrolmentError) {
            let found = try DeviceIdentity.load(folder: folder)
            guard found != identity else { return state.withLock { $0.fault = nil } }
            let ready: Ready? = if let found { try Ready(found) } else { nil }
            state.withLock { $0 = State(ready: ready) }
        } catch {
            state.withLock { $0.fault = error.detail }
        }
    }

    /// Keeps a renewed identity, on the disk first, and the centre's sealing key beside it, for the next start.
    public func replace(with identity: DeviceIdentity, sealingKey: String) throws(EnrolmentError) {
        let ready = try Ready(identity)
        try DeviceIdentity.keep(sealingKey: sealingKey, folder: folder)
        try identity.save(folder: folder)
        state.withLock { $0 = State(ready: ready) }
    }

    /// What is wrong; nil when nothing is.
    public var trouble: Trouble? {
        let state = state.withLock { $0 }
        if let fault = state.fault { return .missing(fault) }
        guard let certificate = state.ready?.identity.certificate else { return .missing("\(folder) holds no identity") }
        let now = clock()
        switch certificate.age(at: now) {
        case .early: return .early("it begins \(certificate.begins.utc), and this machine's clock says \(now.utc)")
        case .expired: return .expired("it ended \(certificate.ends.utc)")
        case .ending: return state.answer ?? .ending("it ends \(certificate.ends.utc)")
        case .fresh, .due: return state.answer
        }
    }

    // MARK: What a client of the centre does with it

    /// Lets a request go over mutual TLS, and signs the batch that it brings, if it brings one.
    public func prepare(_ request: inout HTTPClientRequest, batch octets: [UInt8]?) throws(EnrolmentError) {
        guard let ready = state.withLock({ $0.ready }) else {
            throw EnrolmentError(.file, "there are no keys for this centre; get a code there, then: anjungan enroll CODE")
        }
        request.tlsConfiguration = ready.tls
        guard let octets else { return }
        request.headers.add(name: BatchSignature.header, value: try ready.identity.signature(of: octets).headerValue)
    }

    /// Takes note of what the centre answered.
    public func heard(status: Int, _ body: Data) {
        var answer: Trouble?
        if status == 403, let refusal = try? JSONDecoder().decode(RefusalMessage.self, from: body),
            let code = DeviceRefusal.Code(rawValue: refusal.error.code)
        {
            answer = .refused(code, refusal.error.message)
        }
        state.withLock { $0.answer = answer }
    }

    /// Takes note that a request failed. Returns what to say of it where TLS did not believe the other end.
    public func failed(_ error: any Error, at url: String) -> String? {
        guard ClientTLS.isDistrust(error) else { return nil }
        let words = ClientTLS.distrust(url)
        state.withLock { $0.answer = .untrusted(words) }
        return words
    }
}

extension WallTime {
    /// ISO 8601.
    var utc: String { date.formatted(.iso8601) }
}
