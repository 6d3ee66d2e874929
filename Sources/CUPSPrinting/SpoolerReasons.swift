import CCUPS

// What a queue says of itself to `lpstat`.

extension Spooler {
    /// The queue as CUPS shows it now.
    public func queueState() throws(SpoolerError) -> SpoolerQueueState {
        try queueState(SpoolerConnection(address, timeout: timeout))
    }

    /// Has the queue say that the printer is so, if nothing is being printed: while a job is under way its backend says it.
    ///
    /// Reasons that are not the printer's, such as *paused*, stay as they are.
    /// - Returns: false when a job is under way.
    func show(reasons: Set<String>, owned: Set<String>, message: String) throws(SpoolerError) -> Bool {
        let connection = try SpoolerConnection(address, timeout: timeout)
        let state = try queueState(connection)
        if state.isProcessing { return false }
        let wanted = state.reasons.subtracting(owned).union(reasons)
        if wanted == state.reasons, message == state.message { return true }
        let request = IPPMessage(IPP_OP_CUPS_ADD_MODIFY_PRINTER, queue: queue, user: user)
        request.add(IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "printer-state-reasons", wanted.isEmpty ? ["none"] : wanted.sorted())
        request.add(IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-state-message", message)
        _ = try connection.exchange(request, to: "/admin/")
        return true
    }

    private func queueState(_ connection: borrowing SpoolerConnection) throws(SpoolerError) -> SpoolerQueueState {
        let request = IPPMessage(IPP_OP_GET_PRINTER_ATTRIBUTES, queue: queue, user: user)
        request.add(
            IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
            ["printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs"])
        let printer = try connection.exchange(request, to: "/printers/\(queue)").groups(IPP_TAG_PRINTER).first ?? [:]
        return SpoolerQueueState(
            reasons: Set(printer["printer-state-reasons"]?.strings ?? []).subtracting(["none"]),
            message: printer["printer-state-message"]?.strings.first ?? "",
            isProcessing: printer["printer-state"]?.integers.first == Int(IPP_PSTATE_PROCESSING.rawValue),
            acceptsJobs: printer["printer-is-accepting-jobs"]?.integers.first == 1)
    }
}
