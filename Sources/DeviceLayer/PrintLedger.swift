public import Conditions
public import DeviceSocket

/// The durable memory of which prints were begun and how they ended.
///
/// The device layer prints a print id once because this ledger answers ``begin(_:)``
/// with ``LedgerAnswer/begun`` once. Everything is on disk before a call returns.
public protocol PrintLedger: Sendable {
    /// Asks whether the first byte of `id` may be sent now.
    ///
    /// Records that it was begun, durably, before it returns ``LedgerAnswer/begun``.
    func begin(_ id: PrintID) async throws -> LedgerAnswer

    /// Records how `id` ended, once; returns the result that stands, which is the first one recorded.
    /// Also settles an id that was never begun (cancelled while it waited).
    func settle(_ id: PrintID, _ result: PrintResult) async throws -> PrintResult

    /// As ``settle(_:_:)``, and counts the paper in the same step, once. A ledger that keeps no rolls leaves that out.
    func settle(_ id: PrintID, _ result: PrintResult, paper: PaperUse?) async throws -> PrintResult

    /// The settled result of `id`, if it has one.
    func result(of id: PrintID) async throws -> PrintResult?

    /// Called once at start: every id that was asked for or begun and never settled is settled now.
    ///
    /// Never begun → failed (`print-abandoned`); begun → unknown (`print-interrupted`).
    /// Returns what was settled, so that its spooler jobs can be cancelled.
    func settleUnfinished() async throws -> [PrintID: PrintResult]
}

extension PrintLedger {
    public func settle(_ id: PrintID, _ result: PrintResult, paper: PaperUse?) async throws -> PrintResult {
        try await settle(id, result)
    }
}

/// Paper that a print has moved, or may have.
public struct PaperUse: Hashable, Sendable {
    /// The printer's name.
    public var printer: String
    /// Thousandths of a millimetre.
    public var micrometres: Int

    public init(printer: String, micrometres: Int) {
        self.printer = printer
        self.micrometres = micrometres
    }
}

/// What the ledger says to one who wants to begin a print.
public enum LedgerAnswer: Hashable, Sendable {
    /// This id was never begun before; it is now.
    case begun
    /// It was begun in this run of the program and has not ended.
    case underWay
    case settled(PrintResult)
}
