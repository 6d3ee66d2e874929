import CCUPS
public import DeviceSocket

/// One queue of a CUPS scheduler. Each call is one connection, made and closed on a thread of its own.
public actor Spooler {
    public nonisolated let address: SpoolerAddress
    public nonisolated let queue: String
    let user: String
    let timeout: Duration
    private let executor = SpoolerQueue()
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - user: `requesting-user-name` of every request.
    ///   - timeout: whole seconds that connecting, and every wait for more of an answer, may take.
    public init(_ address: SpoolerAddress, queue: String, user: String = "anjungan", timeout: Duration = .seconds(10)) {
        self.address = address
        self.queue = queue
        self.user = user
        self.timeout = timeout
    }

    /// Hands one print to the queue, in one request; returns the number that CUPS gives the job.
    ///
    /// ``SpoolerError/Code/interrupted`` leaves open whether it was taken: the print id settles that.
    public func submit(_ id: PrintID, _ bytes: [UInt8]) throws(SpoolerError) -> Int {
        let connection = try SpoolerConnection(address, timeout: timeout)
        let request = IPPMessage(IPP_OP_PRINT_JOB, queue: queue, user: user)
        request.add(IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", id.rawValue)
        request.add(IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", "application/vnd.cups-raw")
        let response = try connection.exchange(request, to: "/printers/\(queue)", data: bytes)
        guard let job = response.groups(IPP_TAG_JOB).first, let number = job["job-id"]?.integers.first else {
            throw SpoolerError(.interrupted, "CUPS at \(address) took the job but gave it no number")
        }
        return number
    }

    /// Every job of the queue that CUPS remembers, finished or not, oldest first.
    public func jobs() throws(SpoolerError) -> [SpoolerJob] {
        try jobs(SpoolerConnection(address, timeout: timeout))
    }

    /// Cancels every unfinished job of that name; returns how many there were.
    public func cancel(named id: PrintID) throws(SpoolerError) -> Int {
        let connection = try SpoolerConnection(address, timeout: timeout)
        let unfinished = try jobs(connection).filter { $0.name == id.rawValue && !$0.state.isFinished }
        for job in unfinished {
            let request = IPPMessage(IPP_OP_CANCEL_JOB, queue: queue, user: user)
            request.add(IPP_TAG_OPERATION, integer: job.id, "job-id")
            do throws(SpoolerError) {
                _ = try connection.exchange(request, to: "/jobs/")
            } catch  where error.code == .refused {
                // It may have ended since it was listed; only one that goes on is a failure.
                let now = try jobs(connection).first { $0.id == job.id }
                if let now, !now.state.isFinished { throw error }
            }
        }
        return unfinished.count
    }

    /// Takes a print that did not come out, or may not have, out of the spooler: cancels what is unfinished, and removes the record
    /// of a job that CUPS calls completed.
    ///
    /// CUPS takes a backend that was ended by `kill -9` for one that succeeded; a finished job's state cannot be corrected, only purged.
    public func withdraw(_ id: PrintID) throws(SpoolerError) {
        _ = try cancel(named: id)
        let connection = try SpoolerConnection(address, timeout: timeout)
        for job in try jobs(connection) where job.name == id.rawValue && job.state == .completed {
            let request = IPPMessage(IPP_OP_CANCEL_JOB, queue: queue, user: user)
            request.add(IPP_TAG_OPERATION, integer: job.id, "job-id")
            request.add(IPP_TAG_OPERATION, boolean: true, "purge-job")
            _ = try connection.exchange(request, to: "/jobs/")
        }
    }

    /// Makes the queue, or gives it this device: enabled, accepting; a job that its backend fails is aborted, not repeated.
    ///
    /// - Parameters:
    ///   - errorPolicy: `printer-error-policy`, where it shall not be ours.
    ///   - description: how documents of other programs become the printer's commands; nil: raw jobs only.
    public func install(
        deviceURI: String, errorPolicy: String = "abort-job", description: QueueDescription? = nil
    ) throws(SpoolerError) {
        let connection = try SpoolerConnection(address, timeout: timeout)
        let request = IPPMessage(IPP_OP_CUPS_ADD_MODIFY_PRINTER, queue: queue, user: user)
        request.add(IPP_TAG_PRINTER, IPP_TAG_URI, "device-uri", deviceURI)
        request.add(IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-error-policy", errorPolicy)
        request.add(IPP_TAG_PRINTER, enumeration: IPP_PSTATE_IDLE, "printer-state")
        request.add(IPP_TAG_PRINTER, boolean: true, "printer-is-accepting-jobs")
        request.add(IPP_TAG_PRINTER, boolean: false, "printer-is-shared")
        _ = try connection.exchange(request, to: "/admin/", data: Array((description?.ppd ?? "").utf8))
    }

    /// Waits until the scheduler listens: cupsd tells nobody when it is ready, about 30 ms after its start.
    public func waitUntilReady(within limit: Duration = .seconds(10)) async throws {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while let error = unreachable() {
            guard error.code == .unreachable, clock.now < end else { throw error }
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    /// Why no connection can be made; nil when one can.
    private func unreachable() -> SpoolerError? {
        do throws(SpoolerError) {
            let connection = try SpoolerConnection(address, timeout: timeout)
            _ = consume connection
            return nil
        } catch {
            return error
        }
    }

    private func jobs(_ connection: borrowing SpoolerConnection) throws(SpoolerError) -> [SpoolerJob] {
        var jobs: [SpoolerJob] = []
        while true {
            let page = try self.page(connection, from: (jobs.last?.id ?? 0) + 1)
            jobs += page
            if page.count < Self.pageSize { return jobs }
        }
    }

    /// As many jobs as cupsd lists at once, whatever it is asked for.
    private static let pageSize = 500

    private func page(_ connection: borrowing SpoolerConnection, from first: Int) throws(SpoolerError) -> [SpoolerJob] {
        let request = IPPMessage(IPP_OP_GET_JOBS, queue: queue, user: user)
        request.add(IPP_TAG_OPERATION, integer: Self.pageSize, "limit")
        request.add(IPP_TAG_OPERATION, integer: first, "first-job-id")
        request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", "all")
        // cupsd puts finished jobs out of its memory and then leaves out their names, unless it is asked for something
        // that makes it read them in again, such as the UUID.
        request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", "job-id", "job-name", "job-state", "job-uuid")
        let response = try connection.exchange(request, to: "/printers/\(queue)")
        let jobs = response.groups(IPP_TAG_JOB).compactMap { job -> SpoolerJob? in
            guard let id = job["job-id"]?.integers.first, let state = job["job-state"]?.integers.first.flatMap(SpoolerJob.State.init)
            else { return nil }
            return SpoolerJob(id: id, name: job["job-name"]?.strings.first ?? "", state: state)
        }
        return jobs.sorted { $0.id < $1.id }
    }
}
