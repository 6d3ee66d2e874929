import Conditions
import Secrets

@testable import KioskCore

/// The machine, and what its effects have left the world in.
struct World {
    typealias Event = SessionMachine.Event

    var machine = SessionMachine(site: Samples.site, firstVisit: VisitID(10))
    /// Visits whose journal request has not been answered: of a ticket, of a copy.
    var recording: Set<VisitID> = []
    var copying: Set<VisitID> = []
    /// Intents that are durable.
    var journaled: Set<PrintCopy> = []
    /// Prints that were asked for and are not settled.
    var live: Set<PrintCopy> = []
    var voided: Set<TicketID> = []
    var delivered: Set<TicketID> = []
    /// Cards that the centre was asked about and has not answered: in this visit, in an earlier one.
    var asked: [VisitID: Set<Secret>] = [:]
    /// What must never happen, as a sentence.
    var offence: String?

    /// Everything that can happen here, told in the order of the alphabet.
    var possibleEvents: [Event] {
        let (visit, revision) = (machine.visit, machine.revision)
        let touches: [Touch] = [
            .start, .agency(Samples.disdukcapil), .agency(Samples.polresta), .agency(Samples.empty),
            .service(Samples.information.service), .service(Samples.familyCard.service),
            .digit(1), .digit(10), .erase, .ok, .back, .cancel, .yes, .no, .done, .retry, .useCard,
        ]
        var events: [Event] = touches.map { .touched($0, visit: visit, revision: revision) }
        events += [.rendered(visit: visit, revision: revision), .timerFired(machine.timer)]
        // Printers and cards have nothing to do with each other: and a journal that is late with them neither: apart they are a tenth of the situations.
        if !hasCards { events += [nil, .mediaEmpty, .coverOpen].map(Event.printer) }
        events += [nil, .journalFull].map(Event.journal)
        events += [nil, Samples.emergency].map(Event.emergency)
        if machine.printerTrouble == nil && recording.isEmpty && copying.isEmpty { events += Samples.presentations.map(Event.presented) }
        if machine.verifies != nil { events += [Samples.nik, nil].map { .answered(.verified(nik: $0), visit: visit) } }
        for (asked, pointers) in asked {
            for pointer in pointers {
                events += Samples.findings.map { .answered(.card(pointer, $0), visit: asked) }
            }
        }
        for asked in recording {
            let ticket = asked == visit ? Samples.ticket : Samples.lateTicket
            events += [.answered(.recorded(ticket), visit: asked), .answered(.recordingFailed(.journalFull), visit: asked)]
        }
        for asked in copying {
            let copy = PrintCopy(Samples.ticket.id, number: (journaled.map(\.number).max() ?? 0) + 1)
            events += [.answered(.copyRequested(copy), visit: asked), .answered(.copyRefused(.journalFailed), visit: asked)]
        }
        for copy in live {
            events += PrintOutcome.allCases.map { .answered(.settled(copy, $0), visit: visit) }
        }
        return events
    }

    /// Whether a card or a code is of any consequence here.
    private var hasCards: Bool { machine.card != nil || machine.booking != nil || machine.isCodeRefused || !asked.isEmpty }

    mutating func receive(_ event: Event) {
        noteAnswer(event)
        for effect in machine.handle(event) { apply(effect) }
        // Answers for earlier visitors are all alike: see `anAnswerForAnEarlierVisitorShowsNothingToThisOne`.
        asked = asked.filter { $0.key == machine.visit && !$0.value.isEmpty }
        if machine.holdsNobody {
            // What the last visitor left in the journal concerns the next one no more.
            journaled = journaled.filter(live.contains)
            voided = []
            delivered = []
        }
    }

    private mutating func noteAnswer(_ event: Event) {
        switch event {
        case .answered(.recorded(let ticket), let visit):
            recording.remove(visit)
            journaled.insert(PrintCopy(ticket.id, number: 1))
        case .answered(.recordingFailed, let visit): recording.remove(visit)
        case .answered(.copyRequested(let copy), let visit):
            copying.remove(visit)
            journaled.insert(copy)
        case .answered(.copyRefused, let visit): copying.remove(visit)
        case .answered(.settled(let copy, _), _): live.remove(copy)
        case .answered(.card(let pointer, _), let visit): asked[visit]?.remove(pointer)
        case .touched, .rendered, .presented, .answered(.verified, _), .timerFired, .printer, .journal, .emergency, .invitations: break
        }
    }

    private mutating func apply(_ effect: SessionMachine.Effect) {
        switch effect {
        case .record(_, _, let visit): recording.insert(visit)
        case .lookUp(let pointer, _, let visit):
            if asked[visit, default: []].contains(pointer) { offence = "asked twice about one card" }
            asked[visit, default: []].insert(pointer)
        case .requestCopy(_, let visit): copying.insert(visit)
        case .print(_, let copy, _):
            if !journaled.contains(copy) { offence = "printed \(copy) before it was journaled" }
            if live.contains(copy) { offence = "printed \(copy) twice" }
            live.insert(copy)
        case .cancelPrint: break
        case .recordDelivery(let ticket, _):
            if voided.contains(ticket) { offence = "delivered a void ticket" }
            delivered.insert(ticket)
        case .void(let ticket):
            if delivered.contains(ticket) { offence = "called a delivered ticket void" }
            voided.insert(ticket)
        case .abandon(let ticket):
            if live.contains(PrintCopy(ticket, number: 1)) { offence = "abandoned a ticket that is being printed" }
        case .show, .startTimer: break
        }
    }
}

extension SessionMachine {
    /// Whether nobody's ticket is in the machine.
    var holdsNobody: Bool {
        switch state {
        case .idle, .choosingAgency, .choosingService, .identifying, .confirming, .recording: true
        case .printing, .asking, .requestingCopy, .leaving, .closing: false
        }
    }
}

/// The same world at another visit, revision and timer is the same situation.
struct Situation: Hashable {
    var state: SessionMachine.State
    var card: SessionMachine.VisitCard?
    var booking: Booking?
    var isCodeRefused: Bool
    var asked: Set<Secret>
    var troubles: [ConditionCode?]
    var emergency: Emergency?
    var recording: Set<Int>
    var copying: Set<Int>
    var prints: [Set<PrintCopy>]
    var tickets: [Set<TicketID>]

    init(_ world: World) {
        let visit = world.machine.visit.rawValue
        state = world.machine.state
        card = world.machine.card
        booking = world.machine.booking
        isCodeRefused = world.machine.isCodeRefused
        asked = world.asked[world.machine.visit] ?? []
        troubles = [world.machine.printerTrouble, world.machine.journalTrouble]
        emergency = world.machine.emergency
        recording = Set(world.recording.map { max($0.rawValue - visit, -1) })
        copying = Set(world.copying.map { max($0.rawValue - visit, -1) })
        prints = [world.journaled, world.live]
        tickets = [world.voided, world.delivered]
    }
}

enum Walk {
    /// One world for every situation that the machine can reach.
    static let worlds: [World] = {
        var seen: [Situation: World] = [:]
        var frontier = [World()]
        while let world = frontier.popLast() {
            guard seen.updateValue(world, forKey: Situation(world)) == nil, world.offence == nil else { continue }
            for event in world.possibleEvents {
                var next = world
                next.receive(event)
                // One request of an earlier visit is as good as many.
                if next.recording.count + next.copying.count <= 2 { frontier.append(next) }
            }
        }
        return Array(seen.values)
    }()
}
