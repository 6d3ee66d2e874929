import KioskCore

/// Does whole visits over the screen's WebSocket, exactly as the page does.
public struct VisitRunner: Sendable {
    public struct Report: Sendable {
        public var ending: VisitScript.Ending
        /// From the first touch until the number was on the screen; nil without one.
        public var untilNumber: Duration?
        /// From the first touch until the visit ended.
        public var untilEnd: Duration
    }

    let client: ScreenClient

    public init(client: ScreenClient) {
        self.client = client
    }

    /// One visit: waits for the greeting, goes through, and touches "done" at the end.
    ///
    /// A kiosk that does not answer is asked again for as long as `patience`; one that goes away
    /// during the visit ends it (``VisitScript/Outcome/interrupted``).
    public func visit(_ script: VisitScript, patience: Duration = .zero) async throws -> Report {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            do {
                return try await client.converse { screens, say in
                    var attempt = Attempt(script)
                    do {
                        return try await attempt.run(screens, say)
                    } catch let error where attempt.hasBegun && !(error is CancellationError) {
                        return attempt.cut()
                    }
                }
            } catch let error where !(error is CancellationError) && clock.now < deadline {
                try await clock.sleep(for: .milliseconds(50))
            }
        }
    }
}

/// The connection ended before the visit began.
private struct Silent: Error, CustomStringConvertible {
    var description: String { "the kiosk closes connections before it shows a screen; look at the log of `anjungan run`" }
}

/// One visit over one connection.
private struct Attempt {
    private var script: VisitScript
    private var stopwatch = Stopwatch()

    init(_ script: VisitScript) {
        self.script = script
    }

    var hasBegun: Bool { stopwatch.isRunning }

    mutating func run(
        _ screens: ScreenClient.Screens, _ say: @Sendable (PageMessage) async throws -> Void
    ) async throws -> VisitRunner.Report {
        for try await message in screens {
            let (visit, revision) = (VisitID(message.visit), message.revision)
            try await say(PageMessage(visit: visit, revision: revision, .rendered))
            if message.screen.number != nil { stopwatch.sawNumber() }
            switch script.shown(message) {
            case .wait: continue
            case .say(let content):
                stopwatch.start()
                try await say(PageMessage(visit: visit, revision: revision, content))
            case .finished(let ending):
                try await say(PageMessage(visit: visit, revision: revision, .touch(.done)))
                return stopwatch.report(ending)
            }
        }
        try Task.checkCancellation()
        guard hasBegun else { throw Silent() }
        return cut()
    }

    func cut() -> VisitRunner.Report { stopwatch.report(script.cut()) }
}

private struct Stopwatch {
    private let clock = ContinuousClock()
    private var started: ContinuousClock.Instant?
    private var untilNumber: Duration?

    var isRunning: Bool { started != nil }

    mutating func start() { if started == nil { started = clock.now } }

    mutating func sawNumber() {
        if let started, untilNumber == nil { untilNumber = clock.now - started }
    }

    func report(_ ending: VisitScript.Ending) -> VisitRunner.Report {
        VisitRunner.Report(ending: ending, untilNumber: untilNumber, untilEnd: started.map { clock.now - $0 } ?? .zero)
    }
}
