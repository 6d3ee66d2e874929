/// What the ready lines of a serial printer mean over time; a value without a clock or a device.
///
/// A busy printer lets its line fall and rise again as it takes bytes. One that is offline, open or without paper keeps it
/// low and takes none.
struct ModemLines {
    struct Reading: Equatable {
        /// CTS is high: the printer takes bytes.
        var isClearToSend: Bool
        var isDataSetReady: Bool
    }

    /// As long as a session waits between two questions to a printer that it wants something from.
    static let patience = Duration.milliseconds(500)

    /// DSR is watched only where it is connected, which it shows by having been high.
    private var hasSeenDataSet = false
    /// Since then a line has been low at every reading, while no byte left.
    private var lowSince: ContinuousClock.Instant?
    private var lastWaiting = 0

    /// Takes the next reading.
    ///
    /// - Parameter waiting: bytes that have not left for the printer; a change says that it takes some.
    mutating func take(_ reading: Reading, waiting: Int, at now: ContinuousClock.Instant) -> LineSignals {
        if reading.isDataSetReady { hasSeenDataSet = true }
        let isLow = !reading.isClearToSend || hasSeenDataSet && !reading.isDataSetReady
        let takesBytes = waiting < lastWaiting
        lastWaiting = waiting
        guard isLow else {
            lowSince = nil
            return []
        }
        let since = takesBytes ? now : lowSince ?? now
        lowSince = since
        return now - since >= Self.patience ? .offline : []
    }
}
