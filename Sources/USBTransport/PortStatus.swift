import DeviceLines

/// What a printer's answers to GET_PORT_STATUS are worth. Many always answer 18h, all is well; some always 0, and some nothing.
struct PortStatus {
    /// One that did not answer the first time is not asked again: each question would hold up its data.
    let isAnswered: Bool
    /// What was believed last.
    private var known: LineSignals = []
    private var hasSaidSomething = false

    init(first: UInt8?) {
        isAnswered = first != nil
        _ = take(first)
    }

    /// The next answer; what was known stays so without one.
    mutating func take(_ answer: UInt8?) -> LineSignals {
        guard let answer else { return known }
        // Three wires that are low at once, and never were otherwise, are not connected.
        if answer & 0x38 != 0 { hasSaidSomething = true }
        if hasSaidSomething { known = LineSignals(portStatus: answer) }
        return known
    }
}
