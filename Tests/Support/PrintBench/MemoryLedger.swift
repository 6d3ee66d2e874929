public import Conditions
public import DeviceLayer
public import DeviceSocket

/// A ledger that survives the device layer's death as the durable ones do: the test keeps it.
public actor MemoryLedger: PrintLedger {
    /// Thrown once it is full, as by a disk.
    public struct Full: Error {}

    private var begun: Set<PrintID> = []
    private var settled: [PrintID: PrintResult] = [:]
    /// In the order in which they were begun.
    public private(set) var begins: [PrintID] = []
    private var isFull = false

    public init() {}

    /// From now on nothing can be recorded.
    public func fill() { isFull = true }

    public func begin(_ id: PrintID) throws -> LedgerAnswer {
        if isFull { throw Full() }
        if let result = settled[id] { return .settled(result) }
        guard begun.insert(id).inserted else { return .underWay }
        begins.append(id)
        return .begun
    }

    public func settle(_ id: PrintID, _ result: PrintResult) throws -> PrintResult {
        if isFull { throw Full() }
        if let standing = settled[id] { return standing }
        settled[id] = result
        return result
    }

    public func result(of id: PrintID) -> PrintResult? { settled[id] }

    public func settleUnfinished() -> [PrintID: PrintResult] {
        var ended: [PrintID: PrintResult] = [:]
        for id in begun where settled[id] == nil { ended[id] = PrintResult(.unknown, reason: .printInterrupted) }
        settled.merge(ended) { standing, _ in standing }
        return ended
    }
}
