import Glibc

/// Ends this program with the scheduler that started it, whatever it waits for at that moment.
///
/// cupsd holds the other end of standard error, and the kernel lets that go however cupsd ended, also before anybody looked.
/// What the device layer was given whole it prints once, and tells the backend of the next cupsd how that ended;
/// what it was not given whole it throws away with the connection.
enum SchedulerWatch {
    static func start() throws(BackendError) {
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { _ in
                var report = pollfd(fd: STDERR_FILENO, events: 0, revents: 0)
                // Run by hand it may have no standard error at all: then nobody can go away.
                while CInt(report.revents) & (POLLERR | POLLHUP) == 0 {
                    if poll(&report, 1, -1) > 0, CInt(report.revents) & POLLNVAL != 0 { return nil }
                }
                _exit(ExitCode.failed.rawValue)
            }, nil)
        guard error == 0 else { throw BackendError("cannot watch the scheduler: \(systemError(error))") }
    }
}
