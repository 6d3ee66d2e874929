public import Conditions
public import Secrets

extension SessionMachine {
    /// What the world tells the machine.
    public enum Event: Hashable, Sendable {
        /// A touch on the screen that bore this visit and revision.
        case touched(Touch, visit: VisitID, revision: Int)
        /// A page has drawn the screen of this visit and revision.
        case rendered(visit: VisitID, revision: Int)
        /// The answer to an effect of `visit`.
        case answered(Answer, visit: VisitID)
        /// A card or a code was held before the kiosk.
        case presented(Presentation)
        case timerFired(TimerID)
        /// What keeps the printer from printing now, or nil. A level: told at every change.
        case printer(ConditionCode?)
        /// What keeps the journal from accepting now, or nil. A level: told at every change.
        case journal(ConditionCode?)
        /// The emergency that holds now, or nil. A level: told at every change.
        case emergency(Emergency?)
        /// What readers and scanners are ready for now. A level: told at every change.
        case invitations(Invitations)
    }

    public enum Answer: Hashable, Sendable {
        /// The ticket and the intent to print its first copy are durable.
        case recorded(Ticket)
        /// Nothing was journaled.
        case recordingFailed(ConditionCode)
        /// The intent to print this further copy is durable.
        case copyRequested(PrintCopy)
        case copyRefused(ConditionCode)
        /// The print has ended, for good.
        case settled(PrintCopy, PrintOutcome)
        /// What the centre says of the card that it was asked about.
        case card(Secret, CardFinding)
        /// The NIK of a document that proved itself; nil: it did not.
        case verified(nik: Secret?)
    }

    /// What the centre knows of a card.
    public enum CardFinding: Hashable, Sendable {
        case resident(nik: Secret)
        /// Nobody enrolled it.
        case unknown
        /// The centre is away, too slow, or will not say.
        case unanswered
    }

    /// What the machine wants done, in order.
    public enum Effect: Hashable, Sendable {
        case show(ScreenValue)
        /// Journal a ticket for this service; what is personal of it only sealed.
        case record(ServiceKey, Particulars, VisitID)
        /// Ask the centre whose card this is; answered by ``Answer/card(_:_:)`` in that time, whatever becomes of it.
        case lookUp(Secret, within: Duration, VisitID)
        /// Journal the intent to print one more copy.
        case requestCopy(TicketID, VisitID)
        case print(Ticket, PrintCopy, VisitID)
        /// Take the print back; answered by ``Answer/settled(_:_:)``.
        case cancelPrint(PrintCopy, VisitID)
        case recordDelivery(TicketID, Delivery)
        /// Nobody has seen this ticket; its number is not used again.
        case void(TicketID)
        /// The same for a ticket whose print was never asked for: take the intent back, then call the ticket void.
        case abandon(TicketID)
        /// Replaces the timer that runs, if any.
        case startTimer(TimerID, Duration)
    }

    /// How a ticket reached its holder.
    public enum Delivery: String, Hashable, Sendable, Codable { case paper, screen }

    /// Names one timer; the machine listens to the latest only.
    public struct TimerID: Hashable, Sendable {
        public var rawValue: Int
        public init(_ rawValue: Int) { self.rawValue = rawValue }
    }
}

/// How long the machine waits for a citizen, by situation.
public struct Patience: Hashable, Sendable {
    /// For a touch, while somebody chooses or types.
    public var choosing: Duration = .seconds(90)
    /// For the centre to say whose card it is; the citizen may type meanwhile.
    public var lookUp: Duration = .milliseconds(1500)
    /// For somebody to read that their code is for something else, at the greeting.
    public var remark: Duration = .seconds(12)
    /// For the journal.
    public var recording: Duration = .seconds(15)
    /// For a printer that reports no trouble.
    public var printing: Duration = .seconds(40)
    /// For a printer in trouble; not above the 2 minutes after which an unseen ticket is void.
    public var trouble: Duration = .seconds(110)
    /// For the answer whether paper came out.
    public var asking: Duration = .seconds(60)
    /// For the citizen to take the ticket or note the number.
    public var leaving: Duration = .seconds(25)
    /// For the device layer to take a print back, before it is asked again.
    public var closing: Duration = .seconds(15)

    public init() {}
}
