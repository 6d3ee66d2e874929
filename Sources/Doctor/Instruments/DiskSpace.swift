import Glibc

/// How full a file system is.
public struct DiskSpace: Hashable, Sendable {
    /// Octets that whoever is no superuser may still write, and octets in all.
    public var free: Int64
    public var total: Int64
    /// The same of files; 0 in all where the file system does not count them.
    public var freeFiles: Int64
    public var totalFiles: Int64

    public init(free: Int64, total: Int64, freeFiles: Int64, totalFiles: Int64) {
        self.free = free
        self.total = total
        self.freeFiles = freeFiles
        self.totalFiles = totalFiles
    }

    /// Of the file system that holds `directory`. Blocks.
    init(of directory: String) throws {
        var facts = statvfs()
        guard statvfs(directory, &facts) == 0 else { throw SystemFailure(description: "\(directory): \(String(cString: strerror(errno)))") }
        self.init(
            free: Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize)),
            total: Int64(clamping: UInt64(facts.f_blocks) * UInt64(facts.f_frsize)),
            freeFiles: Int64(clamping: UInt64(facts.f_favail)), totalFiles: Int64(clamping: UInt64(facts.f_files)))
    }
}
