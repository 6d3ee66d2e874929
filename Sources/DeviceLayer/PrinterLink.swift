import DeviceLines
import ESCPOS

/// Everything that reaches a printer device from outside, in the order it came.
enum PrinterInput: Sendable {
    /// News of the connection with this number; that of an older one can be told apart by it.
    case line(LineNews, link: Int)
    case written(job: Int, link: Int)
    case timedOut(PrinterSessionMachine.Timer, generation: Int)
    /// Work for the ledger, which takes time.
    case begin(job: Int)
    case settle(job: Int)
    case shutDown
}

extension PrinterFlags {
    /// What a line's own wires say, in the words of the other answers.
    init(_ signals: LineSignals) {
        self = []
        if signals.contains(.paperOut) { insert(.paperEnd) }
        if signals.contains(.offline) { insert(.offline) }
        if signals.contains(.error) { insert(.error) }
    }
}
