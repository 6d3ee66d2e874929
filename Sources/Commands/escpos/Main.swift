import Glibc

/// The CUPS backend for the kiosk's receipt printers: relays one job to the device layer and tells CUPS the truth about it.
///
///     escpos                                                    names the printers of the device layer
///     escpos job-id user title copies options [file]            prints, by backend(7)
///
/// `DEVICE_URI` is `escpos:NAME`; `ANJUNGAN_DEVICE_SOCKET` is the device layer's socket.
@main
enum Main {
    static func main() {
        // Nobody is told by a signal in the middle of a line; a scheduler that died is watched for.
        signal(SIGPIPE, SIG_IGN)
        let arguments = CommandLine.arguments
        if arguments.count == 1 {
            for line in Discovery.lines(socketPath: Job.socketPath(environment)) { emit(line, to: STDOUT_FILENO) }
            exit(ExitCode.done.rawValue)
        }
        exit(run(arguments).rawValue)
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func run(_ arguments: [String]) -> ExitCode {
        do throws(BackendError) {
            let stop = try StopSignal()
            try SchedulerWatch.start()
            let job = try Job(arguments: arguments, environment: environment)
            // A filter that failed leaves nothing, and an empty print would be called printed.
            guard !job.bytes.isEmpty else { throw BackendError("the job is empty; look above for why its filter made nothing of it") }
            var relay = Relay(job: job, stop: stop)
            return try relay.run()
        } catch {
            log(.error, error.description)
            return .failed
        }
    }
}

/// What cupsd is told, by backend(7). Never 6 or 7: they hold a job for minutes and then abort it.
enum ExitCode: CInt {
    case done = 0
    case failed = 1
    /// Held until the kiosk, or a person, decides: nobody knows whether it came out.
    case hold = 3
    case cancelled = 5
}

/// Why nothing was printed; the message is for the technician who reads the job's history.
struct BackendError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
