import Glibc
import LocalFiles

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
        let (part, whole) = ("\(path)/.\(name).part", "\(path)/\(name)")
        do throws(FileFailure) {
            try WholeFile.writeDraft(octets, to: part, mode: 0o644)
            try WholeFile.name(part, whole)
        } catch {
            unlink(part)
            throw failure(whole, error.problem)
        }
        written.append(name)
    }

    /// Makes the names durable, too.
    func sync() throws(Failed) {
        do throws(FileFailure) {
            try WholeFile.sync(folder: path)
        } catch {
            throw failure(path, error.problem)
        }
    }

    /// Takes back what was written, after a failure: nothing half is left.
    func removeWritten() {
        for name in written { unlink("\(path)/\(name)") }
        written = []
    }

    private func failure(_ file: String, _ problem: CInt) -> Failed {
        guard problem == ENOSPC || problem == EDQUOT || problem == EFBIG else {
            return Failed(
                description: "\(file): \(String(cString: strerror(problem))); nothing was left on it. Try another stick, formatted anew")
        }
        var space = statvfs()
        let free = statvfs(path, &space) == 0 ? " (\(UInt64(space.f_bavail) * UInt64(space.f_frsize)) octets free)" : ""
        return Failed(description: "\(path) is full\(free); nothing was left on it. Free it, or take a larger stick")
    }
}
