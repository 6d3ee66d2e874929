import Foundation

/// Replaces a file at once: written beside it, synced, renamed, and the directory synced.
enum AtomicFile {
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ detail: String = String(cString: strerror(errno))) {
            description = "\(what): \(detail)"
        }
    }

    static func write(_ octets: [UInt8], to path: String) throws(Failure) {
        let target = URL(fileURLWithPath: path)
        let directory = target.deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Failure("cannot make \(directory)", (error as NSError).localizedDescription)
        }
        let temporary = "\(target.path).\(getpid()).new"
        do throws(Failure) {
            try writeAndSync(octets, to: temporary)
            if rename(temporary, target.path) != 0 { throw Failure("cannot rename to \(target.path)") }
        } catch {
            unlink(temporary)  // Best effort: the error that matters is already on its way.
            throw error
        }
        try sync(directory: directory)
    }

    private static func writeAndSync(_ octets: [UInt8], to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if file < 0 { throw Failure("cannot create \(path)") }
        defer { close(file) }
        var written = 0
        while written < octets.count {
            let count = octets.withUnsafeBytes { Foundation.write(file, $0.baseAddress! + written, octets.count - written) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw Failure("cannot write \(path)") }
            written += count
        }
        if fsync(file) != 0 { throw Failure("cannot sync \(path)") }
    }

    private static func sync(directory: String) throws(Failure) {
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if file < 0 { throw Failure("cannot open \(directory)") }
        defer { close(file) }
        if fsync(file) != 0 { throw Failure("cannot sync \(directory)") }
    }
}
