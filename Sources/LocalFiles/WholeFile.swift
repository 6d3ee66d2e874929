import Glibc

/// What the system refused to do with a file.
public struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// In words, such as “cannot write /var/x”.
    public let what: String
    /// Why, as `errno` had it.
    public let problem: CInt

    init(_ what: String, _ problem: CInt = errno) { (self.what, self.problem) = (what, problem) }

    /// Why, in the system's words.
    public var reason: String { String(cString: strerror(problem)) }
    public var description: String { "\(what): \(reason)" }
}

/// Files that are there whole or not at all, also after a power cut.
public enum WholeFile {
    /// Writes octets beside the place, and moves them there once they are on the disk; nothing is left of it where that fails.
    public static func write(_ octets: [UInt8], to path: String, mode: UInt32) throws(FileFailure) {
        let draft = "\(path).\(getpid()).new"
        try writeDraft(octets, to: draft, mode: mode)
        do throws(FileFailure) {
            try name(draft, path)
        } catch {
            unlink(draft)
            throw error
        }
        try sync(folder: folder(of: path))
    }

    /// Syncs a file that another wrote, gives it its name, and makes that durable.
    public static func move(_ draft: String, to path: String) throws(FileFailure) {
        try sync(draft, O_RDONLY)
        try name(draft, path)
        try sync(folder: folder(of: path))
    }

    /// Writes octets to the disk under a name that is not theirs yet; nothing is left of it where that fails.
    public static func writeDraft(_ octets: [UInt8], to path: String, mode: UInt32) throws(FileFailure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { throw FileFailure("cannot create \(path)") }
        var failure: FileFailure?
        var written = 0
        while failure == nil, written < octets.count {
            let count = octets.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, octets.count - written) }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                failure = FileFailure("cannot write \(path)", count == 0 ? ENOSPC : errno)
            }
        }
        if failure == nil, fsync(file) != 0 { failure = FileFailure("cannot sync \(path)") }
        // Some file systems only say here that there was no room.
        if close(file) != 0, failure == nil { failure = FileFailure("cannot write \(path)") }
        guard let failure else { return }
        unlink(path)
        throw failure
    }

    /// Gives a draft its name, which lasts once its folder is synced.
    public static func name(_ draft: String, _ path: String) throws(FileFailure) {
        guard rename(draft, path) == 0 else { throw FileFailure("cannot rename to \(path)") }
    }

    /// Makes the names in a folder durable.
    public static func sync(folder path: String) throws(FileFailure) { try sync(path, O_RDONLY | O_DIRECTORY) }

    private static func sync(_ path: String, _ flags: CInt) throws(FileFailure) {
        let file = open(path, flags | O_CLOEXEC)
        guard file >= 0 else { throw FileFailure("cannot open \(path)") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw FileFailure("cannot sync \(path)") }
    }

    /// The folder that a file lies in.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
