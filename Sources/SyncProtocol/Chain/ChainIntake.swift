/// Decides, at the centre, what one entry of a batch is to the copy of its chain: new, known, or at fault.
///
/// A value for one transaction: it starts at the stored cursor, and its ``position`` is the cursor to store.
/// After a fault nothing more of the batch is taken, so that a copy never has a hole.
public struct ChainIntake: Sendable {
    public enum Verdict: Hashable, Sendable {
        /// To be stored behind the last one; this is its chain hash.
        case new(EntryHash)
        /// Stored before, the very same.
        case known
        /// To be put aside, with its batch's rest.
        case fault(Acknowledgement.Fault)
    }

    private var verifier: ChainVerifier
    private let sha256: EntryHasher

    public init(_ name: ChainName, from cursor: ChainPosition, sha256: EntryHasher) {
        verifier = ChainVerifier(name, from: cursor, sha256: sha256)
        self.sha256 = sha256
    }

    /// The last entry that is stored, or is to be stored.
    public var position: ChainPosition { verifier.position }

    /// - Parameter stored: the chain hash of the stored entry with a sequence, for entries at or before the cursor.
    public mutating func take(_ octets: [UInt8], stored: (UInt64) throws -> EntryHash?) rethrows -> (Verdict, Entry?) {
        let entry: Entry
        do throws(EntryError) {
            entry = try Entry(decoding: octets)
        } catch {
            return (.fault(.init(code: .unreadable, sequence: position.sequence + 1, detail: error.description)), nil)
        }
        let sequence = entry.header.sequence
        if sequence <= position.sequence, verifier.name == entry.header.chain {
            // The same header stands for the same entry; one with other parts would not have its hash.
            let hash = entry.chainHash(sha256)
            guard try stored(sequence) == hash else { return (.fault(.init(.fork(sequence: sequence), at: sequence)), entry) }
            if let field = entry.damage(sha256) { return (.fault(.init(.changed(sequence: sequence, field), at: sequence)), entry) }
            return (.known, entry)
        }
        do throws(ChainFault) {
            try verifier.verify(entry)
            return (.new(position.hash), entry)
        } catch {
            return (.fault(.init(error, at: sequence)), entry)
        }
    }
}
