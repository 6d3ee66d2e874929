import Glibc

/// Keeps a second process off. Held until it is released from memory; the kernel drops it when the process dies.
final class LockFile: Sendable {
    private let file: CInt

    /// Takes the lock, or says who holds it.
    init(_ path: String) throws(JournalError) {
        // Closed on exec, so that a child process does not keep the lock alive.
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw JournalError(.readOnly, "\(path): \(String(cString: strerror(errno))); give the folder to the kiosk's user")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            defer { Glibc.close(file) }
            guard problem == EWOULDBLOCK else {
                throw JournalError(.failed, "\(path): cannot be locked: \(String(cString: strerror(problem)))")
            }
            throw JournalError(
                .owned, "\(path) is held by \(Self.holder(file)); stop that program, or talk to it instead of opening the journal")
        }
        self.file = file
        // Only for people who read the file; the lock itself is the kernel's.
        let note = Array("process \(getpid()) (\(CommandLine.arguments.first ?? "unnamed"))\n".utf8)
        guard ftruncate(file, 0) == 0, pwrite(file, note, note.count, 0) == note.count else {
            // From here on the file is closed by `deinit`, which runs also when this throws.
            let problem = errno
            throw JournalError(problem == ENOSPC ? .full : .inputOutput, "\(path): \(String(cString: strerror(problem))); free disk space")
        }
    }

    deinit {
        // A child that was just forked has the file too, until it becomes another program; closing ours alone would leave it locked.
        flock(file, LOCK_UN)
        Glibc.close(file)
    }

    private static func holder(_ file: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = pread(file, &buffer, buffer.count, 0)
        let text = String(decoding: buffer.prefix(max(0, count)).prefix { $0 != 0x0A }, as: UTF8.self)
        return text.isEmpty ? "another process" : text
    }
}
