import Glibc
import Synchronization

/// Keeps a second process off a folder or a device. Held until it is let go or released from memory; the kernel drops it when the
/// process dies. The file stays: removing it would let two programs each lock a file of their own.
public final class FileLock: Sendable {
    /// Why there is no lock; the numbers are those of `errno`.
    public enum Refusal: Error, Hashable, Sendable {
        case notOpened(CInt)
        /// By whom, as that process has noted.
        case held(by: String)
        case notLocked(CInt)
    }

    /// -1 once it was let go.
    private let file: Atomic<CInt>

    /// Takes the lock of the file at `path`, which is made where it is missing and is its owner's alone.
    public init(_ path: String) throws(Refusal) {
        // Closed on exec, so that a child process does not keep the lock alive.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        self.file = Atomic(file)
        guard file >= 0 else { throw .notOpened(errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            let holder = Self.holder(file)
            // Another's lock is not ours to end.
            self.file.store(-1, ordering: .relaxed)
            close(file)
            throw problem == EWOULDBLOCK ? .held(by: holder) : .notLocked(problem)
        }
    }

    /// Notes in the file which process holds it: for people, and for whoever is refused. Returns `errno` where that failed.
    public func note() -> CInt? {
        let file = file.load(ordering: .relaxed)
        let note = Array("process \(getpid()) (\(CommandLine.arguments.first ?? "unnamed"))\n".utf8)
        return ftruncate(file, 0) == 0 && pwrite(file, note, note.count, 0) == note.count ? nil : errno
    }

    /// Lets go, once.
    public func release() {
        let file = file.exchange(-1, ordering: .relaxed)
        guard file >= 0 else { return }
        // A child that was just forked has the file too, until it becomes another program; closing ours alone would leave it locked.
        flock(file, LOCK_UN)
        close(file)
    }

    deinit { release() }

    private static func holder(_ file: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = pread(file, &buffer, buffer.count, 0)
        let text = String(decoding: buffer.prefix(max(0, count)).prefix { $0 != 0x0A }, as: UTF8.self)
        return text.isEmpty ? "another process" : text
    }
}
