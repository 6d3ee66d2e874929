import Glibc

/// Files that are there whole or not at all, also after a power cut.
enum DurableFile {
    /// Writes octets beside the place, and moves them there once they are on the disk. Only the owner may read them.
    static func write(_ octets: [UInt8], to path: String) throws(StoreError) {
        let partial = "\(path).partial"
        let file = Glibc.open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(partial) }
        var written = 0
        while written < octets.count {
            let count = octets.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, octets.count - written) }
            if count < 0 {
                let problem = failure(partial)
                Glibc.close(file)
                throw problem
            }
            written += count
        }
        Glibc.close(file)
        try move(partial, to: path)
    }

    /// Syncs a file that another wrote, and gives it its name.
    static func move(_ partial: String, to path: String) throws(StoreError) {
        try sync(partial, O_RDONLY)
        guard rename(partial, path) == 0 else { throw failure(path) }
        try sync(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), O_RDONLY | O_DIRECTORY)
    }

    private static func sync(_ path: String, _ flags: CInt) throws(StoreError) {
        let file = Glibc.open(path.isEmpty ? "." : path, flags | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { Glibc.close(file) }
        guard fsync(file) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> StoreError {
        let code: StoreError.Code =
            switch errno {
            case ENOSPC, EDQUOT: .full
            case EIO: .inputOutput
            default: .readOnly
            }
        return StoreError(
            code, "\(path): \(String(cString: strerror(errno))); choose a folder that this user may write, on a disk with room")
    }
}
