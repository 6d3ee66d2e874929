import Foundation

/// What the disk below a folder can do.
enum Disk {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// How long it takes to write 4 kB durably: `pwrite` and `fdatasync`, each time to the same place.
    static func durableWrites(_ count: Int, in folder: String) throws -> Times {
        let path = "\(folder)/durable-writes"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open", path) }
        defer {
            close(file)
            unlink(path)
        }
        let clock = ContinuousClock()
        return Times(
            try (0..<count).map { round in
                let block = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 4096)
                let begun = clock.now
                guard pwrite(file, block, block.count, 0) == block.count else { throw failure("write", path) }
                guard fdatasync(file) == 0 else { throw failure("sync", path) }
                return clock.now - begun
            })
    }

    private static func failure(_ what: String, _ path: String) -> Failed {
        Failed(description: "cannot \(what) \(path): \(String(cString: strerror(errno))); is there room in /tmp?")
    }
}
