import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import LoopbackWeb
import NIOCore
import ServiceLifecycle

/// The stage's page, its state, and its buttons, for this machine only.
struct StageServer: ServiceLifecycle.Service {
    let port: Int
    let files: PageFiles
    let board: StageBoard
    let eyes: StageEyes
    let hands: StageHands
    let logger: Logger
    let onListening: @Sendable (Int) -> Void

    func run() async throws {
        let router = Router()
        router.add(middleware: LocalOnly("stage"))
        files.add(to: router)
        addState(to: router)
        addActions(to: router)
        let application = Application(
            router: router, server: .page,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: quietLogger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw Stage.Unusable(
                description:
                    "the stage cannot be served on 127.0.0.1:\(port) (\(error)); free that port, or choose others by "
                    + "ANJUNGAN_PORTS=7170,7171,7172,7173")
        }
    }

    /// The server's own chatter is of no use to whoever watches.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private func addState(to router: Router<BasicRequestContext>) {
        router.get("/state.json") { _, _ in
            await eyes.look()
            return Response.fresh("application/json", try board.state.json())
        }
        router.get("/events") { request, _ in
            let (changes, onlooker) = board.onlook()
            return Response.events(request, changes) { state in
                String(decoding: try state.json(), as: UTF8.self)
            } onClose: {
                onlooker.finish()
            }
        }
    }

    private func addActions(to router: Router<BasicRequestContext>) {
        router.post("/actions/:name") { _, context in
            await perform(try context.parameters.require("name"), nil)
        }
        router.post("/actions/:name/:state") { _, context in
            await perform(try context.parameters.require("name"), try context.parameters.require("state"))
        }
    }

    private func perform(_ name: String, _ state: String?) async -> Response {
        guard let action = StageAction(name, state) else {
            let known = StageAction.known.joined(separator: ", ")
            let given = [name, state].compactMap(\.self).joined(separator: "/")
            return Self.refusal(
                .notFound,
                Sentence(
                    "tidak ada tombol \(given); yang ada: \(known)",
                    "there is no button \(given); there are: \(known)"))
        }
        do {
            return Response(status: try await hands.perform(action) ? .noContent : .accepted)
        } catch let refusal as StageHands.Refusal {
            let status: HTTPResponse.Status =
                switch refusal.reason {
                case .alreadyRunning: .conflict
                case .unavailable: .serviceUnavailable
                }
            return Self.refusal(status, refusal.sentence)
        } catch {
            logger.error("a button failed", metadata: ["button": "\(name)", "error": "\(error)"])
            return Self.refusal(.internalServerError, Sentence("gagal: \(error)", "failed: \(error)"))
        }
    }

    /// `{"english":"…","indonesian":"…"}`, for the page to show.
    private static func refusal(_ status: HTTPResponse.Status, _ sentence: Sentence) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A pair of strings can always be encoded.
        let body = (try? encoder.encode(sentence)) ?? Data()
        return Response.fresh("application/json", Array(body), status: status)
    }
}
