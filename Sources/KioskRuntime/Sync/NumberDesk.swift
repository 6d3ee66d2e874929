import Journal
import KioskCore
import Logging
import ServiceLifecycle
import SyncProtocol
import SyncTransport
import Synchronization

/// The shell around ``LeaseMachine``: asks the centre, keeps the time, and tells each who wants a number where it comes from.
final class NumberDesk: ServiceLifecycle.Service {
    private let site: SiteID
    private let kiosk: KioskID
    private let journal: Journal
    private let centre: CentreClient
    private let patience: Duration
    private let logger: Logger
    private let events: AsyncStream<LeaseMachine.Event>
    private let inbox: AsyncStream<LeaseMachine.Event>.Continuation
    /// Who waits; nil once the desk is closed, when nobody waits any more.
    private let waiting = Mutex<[LeaseID: CheckedContinuation<LeaseMachine.Decision, Never>]?>([:])

    init(site: SiteID, kiosk: KioskID, journal: Journal, centre: CentreClient, patience: Duration, logger: Logger) {
        self.site = site
        self.kiosk = kiosk
        self.journal = journal
        self.centre = centre
        self.patience = patience
        self.logger = logger
        (events, inbox) = AsyncStream.makeStream(of: LeaseMachine.Event.self)
    }

    /// Where the next number of a service comes from; known after the patience at the latest.
    func number(prefix: String, day: ServiceDay) async -> LeaseMachine.Decision {
        let id = Self.draw()
        let request = NumberRequest(site: site, kiosk: kiosk, epoch: journal.epoch, id: id, prefix: prefix, day: day)
        return await withCheckedContinuation { continuation in
            let isOpen = waiting.withLock { waiting in
                waiting?[id] = continuation
                return waiting != nil
            }
            guard isOpen else { return continuation.resume(returning: .reserve) }
            inbox.yield(.wanted(request))
        }
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            var machine = LeaseMachine(patience: patience)
            for await event in events.cancelOnGracefulShutdown() {
                for effect in machine.handle(event) { perform(effect, &group) }
            }
            group.cancelAll()
        }
        let left = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting ?? [:]
        }
        for continuation in left.values { continuation.resume(returning: .reserve) }
    }

    private func perform(_ effect: LeaseMachine.Effect, _ group: inout DiscardingTaskGroup) {
        switch effect {
        case .ask(let request): group.addTask { await self.ask(request) }
        case .startTimer(let timer, let duration):
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: duration)
                    self.inbox.yield(.timerFired(timer))
                } catch {
                    // Cancelled: the desk is closing.
                }
            }
        case .decide(let id, let decision):
            waiting.withLock { $0?.removeValue(forKey: id) }?.resume(returning: decision)
        }
    }

    private func ask(_ request: NumberRequest) async {
        do throws(SyncMachine.Failure) {
            inbox.yield(.answered(try await centre.lease(request, told: try await told())))
        } catch {
            logger.info("no number from the centre; the reserve series goes on", metadata: ["reason": "\(error)"])
            inbox.yield(.failed(request.id))
        }
    }

    private func told() async throws(SyncMachine.Failure) -> Told {
        do throws(JournalError) {
            return Told(
                acknowledged: try await journal.acknowledged(.transactions).sequence, safe: try await journal.safe(.transactions).sequence)
        } catch {
            throw .unread("\(error)")
        }
    }

    private static func draw() -> LeaseID {
        var generator = SystemRandomNumberGenerator()
        guard let id = LeaseID(octets: (0..<LeaseID.size).map { _ in generator.next() }) else {
            preconditionFailure("As many octets were drawn as an id has")
        }
        return id
    }
}
