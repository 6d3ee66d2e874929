import GRDB
import Glibc
import LocalFiles

/// Why the centre's store refused something. Equal when the codes are.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // Opening.
        /// Another process writes this store.
        case owned
        /// There is no store, or an empty one.
        case missing
        /// A newer program has already changed the database.
        case newer
        /// The disk would not really hold what is committed.
        case notDurable
        case readOnly

        // Any time.
        /// No room for more; nothing of what was asked for is stored.
        case full
        /// The disk failed; whether it was stored shows only when it is sent again.
        case inputOutput
        case corrupted
        /// What was asked for cannot be given; asking again is of no use.
        case refused
        /// The store was closed by its owner.
        case closed
        /// The database refused in a way that this program did not expect.
        case failed
    }

    public var code: Code
    /// What was wrong, where, and what to do next. Holds no personal data.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { detail }
}

extension StoreError: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

extension StoreError {
    /// Does something with a file; what the system refuses becomes the store's error.
    static func of(_ work: () throws(FileFailure) -> Void) throws(StoreError) {
        do throws(FileFailure) {
            try work()
        } catch {
            let code: Code =
                switch error.problem {
                case ENOSPC, EDQUOT: .full
                case EIO: .inputOutput
                default: .readOnly
                }
            throw StoreError(code, "\(error); choose a folder that this user may write, on a disk with room")
        }
    }

    /// Says what a failure of the database means and what to do about it.
    init(_ error: any Error, at path: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.failed, "\(path): \(error)")
            return
        }
        let told = "\(error.extendedResultCode.rawValue) \(error.message ?? "no message")"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "\(path) has no room for more (\(told)); free disk space. The kiosks keep what they have and send it again")
        case .SQLITE_IOERR:
            self.init(.inputOutput, "the disk failed at \(path) (\(told)); look at the kernel's log and replace the disk if it names it")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(damaged: path, told)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self.init(.readOnly, "\(path) cannot be used (\(told)); give its folder and files to the centre's user and mount it writable")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.owned, "another program has \(path) locked (\(told)); close it, or work on a copy")
        default:
            self.init(.failed, "\(path): unexpected answer of SQLite (\(told))")
        }
    }
}
