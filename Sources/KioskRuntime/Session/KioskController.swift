import Conditions
import DeviceLayer
import DeviceSocket
import Journal
import KioskCore
import Logging
import ResidentCardVerification
import Secrets
import ServiceLifecycle
import SyncProtocol
import Synchronization

/// The shell around ``SessionMachine``: the one task that owns it.
///
/// It takes events in the order they come and starts each effect without waiting for it;
/// what comes of an effect returns as an event that names the visit. It decides nothing.
struct KioskController: ServiceLifecycle.Service {
    let kiosk: Kiosk
    let site: Site
    let events: AsyncStream<SessionMachine.Event>
    let inbox: AsyncStream<SessionMachine.Event>.Continuation
    let hub: ScreenHub
    let writer: ScreenWriter
    let journal: Journal
    /// Nil without a centre.
    let numbers: NumberDesk?
    /// Nil without a centre.
    let cards: CardInquirer?
    /// Nil where none is configured.
    let verifier: (any ResidentCardVerifier)?
    let press: TicketPress
    let courier: PrintCourier
    let logger: Logger
    let firstMachine: SessionMachine

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await courier.reconcile() }
            var machine = firstMachine
            for await event in events.cancelOnGracefulShutdown() {
                let before = machine.verifies
                for effect in machine.handle(event) { perform(effect, &group) }
                if machine.verifies != before { verifier?.want(machine.verifies?.rawValue) }
            }
            if let copy = machine.livePrint, let id = PrintID(copy.description) {
                let result = await courier.device.cancel(id)
                logger.info("took a print back before stopping", metadata: ["print": "\(id)", "outcome": "\(result.outcome)"])
            }
            group.cancelAll()
        }
    }

    private func perform(_ effect: SessionMachine.Effect, _ group: inout DiscardingTaskGroup) {
        switch effect {
        case .show(let value): hub.publish(writer.message(value))
        case .record(let service, let particulars, let visit): group.addTask { await record(service, particulars, visit) }
        case .lookUp(let pointer, let patience, let visit):
            group.addTask {
                let finding = await cards?.finding(pointer, within: patience) ?? .unanswered
                inbox.yield(.answered(.card(pointer, finding), visit: visit))
            }
        case .requestCopy(let ticket, let visit): group.addTask { await requestCopy(of: ticket, visit) }
        case .print(let ticket, let copy, let visit): group.addTask { await print(ticket, copy, visit) }
        case .cancelPrint(let copy, let visit): group.addTask { await takeBack(copy, visit) }
        case .recordDelivery(let ticket, let delivery): group.addTask { await recordDelivery(of: ticket, delivery) }
        case .void(let ticket): group.addTask { await void(ticket) }
        case .abandon(let ticket):
            group.addTask {
                let id = Self.printID(PrintCopy(ticket, number: 1))
                let result = await courier.takeBack(id)
                await void(ticket)
                await courier.clearSpooler(of: id, result)
            }
        case .startTimer(let timer, let duration): group.addTask { await wait(duration, for: timer) }
        }
    }

    /// Timers are not taken back: the machine listens to the latest only, and an old one is gone within two minutes.
    private func wait(_ duration: Duration, for timer: SessionMachine.TimerID) async {
        do {
            try await ContinuousClock().sleep(for: duration)
            inbox.yield(.timerFired(timer))
        } catch {
            // Cancelled: the program is stopping.
        }
    }
}

// MARK: - The journal

extension KioskController {
    private func record(_ key: ServiceKey, _ particulars: Particulars, _ visit: VisitID) async {
        guard let service = site.service(key) else { preconditionFailure("The machine chooses from the same site") }
        let now = WallTime.now
        let day = ServiceDay(now, in: site.timeZone)
        let reserve = TicketRequest(
            service: key, series: service.prefix + kiosk.letter, day: day, particulars: particulars, channel: .screen)
        do throws(JournalError) {
            inbox.yield(.answered(.recorded(try await issue(reserve, prefix: service.prefix)), visit: visit))
        } catch {
            report("issue a ticket", error)
            inbox.yield(.answered(.recordingFailed(error.condition), visit: visit))
        }
    }

    /// With the centre's number where it gives one in time.
    private func issue(_ reserve: TicketRequest, prefix: String) async throws(JournalError) -> Ticket {
        switch await numbers?.number(prefix: prefix, day: reserve.day) {
        case .leased(let lease):
            var request = reserve
            (request.series, request.leased) = (lease.prefix, lease.ordinal)
            do throws(JournalError) {
                return try await journal.issue(request)
            } catch {
                // A centre that forgot what it had given out.
                guard error.code == .numberTaken else { throw error }
                logger.error("the centre leased a number twice; the reserve series goes on", metadata: ["detail": "\(error.detail)"])
                return try await journal.issue(reserve)
            }
        case .reserve, nil: return try await journal.issue(reserve)
        }
    }

    private func requestCopy(of ticket: TicketID, _ visit: VisitID) async {
        do throws(JournalError) {
            inbox.yield(.answered(.copyRequested(try await journal.requestCopy(of: ticket)), visit: visit))
        } catch {
            report("request a copy", error)
            inbox.yield(.answered(.copyRefused(error.condition), visit: visit))
        }
    }

    private func recordDelivery(of ticket: TicketID, _ delivery: SessionMachine.Delivery) async {
        do throws(JournalError) {
            _ = try await journal.recordDelivery(of: ticket, by: delivery == .paper ? .paper : .screen)
        } catch {
            report("record how ticket \(ticket) reached its holder", error)
        }
    }

    private func void(_ ticket: TicketID) async {
        do throws(JournalError) {
            _ = try await journal.void(ticket, .notShown)
        } catch {
            report("call ticket \(ticket) void", error)
        }
    }

    private func report(_ what: String, _ error: JournalError) {
        logger.error("the journal could not \(what)", metadata: ["code": "\(error.code)", "detail": "\(error.detail)"])
    }
}

// MARK: - The printer

extension KioskController {
    private func print(_ ticket: Ticket, _ copy: PrintCopy, _ visit: VisitID) async {
        let id = Self.printID(copy)
        let result: PrintResult
        do {
            result = await courier.deliver(id, try press.sheet(of: ticket, copy))
        } catch {
            logger.error("a ticket could not be laid out", metadata: ["print": "\(id)", "error": "\(error)"])
            result = await courier.takeBack(id)
        }
        settled(copy, result, visit)
        await courier.clearSpooler(of: id, result)
    }

    private func takeBack(_ copy: PrintCopy, _ visit: VisitID) async {
        let id = Self.printID(copy)
        let result = await courier.takeBack(id)
        settled(copy, result, visit)
        await courier.clearSpooler(of: id, result)
    }

    private func settled(_ copy: PrintCopy, _ result: PrintResult, _ visit: VisitID) {
        logger.info(
            "print settled", metadata: ["print": "\(copy)", "outcome": "\(result.outcome)", "detail": "\(result.detail)"])
        inbox.yield(.answered(.settled(copy, result.outcome), visit: visit))
    }

    private static func printID(_ copy: PrintCopy) -> PrintID {
        guard let id = PrintID(copy.description) else { preconditionFailure("A ticket id and a copy number are printable ASCII") }
        return id
    }
}
