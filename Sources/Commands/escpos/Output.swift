import Glibc

/// The prefixes by which cupsd tells messages apart.
enum LogLevel: String {
    case debug = "DEBUG"
    case info = "INFO"
    case error = "ERROR"
}

/// A line for cupsd's log and the job's message.
func log(_ level: LogLevel, _ message: String) {
    emit("\(level.rawValue): \(message)\n", to: STDERR_FILENO)
}

/// Writes all of `text`. A reader that is gone cannot be told anything, so that failure ends it quietly.
func emit(_ text: String, to descriptor: CInt) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR { continue }
            return
        }
        rest.removeFirst(count)
    }
}

/// The text of `errno`.
func systemError(_ code: CInt = errno) -> String { String(cString: strerror(code)) }
