import Foundation

/// The files of a ``PrivateScheduler``.
struct SchedulerTree {
    let scheduler: PrivateScheduler
    private var root: String { scheduler.directory }
    private var isRoot: Bool { geteuid() == 0 }

    func write() throws {
        for name in ["", "/etc", "/run", "/log", "/data", "/data/mime", "/doc", "/bin", "/bin/backend", "/bin/daemon", "/bin/filter"] {
            try makeDirectory(root + name, mode: 0o755)
        }
        try makeDirectory(root + "/cache", mode: 0o770)
        try makeSpool()
        for name in ["/run", "/cache"] where isRoot { try give(root + name, to: try lp()) }
        // cups-exec starts everything; cups-deviced asks backends for their printers (`lpinfo -v`) and is in the package cups.
        for helper in ["cups-exec", "cups-deviced"] { try link("/usr/lib/cups/daemon/\(helper)", at: root + "/bin/daemon/\(helper)") }
        try install(scheduler.backend, at: root + "/bin/backend/escpos")
        for other in scheduler.otherBackends {
            try install(other, at: root + "/bin/backend/" + URL(fileURLWithPath: other).lastPathComponent)
        }
        if let conversion = scheduler.conversion {
            try install(conversion.filter, at: "\(root)/bin/filter/\(QueueDescription.filter)")
            try copyProfiles(of: conversion.devices)
        }
        try put(SchedulerConfiguration.types, in: root + "/data/mime/mime.types")
        try put("# The queues' descriptions name their filter; raw jobs need none.\n", in: root + "/data/mime/mime.convs")
        try put(SchedulerConfiguration.files(scheduler, user: userName(), group: groupName()), in: root + "/etc/cups-files.conf")
        try put(SchedulerConfiguration.daemon(scheduler), in: root + "/etc/cupsd.conf")
    }

    /// Memory that everybody may write to is no place to trust: the directory must be ours.
    private func makeSpool() throws {
        let spool = scheduler.spool
        if mkdir(spool, 0o710) != 0, errno != EEXIST { throw failure("cannot make the spool \(spool)") }
        var status = stat()
        guard lstat(spool, &status) == 0 else { throw failure("cannot look at the spool \(spool)") }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw SchedulerError(.notPermitted, "\(spool) belongs to somebody else; remove it, or run the scheduler as its owner")
        }
        try makeDirectory(spool, mode: 0o710)
        try makeDirectory(spool + "/tmp", mode: 0o1770)
        if isRoot {
            try give(spool, to: try lp())
            try give(spool + "/tmp", to: try lp())
        }
    }

    private func makeDirectory(_ path: String, mode: mode_t) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // Not by the umask: `lp` must get through.
        guard chmod(path, mode) == 0 else { throw failure("cannot set the mode of \(path)") }
    }

    private func give(_ path: String, to group: gid_t) throws {
        guard chown(path, 0, group) == 0 else { throw failure("cannot give \(path) to the group lp") }
    }

    private func lp() throws -> gid_t {
        guard let group = getgrnam("lp") else { throw SchedulerError(.missing, "there is no group lp; install the package cups-daemon") }
        return group.pointee.gr_gid
    }

    private func link(_ target: String, at path: String) throws {
        if unlink(path) != 0, errno != ENOENT { throw failure("cannot replace \(path)") }
        guard symlink(target, path) == 0 else { throw failure("cannot link \(path)") }
    }

    /// The filter runs as `lp`, who may not reach the folder `Devices` in somebody's home.
    private func copyProfiles(of devices: String) throws {
        let target = "\(root)/data/devices"
        try makeDirectory(target, mode: 0o755)
        try makeDirectory("\(target)/printers", mode: 0o755)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(devices)/printers") where name.hasSuffix(".yaml") {
            try put(try String(contentsOfFile: "\(devices)/printers/\(name)", encoding: .utf8), in: "\(target)/printers/\(name)")
        }
    }

    /// A copy, so that it is root's own and `lp` reaches it; put in place at once, because an old one may be running.
    private func install(_ program: String, at path: String) throws {
        let new = "\(path).new"
        if unlink(new) != 0, errno != ENOENT { throw failure("cannot replace \(new)") }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: program))
        // Close-on-exec: a child that kept it open for writing would make the kernel refuse to run it.
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o700)
        guard descriptor >= 0 else { throw failure("cannot write \(new)") }
        do {
            try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: bytes)
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure("cannot write \(new)") }
        if isRoot, chown(new, 0, 0) != 0 { throw failure("cannot give \(new) to root") }
        guard chmod(new, 0o755) == 0, rename(new, path) == 0 else { throw failure("cannot install \(path)") }
    }

    private func put(_ text: String, in path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        guard chmod(path, 0o644) == 0 else { throw failure("cannot set the mode of \(path)") }
    }

    private func userName() -> String { isRoot ? "lp" : getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())" }
    private func groupName() -> String { isRoot ? "lp" : getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) } ?? "\(getegid())" }

    private func failure(_ what: String) -> SchedulerError {
        SchedulerError(.notPermitted, "\(what): \(String(cString: strerror(errno)))")
    }
}

extension PrivateScheduler {
    /// Named after the directory, so that a restarted scheduler finds its jobs again.
    static func spool(for directory: String) -> String {
        guard isMemory("/dev/shm"), access("/dev/shm", W_OK) == 0 else { return "\(directory)/spool" }
        // FNV-1a: the same for ever, unlike `Hasher`.
        let hash = directory.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "/dev/shm/anjungan-spool-\(geteuid())-\(String(hash, radix: 36))"
    }

    private static func isMemory(_ path: String) -> Bool {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return false }
        return mounts.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 2 && fields[1] == path && fields[2] == "tmpfs"
        }
    }
}
