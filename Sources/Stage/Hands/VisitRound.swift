import KioskCore
import KioskRuntime

/// How far the visits are that the stage makes itself.
struct VisitProgress: Hashable, Sendable, Encodable {
    var running = false
    var done = 0
    var of = 0
    /// How many visits ended how; the names are ``VisitScript/Outcome``'s.
    var endings: [String: Int] = [:]
}

/// Whole visits one after another, as a citizen makes them, through whatever happens meanwhile.
struct VisitRound: Sendable {
    let screen: ScreenClient
    /// How many visits one press makes.
    let count: Int
    /// What is asked for, in turn; empty: what the kiosk offers without identification.
    let services: [ServiceKey]

    /// Programs that were killed are back long before this.
    private static let patience = Duration.seconds(90)

    /// Makes them and writes on the board how they went.
    func run(_ board: StageBoard) async throws {
        let services = try await wanted()
        for number in 0..<count {
            let outcome = try await visit(services[number % services.count])
            board.update { doings in
                doings.visits.done += 1
                doings.visits.endings[outcome.rawValue, default: 0] += 1
            }
        }
        board.update { $0.news = Sentence("\(count) kunjungan selesai", "\(count) visits done") }
    }

    /// One more visit than anybody asked for, so that something is printed.
    func visitOnce() async throws { _ = try await visit(try await wanted()[0]) }

    /// A kiosk that takes nobody at the moment, because it has just started, is asked again.
    private func visit(_ service: ServiceKey) async throws -> VisitScript.Outcome {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let script = VisitScript(service: service, nik: nil, reply: .leave)
            let outcome = try await VisitRunner(client: screen).visit(script, patience: Self.patience)
                .ending.outcome
            guard outcome == .refused, ContinuousClock.now < deadline else { return outcome }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func wanted() async throws -> [ServiceKey] {
        guard services.isEmpty else { return services }
        return try await ServiceSurvey.services(of: screen, patience: Self.patience)
    }
}
