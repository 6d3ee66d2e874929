import Conditions
import DeviceSocket
import Glibc

/// Takes one job to the device layer, however often that goes away, and waits for the settled result.
struct Relay {
    let job: Job
    let stop: StopSignal
    private var reasons = StateReasons()
    private var isCancelled = false
    /// A device layer was given all of it, so it may have printed it.
    private var wasHandedOver = false
    /// Of the attempts after a cancellation: cupsd kills a backend 30 s after it cancelled its job.
    private var waitedSinceCancel = 0
    private static let longestWaitAfterCancel = 20_000

    init(job: Job, stop: StopSignal) {
        self.job = job
        self.stop = stop
    }

    mutating func run() throws(BackendError) -> ExitCode {
        var delay = 100
        while true {
            do throws(Connection.Failure) {
                var connection = try Connection.open(job.socketPath)
                delay = 100
                return try converse(&connection)
            } catch {
                switch error {
                case .broken(let error): throw error
                case .away(let why): log(.info, why)
                }
            }
            reasons.show([StateReasons.connecting])
            guard wait(delay) else {
                reasons.show([])
                log(.error, "cancelled while the device layer was away")
                return wasHandedOver ? .hold : .cancelled
            }
            delay = min(delay * 2, 2_000)
        }
    }

    /// Waits before the next attempt. False: this job was cancelled, and the device layer stayed away.
    private mutating func wait(_ milliseconds: Int) -> Bool {
        var waits = [pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)]
        poll(&waits, 1, CInt(milliseconds))
        isCancelled = stop.take() || isCancelled
        guard isCancelled else { return true }
        waitedSinceCancel += milliseconds
        return wasHandedOver && waitedSinceCancel < Self.longestWaitAfterCancel
    }

    private mutating func converse(_ connection: inout Connection) throws(Connection.Failure) -> ExitCode {
        if isCancelled {
            try connection.send(.cancel(device: job.request.device, id: job.request.id))
        } else {
            for frame in ClientFrame.frames(of: job.request, job.bytes) { try connection.send(frame) }
            wasHandedOver = true
        }
        while true {
            for frame in try connection.receive(until: stop, milliseconds: -1) {
                switch frame {
                case .status(let status): reasons.show(Set(status.conditions.compactMap(\.printerStateReason)))
                case .result(let result): return finish(result)
                case .refused(let why):
                    reasons.show([])
                    throw .broken(BackendError("the device layer refused the job: \(why)"))
                case .device, .endOfDevices, .identity:
                    throw .broken(
                        BackendError("the device layer answered what nobody asked; install anjungan and escpos from the same build"))
                }
            }
            if stop.take(), !isCancelled {
                isCancelled = true
                log(.info, "cancelling")
                try connection.send(.cancel(device: job.request.device, id: job.request.id))
            }
        }
    }

    private mutating func finish(_ result: PrintResult) -> ExitCode {
        reasons.show([])
        let words = [result.outcome.rawValue, result.reason.map { "(\($0.rawValue))" } ?? "", result.detail]
        let message = words.filter { !$0.isEmpty }.joined(separator: " ")
        switch result.outcome {
        case .printed, .processed, .sent:
            log(.info, message)
            return .done
        case .failed:
            log(.error, message)
            return result.reason == .printCancelled ? .cancelled : .failed
        case .unknown:
            log(.error, message)
            return .hold
        }
    }
}
