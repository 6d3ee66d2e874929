import Glibc

/// What one document may cost. cupsd runs one job of a queue at a time, so citizens' tickets wait behind it,
/// and memory that it takes is the kiosk's.
enum Limits {
    /// Octets of address space, for the filter and for each program it starts.
    private static let memory: rlim_t = 512 << 20
    /// Seconds of the processor, likewise.
    private static let processor: rlim_t = 60
    /// And so many more to say that they are over.
    private static let lastWords: rlim_t = 2

    /// Puts them on this process and all that it starts.
    static func set() throws(FilterError) {
        sayWhenReached()
        for (resource, most, rest) in [(RLIMIT_AS, memory, 0), (RLIMIT_CPU, processor, lastWords)] {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw FilterError("cannot read a limit: \(Files.systemError())")
            }
            limit.rlim_max = min(most + rest, limit.rlim_max)
            limit.rlim_cur = limit.rlim_max > rest ? limit.rlim_max - rest : limit.rlim_max
            guard setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw FilterError("cannot set a limit: \(Files.systemError())")
            }
        }
    }

    /// The kernel ends a program that has used up its time, and Swift one that gets no memory; cupsd would only name the signal.
    private static func sayWhenReached() {
        // Whoever started cupsd from a thread with blocked signals handed that down to us, and to the page maker.
        var all = sigset_t()
        sigfillset(&all)
        sigprocmask(SIG_UNBLOCK, &all, nil)
        signal(SIGXCPU) { _ in
            Limits.end("ERROR: the document takes more than 60 s of the processor; print it in parts, or a simpler one\n")
        }
        for number in [SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS] {
            signal(number) { _ in
                Limits.end("ERROR: the filter broke off, most likely for want of memory (512 MiB); print the document in parts\n")
            }
        }
    }

    /// Only what a signal handler may do.
    private static func end(_ why: StaticString) -> Never {
        _ = write(STDERR_FILENO, why.utf8Start, why.utf8CodeUnitCount)
        _exit(1)
    }

    /// Milliseconds of a clock that only goes forward.
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    }

    /// When pages that are begun now must be there.
    static func deadline() throws(FilterError) -> Int {
        guard let text = getenv("ANJUNGAN_FILTER_SECONDS").map({ String(cString: $0) }) else { return now() + 30_000 }
        guard let seconds = Int(text), (1...3600).contains(seconds) else {
            throw FilterError("ANJUNGAN_FILTER_SECONDS is \(text); give 1 to 3600")
        }
        return now() + seconds * 1000
    }
}
