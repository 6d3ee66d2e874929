import Conditions
import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import Journal
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import ServiceLifecycle
import SyncProtocol

/// What a running kiosk tells technicians: HTTP and JSON over a unix socket that only the kiosk's user opens.
///
/// `curl --unix-socket PATH http://kiosk/v1/status` shows it by hand.
struct TechnicianServer: ServiceLifecycle.Service {
    let path: String
    let witness: KioskWitness
    let rolls: RollDesk
    let journal: JournalDesk
    let notices: NoticeDesk
    let logger: Logger

    func run() async throws {
        let router = Router()
        router.get("/v1/status") { _, _ in try Self.answer(try await witness.status()) }
        router.get("/v1/tickets") { _, _ in try Self.answer(try await witness.tickets()) }
        router.post("/v1/journal/verify") { _, _ in try Self.answer(await witness.verify()) }
        JournalRoutes(desk: journal).add(to: router)
        addRolls(to: router)
        router.post("/v1/emergency/end") { request, _ in
            let body = try await request.body.collect(upTo: 4096)
            guard let order = try? TechnicianJSON.decoder.decode(Reasoned.self, from: Data(body.readableBytesView)) else {
                throw HTTPError(.badRequest, message: #"the body must be like {"reason":"…"}"#)
            }
            do {
                return try Self.answer(EndedEmergency(try await notices.endEmergency(reason: order.reason)))
            } catch let error as JournalError {
                throw HTTPError(.conflict, message: error.description)
            }
        }
        let application = Application(
            router: router, server: .page, configuration: .init(address: .unixDomainSocket(path: path), serverName: nil),
            onServerRunning: { _ in
                // Made with the mode of the umask; what it tells is no secret, but verifying a journal is work.
                if chmod(path, 0o600) != 0 {
                    logger.error("cannot restrict the technician socket", metadata: ["path": "\(path)", "error": "\(errno)"])
                }
            },
            logger: logger)
        try await application.run()
    }

    private func addRolls(to router: Router<BasicRequestContext>) {
        router.post("/v1/printers/:name/slip") { _, context in
            let name = try context.parameters.require("name")
            return try await Self.answer { try await rolls.slip(of: name) }
        }
        router.post("/v1/printers/:name/proof") { request, context in
            let name = try context.parameters.require("name")
            let body = try await request.body.collect(upTo: 4096)
            guard let read = try? TechnicianJSON.decoder.decode(SlipReading.self, from: Data(body.readableBytesView)) else {
                throw HTTPError(.badRequest, message: #"the body must be like {"code":"K3M9QX"}"#)
            }
            return try await Self.answer { try await rolls.prove(name, code: read.code) }
        }
        router.post("/v1/printers/:name/roll") { _, context in
            let name = try context.parameters.require("name")
            return try await Self.answer { try await rolls.renew(name) }
        }
    }

    /// The answer, or 404 for a printer that is not of this kiosk.
    private static func answer(_ value: () async throws -> some Encodable) async throws -> Response {
        do {
            return try answer(try await value())
        } catch let error as JournalError where error.code == .unknownPrinter {
            throw HTTPError(.notFound, message: error.detail)
        }
    }

    private static func answer(_ value: some Encodable) throws -> Response {
        Response.fresh("application/json", try TechnicianJSON.encoder.encode(value).map(\.self))
    }
}

/// What somebody has read on a test slip.
struct SlipReading: Codable {
    var code: String
}

/// How both ends of the technician socket spell.
enum TechnicianJSON {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
