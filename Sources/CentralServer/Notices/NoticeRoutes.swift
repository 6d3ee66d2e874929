import Enrolment
import Foundation
import Hummingbird
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import SyncProtocol

extension CentralServer {
    /// What a kiosk should know: answered at once where that is something else than it knows, else as soon as it is.
    ///
    /// - Parameter gate: of the kiosks' door, which judges a kiosk anew before each answer; nil without TLS.
    func addNotices<Context: RequestContext>(
        to router: some RouterMethods<Context>, _ gate: KioskGate? = nil,
        peer: @escaping @Sendable (Context) -> DeviceCertificate? = { _ in nil }
    ) {
        router.post("/v1/notices") { request, context in try await tell(request, peer(context), gate) }
    }

    private func tell(_ request: Request, _ device: DeviceCertificate?, _ gate: KioskGate?) async throws -> Response {
        let body = try await request.body.collect(upTo: 4096)
        guard let asked = try? JSONDecoder().decode(NoticeRequest.self, from: Data(body.readableBytesView)),
            let name = DeviceName("\(asked.site)/\(asked.kiosk)")
        else { throw HTTPError(.badRequest, message: "This is no question for notices.") }
        try device?.admit(noticesOf: name)
        await keep(KioskWord(asked), of: name)
        let wait = Duration.seconds(max(0, min(asked.wait, NoticeRequest.longestWait)))
        let found = try await notices.next(after: asked.known, within: wait) { try await notices(in: $0, for: name, device, gate) }
        return Response.fresh("application/json", json(found))
    }

    // Swift 6.3.1 with -O crashes where it makes this one function with the one that waits.
    @inline(never)
    private func notices(in book: NoticeBook, for name: DeviceName, _ device: DeviceCertificate?, _ gate: KioskGate?) async throws
        -> Notices
    {
        guard let gate, let device else { return Notices(book, for: name, sealingKey: gate?.register.sealingKey, issued: nil) }
        try await gate.judge(device)
        let issued = try await gate.register.issued(device)
        return Notices(book, for: name, sealingKey: gate.register.sealingKey, issued: issued)
    }

    /// For the report only: a store that is full must not keep an emergency from anybody.
    private func keep(_ word: KioskWord, of name: DeviceName) async {
        guard notices.isNews(word, of: name) else { return }
        do throws(StoreError) {
            try await store.keep(word, of: name, at: configuration.clock())
        } catch {
            notices.forget(name)
            logger.error("what a kiosk says of itself was not kept", metadata: ["kiosk": "\(name)", "detail": "\(error.detail)"])
        }
    }
}

extension DeviceCertificate {
    /// A kiosk is told only what is for it.
    func admit(noticesOf other: DeviceName) throws(DeviceRefusal) {
        guard name == other else {
            throw DeviceRefusal(
                .otherKiosk, "\(name) asked for the notices of \(other); correct site and kiosk in its configuration", claimed: name)
        }
    }
}
