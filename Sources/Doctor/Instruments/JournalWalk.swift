import Glibc
public import Journal
public import KioskCore
import KioskRuntime
import SyncProtocol

/// What walking the journal of a kiosk that does not run brought.
public struct JournalWalk: Hashable, Sendable {
    /// False: there is no journal yet.
    public var exists: Bool
    /// The entries of both chains, all of which were followed.
    public var entries: UInt64
    /// Octets in use, and how many it may have.
    public var size: Int64
    public var capacity: Int64
    /// Why no ticket would be accepted now.
    public var refusal: JournalError?
    /// When the newest entry was written.
    public var newest: WallTime?

    public init(exists: Bool, entries: UInt64, size: Int64, capacity: Int64, refusal: JournalError?, newest: WallTime?) {
        self.exists = exists
        self.entries = entries
        self.size = size
        self.capacity = capacity
        self.refusal = refusal
        self.newest = newest
    }

    /// Opens the journal as the kiosk would, proves its durability and both chains, and closes it again.
    ///
    /// A journal that does not exist is not made: it would belong to whoever asks, who need not be the kiosk's user.
    static func of(_ configuration: Configuration, _ zone: TimeZoneOfIndonesia) async throws(JournalError) -> JournalWalk {
        let directory = "\(configuration.stateDirectory)/journal"
        guard access(configuration.stateDirectory, F_OK) == 0 else {
            throw JournalError(.readOnly, "\(configuration.stateDirectory): \(String(cString: strerror(errno))); make the folder")
        }
        if access("\(directory)/journal.sqlite", F_OK) != 0, errno == ENOENT {
            return JournalWalk(exists: false, entries: 0, size: 0, capacity: 0, refusal: nil, newest: nil)
        }
        let journal = try await Journal.open(
            directory: directory, site: configuration.site, kiosk: configuration.kiosk, zone: zone, recipient: nil)
        let outcome: Result<JournalWalk, JournalError>
        do throws(JournalError) {
            outcome = .success(try await walk(journal))
        } catch {
            outcome = .failure(error)
        }
        try await journal.close()
        return try outcome.get()
    }

    private static func walk(_ journal: Journal) async throws(JournalError) -> JournalWalk {
        let verified = try await journal.verify()
        let stats = try await journal.stats()
        var newest: WallTime?
        for (lane, head) in verified.heads where head.sequence > 0 {
            let last = try await journal.entries(after: head.sequence - 1, lane: lane, limit: 1).first
            newest = [newest, last?.header.clock.wall].compactMap(\.self).max()
        }
        return JournalWalk(
            exists: true, entries: UInt64(verified.entries), size: stats.size, capacity: stats.capacity,
            refusal: await journal.refusal(), newest: newest)
    }
}
