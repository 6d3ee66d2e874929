/// Decides, at the centre, what one entry of a batch is to the copy of its chain: new, known, dead, or at fault.
///
/// A value for one transaction: it starts at the stored cursor, and its ``position`` is the cursor to store.
/// After a fault nothing more of the batch is taken, so that a copy never has a hole.
public struct ChainIntake: Sendable {
    public enum Verdict: Hashable, Sendable {
        /// To be stored behind the last one; this is its chain hash.
        case new(EntryHash)
        /// To be kept raw behind the last one: it cannot be read, but proves its place, so that the chain goes on behind it.
        case dead(ChainLink, EntryError)
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
            // What a backup has is whole there, and not at the kiosk any more; which entry it is its header says.
            if let relieved = Entry(relieved: octets), case let link = ChainLink(relieved, sha256), isBehind(link) {
                return (try stored(link.sequence) == link.hash ? .known : Self.fork(link), relieved)
            }
            return (try pass(octets, error, stored), nil)
        }
        let link = ChainLink(entry, sha256)
        if isBehind(link) {
            // The same header stands for the same entry; one with other parts would not have its hash.
            guard try stored(link.sequence) == link.hash else { return (Self.fork(link), entry) }
            if let field = entry.damage(sha256) {
                return (.fault(.init(.changed(sequence: link.sequence, field), at: link.sequence)), entry)
            }
            return (.known, entry)
        }
        do throws(ChainFault) {
            try verifier.verify(entry, link)
            return (.new(position.hash), entry)
        } catch {
            return (.fault(.init(error, at: link.sequence)), entry)
        }
    }

    /// One entry that nobody here can read must not hold up those behind it, as long as it is certain which one it is.
    private mutating func pass(
        _ octets: [UInt8], _ reason: EntryError, _ stored: (UInt64) throws -> EntryHash?
    ) rethrows -> Verdict {
        guard let link = ChainLink(octets: octets, sha256) else {
            return .fault(.init(code: .unreadable, sequence: position.sequence + 1, detail: reason.description))
        }
        if isBehind(link) { return try stored(link.sequence) == link.hash ? .known : Self.fork(link) }
        do throws(ChainFault) {
            try verifier.pass(link)
            return .dead(link, reason)
        } catch {
            return .fault(.init(error, at: link.sequence))
        }
    }

    private func isBehind(_ link: ChainLink) -> Bool { link.sequence <= position.sequence && link.chain == verifier.name }
    private static func fork(_ link: ChainLink) -> Verdict { .fault(.init(.fork(sequence: link.sequence), at: link.sequence)) }
}
