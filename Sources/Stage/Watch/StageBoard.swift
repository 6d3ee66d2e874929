import Broadcasting
import KioskRuntime
import SyncProtocol
import Synchronization

/// What is known now, and who looks at it.
final class StageBoard: Sendable {
    /// One round of questions; nil where nobody answered.
    struct Look: Sendable {
        var began: ContinuousClock.Instant
        var kiosk: KioskAccount?
        var paper: PaperAccount?
        var centre: DayReport?
        var centreAnswers: Bool
        var screenAnswers: Bool
        var stock: StockAccount?
        var stockPaper: PaperAccount?
    }

    /// Where the four pages are.
    struct URLs: Sendable {
        var screen: String
        var paper: String
        var centre: String
        var stock: String?

        var all: [String] { [screen, paper, centre] + (stock.map { [$0] } ?? []) }
    }

    /// What is under way by the stage's own hands.
    struct Doings: Hashable, Sendable {
        var visits = VisitProgress()
        var cupsdIsHunted = false
        var news: Sentence?
    }

    private struct Core {
        var accounts = StageAccounts(kioskAnswers: false, paperAnswers: false, centreAnswers: false)
        var lastLook: ContinuousClock.Instant?
        var screenAnswers = false
        var stockPaperAnswers = false
        var doings = Doings()
        var shown: StageState?
    }

    private let urls: URLs
    private let networkIsCut: @Sendable () -> Bool
    private let core = Mutex(Core())
    private let onlookers = Onlookers<StageState>()
    /// Speaks when somebody begins to look.
    let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init(_ urls: URLs, networkIsCut: @escaping @Sendable () -> Bool) {
        self.urls = urls
        self.networkIsCut = networkIsCut
        (arrivals, arrival) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var state: StageState { core.withLock { state(of: $0) } }
    var isWatched: Bool { !onlookers.isEmpty }
    /// When the newest look that is known began.
    var lastLook: ContinuousClock.Instant? { core.withLock { $0.lastLook } }
    var day: String? { core.withLock { $0.accounts.kiosk?.status.day } }

    /// Takes in a look; one that began before another that is known already is too late.
    func accept(_ look: Look) {
        change { core in
            guard look.began > core.lastLook ?? look.began - .seconds(1) else { return }
            core.lastLook = look.began
            core.screenAnswers = look.screenAnswers
            core.stockPaperAnswers = look.stockPaper != nil
            core.accounts.take(look)
        }
    }

    /// Changes what the hands do and tells every onlooker.
    func update<Value>(_ body: (inout Doings) -> sending Value) -> sending Value {
        change { body(&$0.doings) }
    }

    /// Tells every onlooker of what changed elsewhere.
    func publish() { change { _ in } }

    private func change<Value>(_ body: (inout Core) -> sending Value) -> sending Value {
        core.withLock { core in
            let value = body(&core)
            let state = state(of: core)
            if state != core.shown {
                core.shown = state
                onlookers.tell(state)
            }
            return value
        }
    }

    private func state(of core: Core) -> StageState {
        var accounts = core.accounts
        accounts.networkIsCut = networkIsCut()
        accounts.visitsAreRunning = core.doings.visits.running
        return StageState(
            screen: .init(url: urls.screen, answers: core.screenAnswers),
            paper: .init(url: urls.paper, answers: accounts.paperAnswers),
            centre: .init(url: urls.centre, answers: accounts.centreAnswers),
            kioskProcess: accounts.kiosk?.status.processID,
            kioskAnswers: accounts.kioskAnswers,
            printer: .init(
                state: accounts.paper?.printer.state, faults: accounts.paper?.printer.faults ?? []),
            stock: urls.stock.map { url in
                .init(
                    url: url, answers: core.stockPaperAnswers,
                    printer: .init(state: accounts.stockPaper?.printer.state, faults: accounts.stockPaper?.printer.faults ?? []))
            },
            network: .init(cut: accounts.networkIsCut), visits: core.doings.visits,
            cupsdIsHunted: core.doings.cupsdIsHunted,
            ledger: .init(StageLedger(accounts)), news: core.doings.news)
    }
}

// MARK: - Onlookers

extension StageBoard {
    /// The state now and after every change, as levels. Finishing the continuation ends the stream.
    func onlook() -> (
        stream: AsyncStream<StageState>, continuation: AsyncStream<StageState>.Continuation
    ) {
        let onlooker = core.withLock { onlookers.add(first: state(of: $0)) }
        arrival.yield()
        return onlooker
    }
}

extension StageAccounts {
    /// Keeps the last known account of whoever does not answer.
    fileprivate mutating func take(_ look: StageBoard.Look) {
        (kioskAnswers, paperAnswers, centreAnswers) = (
            look.kiosk != nil, look.paper != nil, look.centreAnswers
        )
        if let paper = look.paper {
            let before = self.paper.map { (account: $0, since: sheetsKnownSince) }
            sheetsKnownSince = paper.sheetsKnownSince(before: before)
            self.paper = paper
        }
        // In one look the paper is read after the kiosk; without a new one it is older than the new tickets.
        if look.kiosk != nil || look.paper != nil { paperIsCurrent = look.paper != nil }
        kiosk = look.kiosk ?? kiosk
        centre = look.centre ?? centre
        // Both or none: what CUPS says now is not held against an older tray.
        if let account = look.stock, let sheets = look.stockPaper { (stock, stockPaper) = (account, sheets) }
    }
}
