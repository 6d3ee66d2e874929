import Glibc

/// Standard input, kept so that the full program can read it once more.
enum StandardInput {
    /// Copies it to a file in memory, which takes its place. False where that cannot be done; then nothing has been read.
    static func keep() -> Bool {
        let name = "/anjungan-\(getpid())"
        let memory = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard memory >= 0 else { return false }
        shm_unlink(name)
        defer { close(memory) }
        copy(to: memory)
        guard dup2(memory, STDIN_FILENO) == STDIN_FILENO else { fail("kept") }
        rewind()
        return true
    }

    /// Back to its beginning.
    static func rewind() {
        guard lseek(STDIN_FILENO, 0, SEEK_SET) == 0 else { fail("read once more") }
    }

    private static func copy(to memory: CInt) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { return }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { fail("read") }
            var written = 0
            while written < count {
                let step = buffer.withUnsafeBytes { write(memory, $0.baseAddress! + written, count - written) }
                if step < 0, errno == EINTR { continue }
                guard step > 0 else { fail("kept") }
                written += step
            }
        }
    }

    private static func fail(_ what: String) -> Never {
        complain("standard input cannot be \(what): \(String(cString: strerror(errno))); name a file instead of -")
        exit(EXIT_FAILURE)
    }
}

/// Tells people at the terminal.
func complain(_ text: String) {
    let line = Array("Error: \(text)\n".utf8)
    // Where nobody listens to standard error there is nowhere else to say so.
    _ = write(STDERR_FILENO, line, line.count)
}
