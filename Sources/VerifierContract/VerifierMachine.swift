public import Conditions
public import Secrets

/// How a verifier is.
public struct VerifierStatus: Hashable, Sendable {
    /// nil while documents can be read.
    public var condition: ConditionCode?
    /// What is wrong, where, and what to do next; with all well the program's own name and version.
    public var detail: String

    public init(condition: ConditionCode?, detail: String) {
        self.condition = condition
        self.detail = detail
    }
}

/// The kiosk's end of the contract with one verifier's program: starts it, asks it, and starts it again when it fails.
///
/// A pure value: no process, no clock. A program that hangs, dies or speaks nonsense is killed and started again, after pauses that double
/// up to a minute; what it was asked for is asked again while somebody still waits.
public struct VerifierMachine: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case start
        case shutDown
        /// Documents are wanted for this visit; nil: for nobody. A level.
        case want(Int?)
        case said(VerifierWord)
        /// It said what is none of the contract, or does not take what it is told.
        case garbled(String)
        /// Its process has ended, or could not be started.
        case ended(String)
        case due(TimerID)
    }

    public enum Effect: Hashable, Sendable {
        case launch
        case send(HostWord)
        /// Close what it reads: it should end.
        case close
        /// End its process group at once; ``Event/ended(_:)`` follows.
        case kill
        case startTimer(TimerID, Duration)
        case report(VerifierStatus)
        /// For this visit: the NIK of a document that proved itself; nil: it did not.
        case result(visit: Int, nik: Secret?)
        /// Everything has ended.
        case finish
    }

    /// What is waited for.
    public enum Timer: Hashable, Sendable, CaseIterable {
        /// The next start.
        case launch
        case hello
        /// The end of a request, of its own accord or cancelled.
        case request
        /// The next ping.
        case ping
        case pong
        /// The end of a program whose input was closed.
        case farewell
    }

    /// One setting of a timer; an older one is not listened to.
    public struct TimerID: Hashable, Sendable {
        public var timer: Timer
        public var generation: Int
    }

    enum State: Hashable, Sendable {
        case stopped
        /// Between two starts.
        case pausing
        /// Started; its hello is awaited.
        case greeting
        case serving(Serving)
        /// Killed; its end is awaited.
        case dying(String)
        /// Shutting down; its end is awaited.
        case closing
    }

    struct Serving: Hashable, Sendable {
        var name: String
        var isReady = false
        /// Why it is not; nil before it has said how it is.
        var reason: String?
        var request: Request?
        var isPinged = false
    }

    struct Request: Hashable, Sendable {
        var number: Int
        var visit: Int
        var isCancelled = false
    }

    public static let helloPatience = Duration.seconds(10)
    public static let cancelPatience = Duration.seconds(3)
    public static let pingPause = Duration.seconds(30)
    public static let pongPatience = Duration.seconds(10)
    public static let farewellPatience = Duration.seconds(3)
    public static let longestPause = 60

    private(set) var state: State = .stopped
    /// In a row, without a word that showed that it works.
    private(set) var failures = 0
    private var wanted: Int?
    /// What is wanted has been had.
    private var isServed = false
    private var lastNumber = 0
    private var generations: [Timer: Int] = [:]
    private var reported: VerifierStatus?

    public init() {}

    /// Advances by one event and returns what must now be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        var effects = react(to: event)
        effects += askIfWanted()
        if let status, status != reported {
            reported = status
            effects.append(.report(status))
        }
        return effects
    }

    private mutating func react(to event: Event) -> [Effect] {
        switch event {
        case .start: state == .stopped ? launch() : []
        case .shutDown: shutDown()
        case .want(let visit): want(visit)
        case .said(let word): said(word)
        case .garbled(let reason): fail(reason)
        case .ended(let words): ended(words)
        case .due(let id): generations[id.timer] == id.generation ? due(id.timer) : []
        }
    }

    // MARK: Starting and ending

    private mutating func launch() -> [Effect] {
        state = .greeting
        return [.launch, .send(.hello), start(.hello, Self.helloPatience)]
    }

    private mutating func shutDown() -> [Effect] {
        switch state {
        case .stopped, .pausing:
            state = .stopped
            return [.finish]
        case .greeting, .serving:
            state = .closing
            return [.close, start(.farewell, Self.farewellPatience)]
        case .dying:
            state = .closing
            return [.kill]
        case .closing: return []
        }
    }

    private mutating func ended(_ words: String) -> [Effect] {
        switch state {
        case .stopped, .pausing: return []
        case .greeting: return pause("it ended before its hello: \(words)")
        case .serving: return pause("it ended: \(words)")
        case .dying(let reason): return pause(reason)
        case .closing:
            state = .stopped
            return [.finish]
        }
    }

    private mutating func pause(_ reason: String) -> [Effect] {
        let seconds = min(1 << min(failures, 6), Self.longestPause)
        failures += 1
        state = .pausing
        trouble = reason
        return [start(.launch, .seconds(seconds))]
    }

    /// Why it is not at work now.
    private var trouble = ""

    private mutating func fail(_ reason: String) -> [Effect] {
        switch state {
        case .greeting, .serving:
            state = .dying(reason)
            trouble = reason
            return [.kill]
        case .stopped, .pausing, .dying, .closing: return []
        }
    }

    // MARK: What it is asked

    private mutating func want(_ visit: Int?) -> [Effect] {
        guard visit != wanted else { return [] }
        wanted = visit
        isServed = false
        guard case .serving(var serving) = state, var request = serving.request, !request.isCancelled else { return [] }
        request.isCancelled = true
        serving.request = request
        state = .serving(serving)
        return [.send(.cancel(request: request.number)), start(.request, Self.cancelPatience)]
    }

    private mutating func askIfWanted() -> [Effect] {
        guard let wanted, !isServed, case .serving(var serving) = state, serving.isReady, serving.request == nil else { return [] }
        lastNumber += 1
        serving.request = Request(number: lastNumber, visit: wanted)
        state = .serving(serving)
        return [
            .send(.verify(request: lastNumber, seconds: VerifierProtocol.requestSeconds)),
            start(.request, .seconds(VerifierProtocol.requestSeconds) + Self.cancelPatience),
        ]
    }

    private mutating func due(_ timer: Timer) -> [Effect] {
        switch (timer, state) {
        case (.launch, .pausing): return launch()
        case (.hello, .greeting): return fail("it did not say hello in \(Self.helloPatience)")
        case (.request, .serving(let serving)) where serving.request != nil: return fail("it did not end a request in time")
        case (.ping, .serving(var serving)):
            lastNumber += 1
            serving.isPinged = true
            state = .serving(serving)
            return [.send(.ping(lastNumber)), start(.pong, Self.pongPatience)]
        case (.pong, .serving(let serving)) where serving.isPinged: return fail("it did not answer a ping in \(Self.pongPatience)")
        case (.farewell, .closing): return [.kill]
        case (.launch, _), (.hello, _), (.request, _), (.ping, _), (.pong, _), (.farewell, _): return []
        }
    }

    private mutating func start(_ timer: Timer, _ time: Duration) -> Effect {
        generations[timer, default: 0] += 1
        return .startTimer(TimerID(timer: timer, generation: generations[timer, default: 0]), time)
    }

    /// nil where nothing is to be said of it.
    private var status: VerifierStatus? {
        switch state {
        case .stopped, .closing: nil
        // Shortly after a start nobody need be told.
        case .greeting: failures == 0 ? nil : VerifierStatus(condition: .verifierAway, detail: trouble)
        case .pausing, .dying: VerifierStatus(condition: .verifierAway, detail: trouble)
        case .serving(let serving):
            serving.isReady
                ? VerifierStatus(condition: nil, detail: serving.name)
                : serving.reason.map { VerifierStatus(condition: .verifierUnready, detail: "\(serving.name): \($0)") }
        }
    }
}

// MARK: - What it says

extension VerifierMachine {
    private mutating func said(_ word: VerifierWord) -> [Effect] {
        switch state {
        case .greeting: return greeted(word)
        case .serving(let serving): return said(word, serving)
        // What a dying program says is too late.
        case .stopped, .pausing, .dying, .closing: return []
        }
    }

    private mutating func greeted(_ word: VerifierWord) -> [Effect] {
        switch word {
        case .hello(VerifierProtocol.version, let name, let version):
            state = .serving(Serving(name: "\(name) \(version)"))
            return [start(.ping, Self.pingPause)]
        case .hello(let other, let name, let version):
            return fail("\(name) \(version) speaks version \(other) of the contract, this kiosk version \(VerifierProtocol.version)")
        case .status, .present, .verified, .refused, .ended, .unavailable, .pong, .other: return fail("its first word was no hello")
        }
    }

    private mutating func said(_ word: VerifierWord, _ serving: Serving) -> [Effect] {
        var serving = serving
        switch word {
        case .hello: return fail("it said hello twice")
        case .status(let isReady, let reason):
            (serving.isReady, serving.reason) = (isReady, reason)
            state = .serving(serving)
            return []
        case .present(let number): return number == serving.request?.number ? [] : fail("it asks for a document that nobody wants")
        case .verified(let number, let nik): return close(number, serving, .verified(nik))
        case .refused(let number, _): return close(number, serving, .refused)
        case .ended(let number): return close(number, serving, .nothing)
        case .unavailable(let number, let reason):
            serving.isReady = false
            serving.reason = reason
            return close(number, serving, .nothing)
        case .pong:
            guard serving.isPinged else { return fail("it answered a ping that was not sent") }
            serving.isPinged = false
            failures = 0
            state = .serving(serving)
            return [start(.ping, Self.pingPause)]
        case .other: return []
        }
    }

    private enum Outcome {
        case verified(Secret)
        case refused
        case nothing
    }

    /// A request ends once. What comes of one that was cancelled is for nobody.
    private mutating func close(_ number: Int, _ serving: Serving, _ outcome: Outcome) -> [Effect] {
        guard let request = serving.request, request.number == number else { return fail("it ended a request that is not open") }
        var serving = serving
        serving.request = nil
        failures = 0
        state = .serving(serving)
        guard !request.isCancelled else { return [] }
        switch outcome {
        case .verified(let nik):
            isServed = true
            return [.result(visit: request.visit, nik: nik)]
        case .refused: return [.result(visit: request.visit, nik: nil)]
        case .nothing: return []
        }
    }
}
