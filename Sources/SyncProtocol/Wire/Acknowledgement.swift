/// What a centre answers to a ``Batch``, as JSON: where its own copy of the chain stands after it.
///
/// `{"epoch":"…32 hex…","hash":"…64 hex…","lane":1,"upto":12}`, and `fault` where there is one.
/// A kiosk believes it only when its own entry `upto` has this hash.
public struct Acknowledgement: Hashable, Sendable, Codable {
    public var epoch: Epoch
    public var lane: Lane
    /// The last entry that the centre has stored, 0 without one.
    public var upto: UInt64
    /// Its chain hash; zeros without one.
    public var hash: EntryHash
    /// Why the centre did not take all of the batch; what it did not take it has put aside.
    public var fault: Fault?

    public var position: ChainPosition { ChainPosition(sequence: upto, hash: hash) }

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
            /// The octets are no entry that this centre can read.
            case unreadable
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
