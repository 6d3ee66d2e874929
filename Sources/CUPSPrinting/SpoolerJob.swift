/// A job as CUPS sees it, for comparison with what the device layer knows.
public struct SpoolerJob: Hashable, Sendable {
    /// Given by CUPS, and given again after a lost spool: never an identity.
    public var id: Int
    /// `job-name`: the print id, for our own.
    public var name: String
    public var state: State

    /// RFC 8011 clause 5.3.7.
    public enum State: Int, Hashable, Sendable, CaseIterable {
        case pending = 3
        /// The outcome is unknown, until the kiosk settles it.
        case held = 4
        case processing = 5
        case stopped = 6
        case canceled = 7
        case aborted = 8
        case completed = 9

        /// Nothing changes it any more.
        public var isFinished: Bool {
            switch self {
            case .canceled, .aborted, .completed: true
            case .pending, .held, .processing, .stopped: false
            }
        }
    }

    public init(id: Int, name: String, state: State) {
        self.id = id
        self.name = name
        self.state = state
    }
}

/// A queue as CUPS sees it.
public struct SpoolerQueueState: Hashable, Sendable {
    /// `printer-state-reasons`, without *none*.
    public var reasons: Set<String>
    /// `printer-state-message`: what `lpstat -p` shows below the queue.
    public var message: String
    /// A job is under way.
    public var isProcessing: Bool
    public var acceptsJobs: Bool

    public init(reasons: Set<String>, message: String, isProcessing: Bool, acceptsJobs: Bool) {
        self.reasons = reasons
        self.message = message
        self.isProcessing = isProcessing
        self.acceptsJobs = acceptsJobs
    }
}
