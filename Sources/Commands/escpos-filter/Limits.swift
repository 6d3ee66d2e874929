import Glibc

/// What one document may cost. cupsd runs one job of a queue at a time, so citizens' tickets wait behind it,
/// and memory that it takes is the kiosk's.
enum Limits {
    /// Octets of address space, for the filter and for each program it starts.
    private static let memory: rlim_t = 512 << 20
    /// Seconds of the processor, likewise.
    private static let processor: rlim_t = 60

    /// Puts them on this process and all that it starts.
    static func set() throws(FilterError) {
        for (resource, most) in [(RLIMIT_AS, memory), (RLIMIT_CPU, processor)] {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw FilterError("cannot read a limit: \(Files.systemError())")
            }
            limit.rlim_cur = min(most, limit.rlim_max)
            limit.rlim_max = limit.rlim_cur
            guard setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else {
                throw FilterError("cannot set a limit: \(Files.systemError())")
            }
        }
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
