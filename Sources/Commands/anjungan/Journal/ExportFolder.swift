import Glibc

/// A folder, mostly of a USB stick, in which a file is either there whole and on the medium, or not at all.
final class ExportFolder {
    /// Why a file could not be written.
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private let path: String
    private var written: [String] = []

    init(_ path: String) throws(Failed) {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
            throw Failed(description: "\(path) is no folder; mount the stick and name its folder")
        }
        self.path = path
    }

    /// Writes under another name first, so that what bears the name is whole.
    func write(_ octets: [UInt8], as name: String) throws(Failed) {
        let part = "\(path)/.\(name).part"
        let file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(part) }
        var problem: CInt = 0
        var offset = 0
        while problem == 0, offset < octets.count {
            let count = octets.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, octets.count - offset) }
            if count > 0 { offset += count } else if errno != EINTR { problem = count == 0 ? ENOSPC : errno }
        }
        if problem == 0, fsync(file) != 0 { problem = errno }
        // Some file systems only say here that there was no room.
        if Glibc.close(file) != 0, problem == 0 { problem = errno }
        if problem == 0, rename(part, "\(path)/\(name)") != 0 { problem = errno }
        guard problem == 0 else {
            unlink(part)
            errno = problem
            throw failure("\(path)/\(name)")
        }
        written.append(name)
    }

    /// Makes the names durable, too.
    func sync() throws(Failed) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(path) }
        defer { Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw failure(path) }
    }

    /// Takes back what was written, after a failure: nothing half is left.
    func removeWritten() {
        for name in written { unlink("\(path)/\(name)") }
        written = []
    }

    private func failure(_ file: String) -> Failed {
        let problem = errno
        guard problem == ENOSPC || problem == EDQUOT || problem == EFBIG else {
            return Failed(
                description: "\(file): \(String(cString: strerror(problem))); nothing was left on it. Try another stick, formatted anew")
        }
        var space = statvfs()
        let free = statvfs(path, &space) == 0 ? " (\(UInt64(space.f_bavail) * UInt64(space.f_frsize)) octets free)" : ""
        return Failed(description: "\(path) is full\(free); nothing was left on it. Free it, or take a larger stick")
    }
}
