import Glibc

/// Octets set aside on the journal's disk. Given up when the disk is full: then the journal can still be brought to an end and drained,
/// because a full disk takes not even a deletion, which SQLite writes to its log first.
struct Ballast {
    let path: String
    let size: Int64

    var isHeld: Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_size >= size
    }

    /// Takes the room; false when there is none.
    func take() throws(JournalError) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let problem = errno
            if problem == ENOSPC { return false }
            throw JournalError(.readOnly, "\(path): \(String(cString: strerror(problem))); give the folder to the kiosk's user")
        }
        defer { close(file) }
        // The call gives its error back, not in errno.
        let problem = posix_fallocate(file, 0, off_t(size))
        if problem == 0 { return true }
        unlink(path)
        guard problem == ENOSPC || problem == EDQUOT else {
            throw JournalError(.inputOutput, "\(path): \(String(cString: strerror(problem))); look at the kernel's log")
        }
        return false
    }

    /// Gives the room back; false when none was held.
    func release() -> Bool { unlink(path) == 0 }
}

extension Journal {
    /// Gives the ballast up when the journal or its disk is nearly full, and takes it again when there is room.
    func tendBallast() throws(JournalError) {
        guard let ballast else { return }
        let free = try environment.freeSpace(directory)
        let used = try size()
        if ballast.isHeld {
            if used >= limits.capacity / 100 * 95 || free < ballast.size { _ = ballast.release() }
        } else if used < limits.capacity / 100 * 90, free >= limits.reserve + ballast.size {
            _ = try ballast.take()
        }
    }
}
