import Glibc
import LocalFiles

/// Why the device socket cannot be opened.
public struct DeviceSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case pathTooLong, alreadyServed, noSuchGroup, notPermitted }
    public var code: Code
    /// What was wrong, where, and what to do next; not part of equality.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { detail }
}

/// The directory, the lock and the permissions of one unix socket.
struct SocketPlace {
    let path: String
    let mode: mode_t
    let owner: gid_t?
    private let lock: FileLock

    /// Makes the directory and takes the lock.
    static func claim(_ path: String, mode: mode_t, group: String?) throws(DeviceSocketError) -> SocketPlace {
        // sun_path of sockaddr_un has 108 octets, the last of them NUL.
        guard path.utf8.count <= 107 else {
            throw DeviceSocketError(
                .pathTooLong, "\(path) has \(path.utf8.count) octets, but a unix socket's path has at most 107; choose a shorter directory")
        }
        let owner: gid_t? = try group.map(groupID)
        try makeDirectory(parent(of: path))
        do throws(FileLock.Refusal) {
            let lock = try FileLock("\(path).lock")
            giveToDirectoryOwner("\(path).lock")
            return SocketPlace(path: path, mode: mode, owner: owner, lock: lock)
        } catch {
            throw switch error {
            case .notOpened(let problem): failure("cannot open \(path).lock", problem)
            case .held: DeviceSocketError(.alreadyServed, "another device layer serves \(path); stop it first, or use another path")
            case .notLocked(let problem): failure("cannot lock \(path).lock", problem)
            }
        }
    }

    /// After bind: until now only the owner could connect.
    func openToClients() throws(DeviceSocketError) {
        if let owner, chown(path, uid_t.max, owner) != 0 { throw Self.failure("cannot give \(path) to its group") }
        guard chmod(path, mode) == 0 else { throw Self.failure("cannot set the mode of \(path)") }
    }

    func release() {
        unlink(path)
        lock.release()
    }

    private static func groupID(_ name: String) throws(DeviceSocketError) -> gid_t {
        guard let entry = getgrnam(name) else {
            throw DeviceSocketError(
                .noSuchGroup, "there is no group \(name) to give the device socket to; install cups-daemon or name another")
        }
        return entry.pointee.gr_gid
    }

    private static func makeDirectory(_ path: String) throws(DeviceSocketError) {
        guard !path.isEmpty else { return }
        if mkdir(path, 0o755) == 0 { return giveToDirectoryOwner(path) }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try makeDirectory(parent(of: path))
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("cannot make the directory \(path)") }
            giveToDirectoryOwner(path)
        case let error: throw failure("cannot make the directory \(path)", error)
        }
    }

    /// A command that a technician ran as root must not leave a lock or a directory that the kiosk's own user cannot open.
    private static func giveToDirectoryOwner(_ path: String) {
        var directory = stat()
        guard geteuid() == 0, stat(parent(of: path), &directory) == 0, directory.st_uid != 0 else { return }
        _ = chown(path, directory.st_uid, directory.st_gid)
    }

    static func parent(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

    static func failure(_ what: String, _ error: CInt = errno) -> DeviceSocketError {
        DeviceSocketError(.notPermitted, "\(what): \(String(cString: strerror(error))); check who owns its directory")
    }
}
