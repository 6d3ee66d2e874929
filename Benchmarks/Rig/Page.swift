import KioskCore
import KioskRuntime

/// A page that stays open, and the visitors who come to it.
struct Page {
    private var screens: ScreenClient.Screens.Iterator
    private let say: @Sendable (PageMessage) async throws -> Void
    private let clock = ContinuousClock()
    /// What the screen shows.
    private(set) var current: ScreenMessage

    /// How one visit went, in time from the touch that orders the ticket.
    struct Visit: Sendable {
        var ordered: ContinuousClock.Instant
        var untilNumber: Duration
        var untilTicket: Duration
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// Asks for nothing, so that a visit is short.
    static let service: ServiceKey = {
        guard let key = ServiceKey("dpmptsp/perizinan") else { preconditionFailure("It is written as agency/service") }
        return key
    }()

    /// Opens a page on the kiosk's screen and lends it to `body`.
    static func open<Result: Sendable>(
        port: Int, _ body: @Sendable (inout Page) async throws -> Result
    ) async throws -> Result {
        try await ScreenClient(port: port).converse { screens, say in
            var iterator = screens.makeAsyncIterator()
            guard let first = try await iterator.next() else {
                throw Failed(description: "the kiosk closed the page before its first screen")
            }
            return try await withoutActuallyEscaping(say) { say in
                var page = Page(screens: iterator, say: say, current: first)
                return try await body(&page)
            }
        }
    }

    private init(
        screens: ScreenClient.Screens.Iterator, say: @escaping @Sendable (PageMessage) async throws -> Void, current: ScreenMessage
    ) {
        self.screens = screens
        self.say = say
        self.current = current
    }

    /// The message that says `content` about what the screen shows.
    func message(_ content: PageMessage.Content) -> PageMessage {
        PageMessage(visit: VisitID(current.visit), revision: current.revision, content)
    }

    /// Sends a touch and waits for the next screen; returns the time between.
    mutating func touch(_ touch: Touch) async throws -> Duration {
        let begun = clock.now
        try await say(message(.touch(touch)))
        let time = try await takeNext() - begun
        try await say(message(.rendered))
        return time
    }

    /// Goes through one whole visit, until the next visitor may come.
    ///
    /// - Parameter pause: how long the visitor looks at a screen before touching it.
    mutating func visit(pausing pause: Duration = .zero) async throws -> Visit {
        var script = VisitScript(service: Self.service, nik: nil, reply: .leave)
        var ordered: ContinuousClock.Instant?
        var numbered: ContinuousClock.Instant?
        var shown = clock.now
        while true {
            switch script.shown(current) {
            case .wait: break
            case .say(let content):
                if pause > .zero { try await clock.sleep(for: pause) }
                if current.screen.kind == .confirm { ordered = clock.now }
                try await say(message(content))
            case .finished(let ending):
                guard ending.outcome == .printed, let ordered, let numbered else {
                    throw Failed(description: "a visit ended \(ending.outcome) instead of printed, on the screen \(current.screen.kind)")
                }
                if pause > .zero { try await clock.sleep(for: pause) }
                try await say(message(.touch(.done)))
                while current.screen.kind != .greeting { try await show() }
                return Visit(ordered: ordered, untilNumber: numbered - ordered, untilTicket: shown - ordered)
            }
            shown = try await show()
            if numbered == nil, current.screen.number != nil { numbered = shown }
        }
    }

    /// The next screen, drawn; returns when it came.
    @discardableResult private mutating func show() async throws -> ContinuousClock.Instant {
        let came = try await takeNext()
        try await say(message(.rendered))
        return came
    }

    private mutating func takeNext() async throws -> ContinuousClock.Instant {
        guard let next = try await screens.next() else {
            throw Failed(description: "the kiosk closed the page on the screen \(current.screen.kind)")
        }
        current = next
        return clock.now
    }
}
