public import Conditions
public import Journal
public import SyncProtocol

/// How a running kiosk is: `GET /v1/status` on its technician socket, as JSON with these names in snake case.
///
/// It holds nothing personal. Times are ISO 8601 in UTC with milliseconds.
public struct KioskStatus: Hashable, Sendable, Codable {
    public var site: String
    public var kiosk: String
    /// Today's service day, `YYYY-MM-DD`.
    public var day: String
    /// Of `anjungan run`.
    public var processID: Int
    public var startedAt: String
    public var printer: Printer
    public var journal: JournalState
    public var centre: Centre
    /// What the centre wants the kiosk to know; nil of an older kiosk.
    public var notices: Notices? = nil
    /// The tickets of today.
    public var tickets: TicketCounts

    private enum CodingKeys: String, CodingKey {
        // As snake case is turned back into it.
        case processID = "processId"
        case site, kiosk, day, startedAt, printer, journal, centre, notices, tickets
    }

    public struct Printer: Hashable, Sendable, Codable {
        /// As in the device URI `escpos:NAME`.
        public var name: String
        public var isReady: Bool
        /// Ascending.
        public var conditions: [ConditionCode]
        /// What keeps the spooler from taking jobs; nil when nothing does.
        public var spooler: ConditionCode?
        /// Its paper; nil where that is not followed.
        public var roll: Roll? = nil
    }

    /// The paper of a printer, as far as it can be known.
    public struct Roll: Hashable, Sendable, Codable {
        /// Printed on this roll since it was put in, or since counting began.
        public var usedMillimetres: Int
        /// What is left; nil: nobody can say.
        public var leftMillimetres: Int?
        /// Tickets of the usual length, in two figures; nil before the first one.
        public var ticketsLeft: Int?
        public var certainty: PrinterRoll.Certainty
        /// The near-end sensor reports, or the roll has ended.
        public var isLow: Bool
        /// When the change to this roll was seen; nil while none was.
        public var changedAt: String?
        /// When a test slip of this roll was read back.
        public var provenAt: String?
        /// The roll was changed, and nobody has read anything that was printed on it.
        public var isUnproven: Bool
    }

    public struct JournalState: Hashable, Sendable, Codable {
        public var epoch: Epoch
        /// Openings of this journal, this one included.
        public var run: Int
        /// Octets in use, octets that it may have, octets free on its file system.
        public var size: Int64
        public var capacity: Int64
        public var freeSpace: Int64
        /// Prints that have not ended.
        public var openPrints: Int
        /// Why no ticket would be accepted now: a code and a sentence.
        public var refusal: Refusal?
        /// Why the clock is not believed: it has leapt, and nobody has confirmed it.
        public var clock: String?
        public var lanes: [LaneState]
    }

    public struct Refusal: Hashable, Sendable, Codable {
        public var condition: ConditionCode
        public var detail: String
    }

    public struct LaneState: Hashable, Sendable, Codable {
        /// ``Lane/description``.
        public var lane: String
        /// The last entry.
        public var sequence: UInt64
        public var hash: EntryHash
        /// The last entry that the centre has acknowledged by this journal's own hash.
        public var acknowledged: UInt64
        /// How many entries the centre does not have.
        public var waiting: UInt64
    }

    /// What the centre has told this kiosk.
    public struct Notices: Hashable, Sendable, Codable {
        /// When the emergency was called that holds; nil: none does, and people are served.
        public var emergencySince: String?
        /// The SHA-256 of the site bundle that runs, and of the one that the centre asks for where it asks for one.
        public var bundle: String
        public var wantedBundle: String?

        /// The kiosk runs another bundle than it should.
        public var isOutdated: Bool { wantedBundle.map { $0 != bundle } ?? false }
    }

    public struct Centre: Hashable, Sendable, Codable {
        /// nil: no centre is configured.
        public var url: String?
        /// `centre-away`, `centre-busy`, `centre-refused`, `centre-untrusted`, one of `certificate-…`, `journal-failed` or `chain-forked`; nil when all
        /// is well, or nothing was tried yet.
        public var condition: ConditionCode?
        /// What went wrong last, for technicians.
        public var detail: String?
        /// When the centre last answered.
        public var answeredAt: String?
        /// How far the centre's clock is ahead of this one, in milliseconds; the way of its last answer is part of it.
        public var clockOffset: Int?
        /// When this kiosk's certificate ends; nil without one.
        public var certificateEnds: String? = nil
    }
}

/// One ticket of today: an element of `GET /v1/tickets` on the technician socket.
public struct TicketStatus: Hashable, Sendable, Codable {
    /// The ticket id (26 characters).
    public var ticket: String
    /// As it is printed, e.g. `KKA-007`.
    public var number: String
    public var agency: String
    public var service: String
    public var issuedAt: String
    public var column: TicketFate.Column
    public var prints: [Print]

    public struct Print: Hashable, Sendable, Codable {
        /// The print id, `TICKET.COPY`.
        public var id: String
        /// `printed`, `processed`, `sent`, `failed` or `unknown`; nil while it has not ended.
        public var outcome: PrintOutcome?
    }
}

/// A test slip to print: the answer to `POST /v1/printers/NAME/slip`.
public struct SlipOrder: Hashable, Sendable, Codable {
    /// What somebody must read on it, and give to `POST /v1/printers/NAME/proof` as `{"code":"…"}`.
    public var code: String
    /// The slip in the markup of `ReceiptMarkup`.
    public var markup: String
}

/// Whether a code was that of the last test slip: the answer to `POST /v1/printers/NAME/proof`.
public struct SlipProof: Hashable, Sendable, Codable {
    /// `proven`, `other-code` or `no-slip`.
    public var verdict: SlipVerdict
}

/// What walking the whole journal found: the answer to `POST /v1/journal/verify` on the technician socket.
public struct JournalVerification: Hashable, Sendable, Codable {
    /// The entries of both chains that were followed.
    public var entries: UInt64
    /// What is wrong; nil when every hash holds.
    public var fault: String?
    /// `PRAGMA synchronous` and `PRAGMA journal_mode` of the connection that writes: 2 (FULL) or more, and `wal`.
    public var synchronous: Int
    public var journalMode: String
    /// How long one synced commit took, in milliseconds.
    public var commitMilliseconds: Double
}
