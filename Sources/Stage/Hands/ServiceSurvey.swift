import KioskCore
import KioskRuntime

/// Walks the menus of a kiosk as a citizen does and notes, of each agency, the first service that asks for no identification.
///
/// A pure value: it is shown each screen and answers with what to touch.
struct ServiceSurvey {
    enum Step: Hashable {
        case touch(Touch)
        case wait
        case finished
    }

    /// Enough for a colourful day.
    private static let most = 6

    private(set) var found: [ServiceKey] = []
    private var visit: Int?
    private var agencies: [String]?
    /// What has not been tried yet of the agency that is open.
    private var services: [String]?
    private var agency: AgencyID?
    private var said: (visit: Int, revision: Int)?

    init() {}

    mutating func shown(_ message: ScreenMessage) -> Step {
        // Back at the greeting, or in somebody else's visit: the walk is over.
        if let visit, message.visit != visit { return .finished }
        if let said, said == (message.visit, message.revision) { return .wait }
        guard let touch = touch(message.screen) else { return .wait }
        said = (message.visit, message.revision)
        visit = message.visit
        return .touch(touch)
    }

    private mutating func touch(_ screen: ScreenMessage.Body) -> Touch? {
        if screen.kind == .greeting { return .start }
        guard visit != nil else { return nil }
        switch screen.kind {
        case .agencies: return nextAgency(screen.items ?? [])
        case .services: return nextService(screen.items ?? [])
        case .identify: return .back
        case .confirm:
            note(screen)
            return .back
        case .greeting, .closed, .emergency, .recording, .printing, .trouble, .askPaper, .ticket, .closing:
            return nil
        }
    }

    private mutating func nextAgency(_ items: [ScreenMessage.Item]) -> Touch {
        var left = agencies ?? items.map(\.id)
        defer { agencies = left }
        guard found.count < Self.most, !left.isEmpty, let next = AgencyID(left.removeFirst()) else {
            return .cancel
        }
        (agency, services) = (next, nil)
        return .agency(next)
    }

    private mutating func nextService(_ items: [ScreenMessage.Item]) -> Touch {
        var left = services ?? items.map(\.id)
        defer { services = left }
        guard found.last?.agency != agency, !left.isEmpty, let next = ServiceID(left.removeFirst())
        else { return .back }
        return .service(next)
    }

    private mutating func note(_ screen: ScreenMessage.Body) {
        guard let agency, let id = screen.service?.id, let service = ServiceID(id) else { return }
        found.append(ServiceKey(agency, service))
    }
}

extension ServiceSurvey {
    /// Why there is nothing to ask for.
    struct NothingOffered: Error, CustomStringConvertible {
        var description: String
    }

    /// Asks a kiosk that is away again for as long as `patience`.
    static func services(of screen: ScreenClient, patience: Duration) async throws -> [ServiceKey] {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                let found = try await walk(screen)
                if !found.isEmpty { return found }
                guard ContinuousClock.now < deadline else {
                    throw NothingOffered(
                        description:
                            "the kiosk offers no service that can be had without identification; name some")
                }
            } catch let error where !(error is CancellationError) && ContinuousClock.now < deadline {
                // It is asked again below.
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private static func walk(_ screen: ScreenClient) async throws -> [ServiceKey] {
        try await screen.converse { screens, say in
            var survey = ServiceSurvey()
            for try await message in screens {
                switch survey.shown(message) {
                case .wait: continue
                case .finished: return survey.found
                case .touch(let touch):
                    try await say(
                        PageMessage(visit: VisitID(message.visit), revision: message.revision, .touch(touch)))
                    if touch == .cancel { return survey.found }
                }
            }
            return survey.found
        }
    }
}
