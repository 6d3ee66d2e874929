import Enrolment
import Foundation
import HTTPTypes
import Hummingbird
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import Synchronization

/// Slows down whoever guesses codes: so many failures in a minute, of everybody together.
final class GuessLimit: Sendable {
    static let perMinute = 30
    private let state = Mutex((minute: Int64(0), count: 0))

    /// Whether one more may try.
    func allows(at now: WallTime) -> Bool { state.withLock { $0.minute != now.milliseconds / 60_000 || $0.count < Self.perMinute } }

    func failed(at now: WallTime) {
        state.withLock { state in
            let minute = now.milliseconds / 60_000
            state = (minute, state.minute == minute ? state.count + 1 : 1)
        }
    }
}

extension CentralServer {
    /// What a kiosk without a certificate may ask: who the authority is, and its first certificate.
    func addEnrolment(to router: Router<KioskContext>, _ gate: KioskGate) {
        let (register, clock, limit) = (gate.register, gate.clock, GuessLimit())
        router.get("/v1/authority") { _, _ in
            Response.fresh("application/x-pem-file", Array(register.authority.certificate.pem.utf8))
        }
        router.post("/v1/enrolment") { request, _ in
            let asked = try await Self.body(EnrolmentRequest.self, of: request)
            return try await gate.telling {
                guard limit.allows(at: clock()) else {
                    throw HTTPError(.tooManyRequests, message: "Too many wrong codes; try again in a minute.")
                }
                do {
                    let device = try await register.enrol(asked, at: clock())
                    logger.notice("enrolled", metadata: ["kiosk": "\(device.name)", "serial": "\(device.serial)"])
                    return Response.fresh("application/json", json(await register.reply(device)))
                } catch {
                    if error is DeviceRefusal { limit.failed(at: clock()) }
                    throw error
                }
            }
        }
    }

    /// What a kiosk with a good certificate may ask besides sending entries.
    func addRenewal(to router: some RouterMethods<KioskContext>, _ gate: KioskGate) {
        router.post("/v1/enrolment/renewal") { request, context in
            let asked = try await Self.body(RenewalRequest.self, of: request)
            guard let device = context.device else { throw HTTPError(.forbidden) }
            let next = try await gate.register.renew(device, request: [UInt8](asked.request), at: gate.clock())
            logger.info("renewed", metadata: ["kiosk": "\(next.name)", "serial": "\(next.serial)"])
            return Response.fresh("application/json", json(await gate.register.reply(next)))
        }
    }

    private static func body<Value: Decodable>(_ type: Value.Type, of request: Request) async throws -> Value {
        do {
            let body = try await request.body.collect(upTo: 16 * 1024)
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge, message: "An enrolment has at most 16384 octets.")
        } catch is DecodingError {
            throw HTTPError(.badRequest, message: "This is no enrolment request of this program's version.")
        }
    }
}
