import CardLookup
import Enrolment
import Foundation
import HTTPTypes
import Hummingbird
import KioskCore
import Logging
import LoopbackWeb
import NIOCore
import Secrets
import SyncProtocol

/// Answers kiosks that ask whose card it is. The register is opened when the first one asks, since it may be made while the centre runs.
actor CardDesk {
    private let folder: StoreFolder
    private let limit = LookupLimit()
    private var register: CardRegister?

    init(_ folder: StoreFolder) { self.folder = folder }

    /// What became of a question.
    enum Outcome {
        case answer(CardAnswer, isKnown: Bool)
        /// The kiosk asks too often; it may again after so many seconds.
        case later(Int64)
    }

    /// - Throws: ``CardLookupError`` where the question does not open, ``StoreError``.
    func ask(_ question: CardQuestion, at now: WallTime) async throws -> Outcome {
        let kiosk = DeviceName(site: question.site, kiosk: question.kiosk)
        if let seconds = limit.allows(kiosk, at: now) { return .later(seconds) }
        let request = try CardRequest(opening: question, with: try OpeningKeyFile.privateKey(of: folder.openingKey))
        if register == nil { register = try await CardRegister.existing(directory: folder.path) }
        let nik = try await register?.resident(of: request.pointer, at: question.site)
        return .answer(try request.answer(nik), isKnown: nik != nil)
    }
}

extension CentralServer {
    /// - Parameter peer: whose certificate the request came with; nil without TLS.
    func addCards<Context: RequestContext>(
        to router: some RouterMethods<Context>, peer: @escaping @Sendable (Context) -> DeviceCertificate? = { _ in nil }
    ) {
        router.post("/v1/cards/lookup") { request, context in
            let body = try await request.body.collect(upTo: 4096)
            guard let question = try? JSONDecoder().decode(CardQuestion.self, from: Data(body.readableBytesView)) else {
                throw HTTPError(.badRequest, message: "This is no question about a card.")
            }
            try peer(context)?.admit(question)
            return try await answer(question)
        }
    }

    /// Every question leaves one line: which kiosk, and what it heard. Never which card.
    private func answer(_ question: CardQuestion) async throws -> Response {
        func note(_ result: String) {
            logger.notice("asked about a card", metadata: ["kiosk": "\(question.site)/\(question.kiosk)", "result": "\(result)"])
        }
        do {
            switch try await cards.ask(question, at: configuration.clock()) {
            case .answer(let answer, let isKnown):
                note(isKnown ? "known" : "unknown")
                return Response.fresh("application/json", json(answer))
            case .later(let seconds):
                note("too often")
                var response = Response.fresh(
                    "application/json", json(Problem(error: .init(message: "Too many questions about cards.", code: "too-often"))),
                    status: .tooManyRequests)
                response.headers[.retryAfter] = "\(seconds)"
                return response
            }
        } catch let error as CardLookupError {
            note(error.code.rawValue)
            throw HTTPError(.badRequest, message: error.detail)
        } catch let error as StoreError {
            note(error.code.rawValue)
            logger.error("the register of cards cannot be read", metadata: ["detail": "\(error.detail)"])
            throw HTTPError(.serviceUnavailable, message: "The register of cards cannot be read now.")
        }
    }
}

extension DeviceCertificate {
    /// A kiosk asks in its own name only, and so about the cards of its own site.
    func admit(_ question: CardQuestion) throws(DeviceRefusal) {
        guard name.covers(question.site, question.kiosk) else {
            throw DeviceRefusal(
                .otherKiosk,
                "\(name) asked about a card as \(question.site)/\(question.kiosk); correct site and kiosk in its configuration",
                claimed: name)
        }
    }
}
