public import KioskCore
public import Secrets

/// One whole visit, decided from the screens alone, as a citizen decides it.
///
/// A pure value: it is shown each screen value and answers with what to say, or with how the visit ended.
public struct VisitScript: Sendable {
    public enum Step: Hashable, Sendable {
        case say(PageMessage.Content)
        case wait
        case finished(Ending)
    }

    /// How a visit ended for its citizen.
    public struct Ending: Hashable, Sendable {
        /// nil when the kiosk gave none.
        public var number: String?
        public var outcome: Outcome
        /// Whether the paper, if any, bears SALINAN.
        public var salinan = false

        public init(number: String?, outcome: Outcome, salinan: Bool = false) {
            self.number = number
            self.outcome = outcome
            self.salinan = salinan
        }
    }

    public enum Outcome: String, Hashable, Sendable, Codable {
        case printed, processed, sent
        /// The number was on the screen and no paper came.
        case screen
        /// The kiosk asked whether paper came out, and nobody said.
        case unknown
        /// The kiosk accepted nothing.
        case refused
        /// The visit ended before there was a number, or the connection did.
        case interrupted
    }

    /// What to say when the kiosk asks whether the paper came out.
    public enum Reply: String, Hashable, Sendable, CaseIterable { case yes, no, leave }

    let service: ServiceKey
    let nik: Secret?
    let reply: Reply

    /// The visit that this one is, once it has begun.
    private var visit: Int?
    private var number: String?
    private var wasAsked = false
    private var saidWhat: (visit: Int, revision: Int)?

    public init(service: ServiceKey, nik: Secret?, reply: Reply) {
        self.service = service
        self.nik = nik
        self.reply = reply
    }

    /// The next step after `message` was shown.
    public mutating func shown(_ message: ScreenMessage) -> Step {
        if let visit, message.visit != visit { return .finished(ending(.interrupted)) }
        number = message.screen.number ?? number
        // One answer a screen: the kiosk may show the same revision again after a reconnection.
        if let saidWhat, saidWhat == (message.visit, message.revision) { return .wait }
        let step = decide(message.screen)
        if case .say = step {
            saidWhat = (message.visit, message.revision)
            visit = message.visit
        }
        return step
    }

    /// How the visit ended when the connection is gone for good.
    public func cut() -> Ending { ending(.interrupted) }

    private mutating func decide(_ screen: ScreenMessage.Body) -> Step {
        switch screen.kind {
        // Only the greeting begins a visit. Shown again in the same visit, it has changed (a notice came or went)
        // before our touch arrived, and the touch was stale.
        case .greeting: .say(.touch(.start))
        case .closed: .finished(Ending(number: nil, outcome: .refused))
        case .emergency: .finished(ending(visit == nil ? .refused : .interrupted))
        case _ where visit == nil: .wait
        case .agencies: choose(service.agency.rawValue, of: screen.items, .agency(service.agency))
        case .services: choose(service.service.rawValue, of: screen.items, .service(service.service))
        case .identify: identify(screen)
        case .confirm: .say(.touch(.ok))
        case .recording, .printing, .trouble, .closing: .wait
        case .askPaper: answerWhetherPaperCame()
        case .ticket: .finished(taken(screen))
        }
    }

    private func choose(_ id: String, of items: [ScreenMessage.Item]?, _ touch: Touch) -> Step {
        items?.contains { $0.id == id } == true ? .say(.touch(touch)) : .finished(ending(.refused))
    }

    private func identify(_ screen: ScreenMessage.Body) -> Step {
        guard let nik, screen.problem == nil else { return .finished(ending(.refused)) }
        let entered = screen.entered ?? 0
        guard entered < nik.count else { return .say(.touch(.ok)) }
        return .say(.touch(.digit(nik.withBytes { $0[entered] } &- 0x30)))
    }

    private mutating func answerWhetherPaperCame() -> Step {
        wasAsked = true
        return switch reply {
        case .yes: .say(.touch(.yes))
        case .no: .say(.touch(.no))
        case .leave: .finished(ending(.unknown))
        }
    }

    private func taken(_ screen: ScreenMessage.Body) -> Ending {
        let outcome: Outcome =
            switch screen.paper ?? .none {
            // The citizen's own word stands behind this one, not the printer's.
            case .printed where wasAsked && screen.salinan != true: .unknown
            case .printed: .printed
            case .processed: .processed
            case .sent: .sent
            case .none: .screen
            }
        return Ending(number: number, outcome: outcome, salinan: screen.salinan ?? false)
    }

    private func ending(_ outcome: Outcome) -> Ending {
        // A number that was shown counts, however the visit went on.
        Ending(number: number, outcome: outcome == .interrupted && number != nil && !wasAsked ? .screen : outcome)
    }
}
