public import Enrolment
import Foundation
public import HTTPTypes
public import Hummingbird
import KioskCore
import Logging
public import LoopbackWeb
import NIOCore
import NIOSSL
import SyncProtocol

/// Where kiosks of other machines come in: a port of its own, with mutual TLS.
public struct KioskDoor: Sendable {
    public var address: ListenAddress
    /// DNS names and IP addresses by which kiosks reach it.
    public var names: [String]
    public var register: DeviceRegister

    public init(address: ListenAddress, names: [String], register: DeviceRegister) {
        self.address = address
        self.names = names
        self.register = register
    }
}

/// A request that came over TLS, and whose.
struct KioskContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Set by ``KioskGate``.
    var device: DeviceCertificate?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Lets in only kiosks whose certificate is good at this very request; whoever is refused hears why, and so does the manager.
struct KioskGate: RouterMiddleware {
    let register: DeviceRegister
    let clock: @Sendable () -> WallTime
    let logger: Logger
    let onRefusal: @Sendable () -> Void

    @concurrent func handle(
        _ request: Request, context: KioskContext, next: @concurrent (Request, KioskContext) async throws -> Response
    ) async throws -> Response {
        try await telling {
            var context = context
            context.device = try await admit(context.channel)
            return try await next(request, context)
        }
    }

    /// Keeps a refusal for the report.
    func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as DeviceRefusal {
            let isNews = try await register.note(refusal, at: clock())
            logger.log(level: isNews ? .error : .debug, "turned away: \(refusal)")
            if isNews { onRefusal() }
            throw refusal
        }
    }

    /// TLS has proven that the peer has the key of the certificate that it showed; the rest is told here.
    private func admit(_ channel: any Channel) async throws -> DeviceCertificate {
        guard let shown = try await channel.nioSSL_peerCertificate().get() else {
            throw DeviceRefusal(.missing, "no certificate was shown; enrol the kiosk: anjungan enroll CODE")
        }
        let device: DeviceCertificate
        do throws(EnrolmentError) {
            device = try DeviceCertificate(der: (try? shown.toDERBytes()) ?? [])
        } catch {
            throw DeviceRefusal(.foreign, "\(error.detail); enrol the kiosk with a code of this centre")
        }
        try await judge(device)
        return device
    }

    /// Whether a certificate is good at this moment.
    func judge(_ device: DeviceCertificate) async throws {
        try device.judge(by: register.authority.certificate, standing: try await register.standing(of: device), at: clock())
    }
}

extension DeviceRefusal: HTTPResponseError {
    /// Whoever is not let in is told so in these words.
    public var status: HTTPResponse.Status { .forbidden }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        Response.fresh("application/json", json(RefusalMessage(self)), status: status)
    }
}

extension DeviceCertificate {
    /// A kiosk draws numbers for itself only.
    func admit(_ wish: NumberRequest) throws(DeviceRefusal) {
        guard name.covers(wish.site, wish.kiosk) else {
            throw DeviceRefusal(
                .otherKiosk, "\(name) asked for a number of \(wish.site)/\(wish.kiosk); correct site and kiosk in its configuration",
                claimed: name)
        }
    }

    /// A kiosk may send its own entries only, a centre below those of its site, and only signed.
    func admit(_ batch: Batch, signature: BatchSignature?) throws(DeviceRefusal) {
        guard name.covers(batch.chain.site, batch.chain.kiosk) else {
            throw DeviceRefusal(
                .otherKiosk,
                "\(name) sent entries of \(batch.chain.site)/\(batch.chain.kiosk); correct site and kiosk in its configuration",
                claimed: name)
        }
        guard let signature, isSignature(signature, of: batch.octets) else {
            throw DeviceRefusal(
                .signature,
                "a batch of \(name) does not bear the signature of its certificate's key; it was changed on its way, "
                    + "or the kiosk's program is too old", claimed: name)
        }
    }
}
