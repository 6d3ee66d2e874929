import CCUPS

/// How a queue is set up, for those who check it.
public struct QueueInspection: Hashable, Sendable {
    /// Such as `escpos:ticket`.
    public var deviceURI: String
    /// `printer-error-policy`: what CUPS does with a job that its backend fails; ours is `abort-job`.
    public var errorPolicy: String
    /// CUPS starts no jobs (`cupsdisable`).
    public var isStopped: Bool
    /// It takes new jobs (`cupsaccept`).
    public var acceptsJobs: Bool

    public init(deviceURI: String, errorPolicy: String, isStopped: Bool, acceptsJobs: Bool) {
        self.deviceURI = deviceURI
        self.errorPolicy = errorPolicy
        self.isStopped = isStopped
        self.acceptsJobs = acceptsJobs
    }
}

extension Spooler {
    /// How the queue is set up; nil when the scheduler answers and has no queue of that name.
    ///
    /// - Parameter timeout: whole seconds that connecting, and every wait for more of an answer, may take.
    public func inspection(as user: String = "anjungan", timeout: Duration = .seconds(3)) throws(SpoolerError) -> QueueInspection? {
        let connection = try SpoolerConnection(address, timeout: timeout)
        let request = IPPMessage(IPP_OP_GET_PRINTER_ATTRIBUTES, queue: queue, user: user)
        request.add(
            IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", "device-uri", "printer-error-policy", "printer-state",
            "printer-is-accepting-jobs")
        do throws(SpoolerError) {
            let printer = try connection.exchange(request, to: "/printers/\(queue)").groups(IPP_TAG_PRINTER).first ?? [:]
            return QueueInspection(
                deviceURI: printer["device-uri"]?.strings.first ?? "", errorPolicy: printer["printer-error-policy"]?.strings.first ?? "",
                isStopped: printer["printer-state"]?.integers.first == Int(IPP_PSTATE_STOPPED.rawValue),
                acceptsJobs: printer["printer-is-accepting-jobs"]?.integers.first == 1)
        } catch  where error.code == .refused && cupsLastError() == IPP_STATUS_ERROR_NOT_FOUND {
            return nil
        }
    }
}
