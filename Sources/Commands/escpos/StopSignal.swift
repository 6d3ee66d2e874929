import Glibc

/// Where the signal handler writes; a handler cannot be given anything.
private nonisolated(unsafe) var stopPipe: CInt = -1

/// Cancellation by CUPS, as a descriptor that becomes readable: `poll` waits for it and for the socket at once.
struct StopSignal {
    let descriptor: CInt

    init() throws(BackendError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw BackendError("cannot wait for signals: \(systemError())") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        stopPipe = ends[1]
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for number in [SIGTERM, SIGINT] {
            sigaddset(&numbers, number)
            signal(number) { _ in
                let before = errno
                var octet: UInt8 = 1
                // A full pipe already says stop.
                _ = write(stopPipe, &octet, 1)
                errno = before
            }
        }
        // Whoever started cupsd from a thread with blocked signals handed that down to us.
        guard sigprocmask(SIG_UNBLOCK, &numbers, nil) == 0 else { throw BackendError("cannot unblock signals: \(systemError())") }
    }

    /// Takes a signal that has arrived, if there is one.
    func take() -> Bool {
        var octet: UInt8 = 0
        return read(descriptor, &octet, 1) > 0
    }
}
