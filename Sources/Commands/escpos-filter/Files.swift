import Glibc

/// Descriptors and what is in them.
enum Files {
    static func read(file: String, limit: Int) throws(FilterError) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FilterError("cannot open \(file): \(systemError())") }
        defer { close(descriptor) }
        return try read(descriptor, file, limit: limit)
    }

    /// Everything up to the end.
    ///
    /// - Parameter deadline: when to give up, as ``Limits/now()`` counts.
    static func read(_ descriptor: CInt, _ what: String, limit: Int, until deadline: Int? = nil) throws(FilterError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let deadline { try wait(descriptor, what, until: deadline) }
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FilterError("cannot read \(what): \(systemError())")
            }
            guard bytes.count + count <= limit else { throw FilterError("\(what) is longer than \(limit >> 20) MiB; print it in parts") }
            bytes += chunk.prefix(count)
        }
    }

    /// Until there is something to read, or the end.
    private static func wait(_ descriptor: CInt, _ what: String, until deadline: Int) throws(FilterError) {
        var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = deadline - Limits.now()
            guard left > 0 else { throw FilterError("\(what) took too long to make; print the document elsewhere, or a simpler one") }
            let found = poll(&asked, 1, CInt(clamping: left))
            if found > 0 { return }
            guard found == 0 || errno == EINTR else { throw FilterError("cannot wait for \(what): \(systemError())") }
        }
    }

    static func write(_ bytes: [UInt8], to descriptor: CInt, _ what: String) throws(FilterError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw FilterError("cannot write to \(what): \(systemError())")
            }
            rest.removeFirst(count)
        }
    }

    /// A line for cupsd's log and the job's message. Nobody can be told that nobody listens.
    static func log(_ line: String) { try? write(Array("\(line)\n".utf8), to: STDERR_FILENO, "the scheduler's log") }

    static func systemError(_ code: CInt = errno) -> String { String(cString: strerror(code)) }
}
