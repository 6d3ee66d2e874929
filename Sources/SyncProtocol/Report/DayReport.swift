public import Conditions

/// What a centre knows of one service day: `GET /v1/report?day=YYYY-MM-DD`, as JSON.
///
/// ```
/// {"day":"2026-11-22","made":"2026-11-22T03:00:00.000Z",
///  "issued":3,"printed":2,"screen":0,"unknown":1,"void":0,"open":0,"manual":0,
///  "agencies":[{"agency":"dpmptsp","name":"DPMPTSP","issued":3,…,"services":[{"service":"perizinan","name":null,"issued":3,…}]}],
///  "chains":[{"site":"pekanbaru","kiosk":"mpp-1","epoch":"…","lane":"transactions","upto":9,"hash":"…","head":9,"waiting":0,
///             "contact":"2026-11-22T02:59:59.000Z",
///             "follows":{"epoch":"…","upto":7,"is_here":true,"is_damaged":false,"reason":"…"}}],
///  "incidents":[{"site":"pekanbaru","kiosk":"mpp-1","epoch":"…","lane":"transactions","code":"fork","sequence":7,"detail":"…",
///                "first":"…","last":"…","entries":2}],
///  "rolls":[{"site":"pekanbaru","kiosk":"mpp-1","printer":"ticket","told":"…","used":12300,"left":67700,"tickets":900,
///            "certainty":"about","is_low":false,"is_unproven":false}],
///  "alarms":[{"site":"pekanbaru","kiosk":"mpp-1","code":"kiosk-silent","since":"…"}],
///  "refusals":[{"site":"pekanbaru","kiosk":"mpp-1","code":"certificate-revoked","detail":"…","first":"…","last":"…"}]}
/// ```
///
/// Agencies and services are in the order of their slugs. `chains`, `incidents`, `rolls`, `alarms` and `refusals` are not of the day but of
/// now.
/// Times are ISO 8601 in UTC with milliseconds. Counts as ``TicketCounts``. `resolved` is there once an incident is over.
public struct DayReport: Hashable, Sendable, Codable {
    public var day: String
    public var made: String
    public var counts: TicketCounts
    public var agencies: [Agency]
    public var chains: [Chain]
    public var incidents: [Incident]
    public var rolls: [Roll]
    /// Kiosks that have been silent for too long, whose entries have been waiting for too long, or that do not serve or not rightly.
    public var alarms: [Alarm]
    /// Who was turned away at the kiosks' door in the last seven days.
    public var refusals: [Refusal]

    public init(
        day: String, made: String, agencies: [Agency], chains: [Chain], incidents: [Incident], rolls: [Roll] = [], alarms: [Alarm] = [],
        refusals: [Refusal] = []
    ) {
        self.day = day
        self.made = made
        counts = agencies.map(\.counts).reduce(TicketCounts(), +)
        self.agencies = agencies
        self.chains = chains
        self.incidents = incidents
        self.rolls = rolls
        self.alarms = alarms
        self.refusals = refusals
    }

    /// A kiosk that needs somebody.
    public struct Alarm: Hashable, Sendable, Codable {
        public var site: String
        public var kiosk: String
        /// `kiosk-silent`, `kiosk-lagging`, `emergency` or `site-outdated`.
        public var code: ConditionCode
        /// When it was last heard; since when its oldest entry that is not here has been waiting; when the emergency was called that its
        /// screen shows; since when it says that it runs another bundle than it should.
        public var since: String
        /// `true`: the centre above called this emergency, and ends it.
        public var isFromAbove: Bool?

        public init(site: String, kiosk: String, code: ConditionCode, since: String, isFromAbove: Bool? = nil) {
            self.site = site
            self.kiosk = kiosk
            self.code = code
            self.since = since
            self.isFromAbove = isFromAbove
        }
    }

    public struct Agency: Hashable, Sendable, Codable {
        public var agency: String
        /// nil when the centre was not told the site's names.
        public var name: String?
        public var counts: TicketCounts
        public var services: [Service]

        public init(agency: String, name: String?, services: [Service]) {
            self.agency = agency
            self.name = name
            counts = services.map(\.counts).reduce(TicketCounts(), +)
            self.services = services
        }
    }

    public struct Service: Hashable, Sendable, Codable {
        public var service: String
        public var name: String?
        public var counts: TicketCounts

        public init(service: String, name: String?, counts: TicketCounts) {
            self.service = service
            self.name = name
            self.counts = counts
        }
    }

    /// The centre's copy of one chain of a kiosk.
    public struct Chain: Hashable, Sendable, Codable {
        public var site: String
        public var kiosk: String
        public var epoch: String
        /// ``Lane/description``.
        public var lane: String
        /// The last entry that is stored, and its chain hash.
        public var upto: UInt64
        public var hash: EntryHash
        /// The last entry that the kiosk said it has; `waiting` of them are not here yet.
        public var head: UInt64
        public var waiting: UInt64
        /// When the kiosk was last heard.
        public var contact: String
        /// Since when the oldest of those that wait has been waiting, by the centre's clock; nil when nothing does, or nobody said.
        public var waitingSince: String?
        /// The last entry that a backup has.
        public var safe: UInt64?
        /// Which chain this one follows; nil for the first epoch, and where the kiosk did not say.
        public var follows: Predecessor?

        /// The transactions of the epoch before, by the kiosk's own word.
        public struct Predecessor: Hashable, Sendable, Codable {
            /// nil: its journal was too damaged to say.
            public var epoch: String?
            /// Its last entry; of a damaged journal the last that could be read.
            public var upto: UInt64
            /// The copy here has it, with everything before it.
            public var isHere: Bool
            /// Its journal was put aside damaged, and may have had more entries than anybody can read.
            public var isDamaged: Bool
            /// Why the kiosk began another epoch.
            public var reason: String

            private enum CodingKeys: String, CodingKey {
                case epoch, upto, reason
                case isHere = "is_here"
                case isDamaged = "is_damaged"
            }

            public init(epoch: String?, upto: UInt64, isHere: Bool, isDamaged: Bool = false, reason: String) {
                self.epoch = epoch
                self.upto = upto
                self.isHere = isHere
                self.isDamaged = isDamaged
                self.reason = reason
            }

            public init(from decoder: any Decoder) throws {
                let keys = try decoder.container(keyedBy: CodingKeys.self)
                epoch = try keys.decodeIfPresent(String.self, forKey: .epoch)
                upto = try keys.decode(UInt64.self, forKey: .upto)
                isHere = try keys.decode(Bool.self, forKey: .isHere)
                // An older centre knows nothing of damage.
                isDamaged = try keys.decodeIfPresent(Bool.self, forKey: .isDamaged) ?? false
                reason = try keys.decode(String.self, forKey: .reason)
            }
        }

        public init(
            site: String, kiosk: String, epoch: String, lane: String, upto: UInt64, hash: EntryHash, head: UInt64, contact: String,
            waitingSince: String? = nil, safe: UInt64? = nil, follows: Predecessor? = nil
        ) {
            self.site = site
            self.kiosk = kiosk
            self.epoch = epoch
            self.lane = lane
            self.upto = upto
            self.hash = hash
            self.head = head
            waiting = head > upto ? head - upto : 0
            self.contact = contact
            self.waitingSince = waitingSince
            self.safe = safe
            self.follows = follows
        }
    }

    /// The paper of one printer, as its kiosk said last.
    public struct Roll: Hashable, Sendable, Codable {
        public var site: String
        public var kiosk: String
        /// The printer's name at its kiosk.
        public var printer: String
        /// When the kiosk said so.
        public var told: String
        /// Millimetres printed on this roll.
        public var used: Int
        /// Millimetres left; nil: nobody can say.
        public var left: Int?
        /// Tickets left, in two figures.
        public var tickets: Int?
        public var certainty: PrinterRoll.Certainty
        /// The near-end sensor reports, or the roll has ended.
        public var isLow: Bool
        /// It was changed, and nobody has read anything printed on it.
        public var isUnproven: Bool

        private enum CodingKeys: String, CodingKey {
            case site, kiosk, printer, told, used, left, tickets, certainty
            case isLow = "is_low"
            case isUnproven = "is_unproven"
        }

        public init(
            site: String, kiosk: String, printer: String, told: String, used: Int, left: Int?, tickets: Int?,
            certainty: PrinterRoll.Certainty, isLow: Bool, isUnproven: Bool
        ) {
            self.site = site
            self.kiosk = kiosk
            self.printer = printer
            self.told = told
            self.used = used
            self.left = left
            self.tickets = tickets
            self.certainty = certainty
            self.isLow = isLow
            self.isUnproven = isUnproven
        }
    }

    /// Somebody whose certificate or signature was refused; nothing that came with it was stored.
    public struct Refusal: Hashable, Sendable, Codable {
        /// Whom it is about; both empty when that is not one of the enrolled kiosks.
        public var site: String
        public var kiosk: String
        /// As the kiosk was told, e.g. `certificate-expired`.
        public var code: String
        public var detail: String
        public var first: String
        public var last: String

        public init(site: String, kiosk: String, code: String, detail: String, first: String, last: String) {
            self.site = site
            self.kiosk = kiosk
            self.code = code
            self.detail = detail
            self.first = first
            self.last = last
        }
    }

    /// Something that did not fit a chain, or what other chains tell. What did not fit is kept aside.
    public struct Incident: Hashable, Sendable, Codable {
        /// What did not fit: the faults of ``Acknowledgement/Fault/Code``, and what only the whole site shows.
        public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
            case gap, fork, changed, foreign, unreadable
            /// Two tickets bear one number; both are kept, and both count.
            case number
            /// The centre's own store was put back to an older state, and ends earlier than its kiosk was told.
            case lost

            /// What a fault in a chain is called among the incidents.
            public init(_ fault: Acknowledgement.Fault.Code) {
                self =
                    switch fault {
                    case .gap: .gap
                    case .fork: .fork
                    case .changed: .changed
                    case .foreign: .foreign
                    case .unreadable: .unreadable
                    case .lost: .lost
                    }
            }
        }

        public var site: String
        public var kiosk: String
        public var epoch: String
        public var lane: String
        public var code: Code
        public var sequence: UInt64
        public var detail: String
        public var first: String
        public var last: String
        /// How many different entries were put aside.
        public var entries: Int
        /// When the chain went past it; a gap or a loss closes so, a fork never.
        public var resolved: String?

        public init(
            site: String, kiosk: String, epoch: String, lane: String, code: Code, sequence: UInt64, detail: String,
            first: String, last: String, entries: Int, resolved: String?
        ) {
            self.site = site
            self.kiosk = kiosk
            self.epoch = epoch
            self.lane = lane
            self.code = code
            self.sequence = sequence
            self.detail = detail
            self.first = first
            self.last = last
            self.entries = entries
            self.resolved = resolved
        }
    }
}

// MARK: - The counts stand flat beside the names

extension DayReport {
    private enum Keys: String, CodingKey { case day, made, agencies, chains, incidents, rolls, alarms, refusals }

    public func encode(to encoder: any Encoder) throws {
        try counts.encode(to: encoder)
        var keys = encoder.container(keyedBy: Keys.self)
        try keys.encode(day, forKey: .day)
        try keys.encode(made, forKey: .made)
        try keys.encode(agencies, forKey: .agencies)
        try keys.encode(chains, forKey: .chains)
        try keys.encode(incidents, forKey: .incidents)
        try keys.encode(rolls, forKey: .rolls)
        try keys.encode(alarms, forKey: .alarms)
        try keys.encode(refusals, forKey: .refusals)
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Keys.self)
        counts = try TicketCounts(from: decoder)
        day = try keys.decode(String.self, forKey: .day)
        made = try keys.decode(String.self, forKey: .made)
        agencies = try keys.decode([Agency].self, forKey: .agencies)
        chains = try keys.decode([Chain].self, forKey: .chains)
        incidents = try keys.decode([Incident].self, forKey: .incidents)
        // An older centre says nothing of these.
        rolls = try keys.decodeIfPresent([Roll].self, forKey: .rolls) ?? []
        alarms = try keys.decodeIfPresent([Alarm].self, forKey: .alarms) ?? []
        refusals = try keys.decodeIfPresent([Refusal].self, forKey: .refusals) ?? []
    }
}

extension DayReport.Agency {
    private enum Keys: String, CodingKey { case agency, name, services }

    public func encode(to encoder: any Encoder) throws {
        try counts.encode(to: encoder)
        var keys = encoder.container(keyedBy: Keys.self)
        try keys.encode(agency, forKey: .agency)
        try keys.encode(name, forKey: .name)
        try keys.encode(services, forKey: .services)
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Keys.self)
        counts = try TicketCounts(from: decoder)
        agency = try keys.decode(String.self, forKey: .agency)
        name = try keys.decodeIfPresent(String.self, forKey: .name)
        services = try keys.decode([DayReport.Service].self, forKey: .services)
    }
}

extension DayReport.Service {
    private enum Keys: String, CodingKey { case service, name }

    public func encode(to encoder: any Encoder) throws {
        try counts.encode(to: encoder)
        var keys = encoder.container(keyedBy: Keys.self)
        try keys.encode(service, forKey: .service)
        try keys.encode(name, forKey: .name)
    }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Keys.self)
        counts = try TicketCounts(from: decoder)
        service = try keys.decode(String.self, forKey: .service)
        name = try keys.decodeIfPresent(String.self, forKey: .name)
    }
}
