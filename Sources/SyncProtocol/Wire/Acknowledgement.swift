/// What a centre answers to a ``Batch``, as JSON: where its own copy of the chain stands after it.
///
/// `{"epoch":"…32 hex…","hash":"…64 hex…","lane":1,"upto":12}`, and further keys where there is something to say.
/// A kiosk believes a position only when its own entry there has this hash. Whoever reads ignores keys that it does not know
/// and takes a missing one for “nothing to say”, so that both ends may be a version apart.
public struct Acknowledgement: Hashable, Sendable, Codable {
    public var epoch: Epoch
    public var lane: Lane
    /// The last entry that the centre has stored, 0 without one.
    public var upto: UInt64
    /// Its chain hash; zeros without one.
    public var hash: EntryHash
    /// Why the centre did not take all of the batch; what it did not take it has put aside.
    public var fault: Fault?
    /// The last entry that a backup of the centre has: what stands up to here may be pruned. Never taken back.
    public var safe: Mark?
    /// The last entry of this batch that the centre has, in the chain or put aside, with everything before it; of a batch without
    /// entries the kiosk's last one, where the centre has that. A kiosk with a history of its own sends what follows.
    public var kept: Mark?
    /// How many entries the centre wants in one batch at most, while it is busy.
    public var maximumEntries: Int?
    /// The content codings in which the centre reads a batch besides its own octets.
    public var encodings: [String]?
    /// The centre's wall clock, in milliseconds since 1970.
    public var clock: Int64?
    /// This chain is forked or quarantined here: what comes next belongs into a new epoch.
    public var newEpoch: Bool?
    /// The last number that the centre has seen of each series of this kiosk, from yesterday on: told to a journal that may have been
    /// restored from an old copy, whose numbers must go on behind them.
    public var numbers: [SeriesEnd]?

    public var position: ChainPosition { ChainPosition(sequence: upto, hash: hash) }

    /// A place in the chain by sequence and hash.
    public struct Mark: Hashable, Sendable, Codable {
        public var upto: UInt64
        public var hash: EntryHash

        public init(_ position: ChainPosition) {
            upto = position.sequence
            hash = position.hash
        }

        public var position: ChainPosition { ChainPosition(sequence: upto, hash: hash) }
    }

    /// The first entry that does not continue the centre's copy.
    public struct Fault: Hashable, Sendable, Codable {
        public var code: Code
        /// Of the entry, by its place in the chain.
        public var sequence: UInt64
        /// For people.
        public var detail: String

        public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
            /// Entries before this one are missing at the centre.
            case gap
            /// The centre knows another history from here on: a restored or cloned journal.
            case fork
            /// A part of the entry is not the one that was recorded.
            case changed
            /// The entry is of another site, kiosk, epoch or lane than its batch.
            case foreign
            /// The octets are no entry that this centre can read, and do not prove their place in the chain.
            case unreadable
            /// The centre lost this entry, which a backup of it has, and the kiosk has let go of it or of its personal part.
            case lost

            /// A word of a newer centre stands for “not taken”; its detail says why.
            public init(from decoder: any Decoder) throws {
                self = Self(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .unreadable
            }
        }

        public init(code: Code, sequence: UInt64, detail: String) {
            self.code = code
            self.sequence = sequence
            self.detail = detail
        }
    }

    public init(epoch: Epoch, lane: Lane, position: ChainPosition, fault: Fault? = nil) {
        self.epoch = epoch
        self.lane = lane
        upto = position.sequence
        hash = position.hash
        self.fault = fault
    }

    /// Every sequence that it names: whoever is answered looks up the hashes of its own entries there.
    public var sequences: Set<UInt64> { Set([upto, safe?.upto, kept?.upto].compactMap(\.self)).subtracting([0]) }
}

extension Acknowledgement.Fault {
    /// What the wire says of a fault in a chain.
    public init(_ fault: ChainFault, at sequence: UInt64) {
        let code: Code =
            switch fault {
            case .foreign: .foreign
            case .gap: .gap
            case .fork: .fork
            case .changed, .changedHeader: .changed
            }
        self.init(code: code, sequence: sequence, detail: fault.description)
    }
}
