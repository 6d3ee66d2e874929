import Conditions
import DeviceLayer
import DeviceSocket

/// A ledger that survives the device layer's death as the durable ones do: the test keeps it.
actor MemoryLedger: PrintLedger {
    struct Full: Error {}

    private var begun: Set<PrintID> = []
    private var settled: [PrintID: PrintResult] = [:]
    private(set) var begins: [PrintID] = []
    private var isFull = false

    func fill() { isFull = true }

    func begin(_ id: PrintID) throws -> LedgerAnswer {
        if isFull { throw Full() }
        if let result = settled[id] { return .settled(result) }
        guard begun.insert(id).inserted else { return .underWay }
        begins.append(id)
        return .begun
    }

    func settle(_ id: PrintID, _ result: PrintResult) throws -> PrintResult {
        if isFull { throw Full() }
        if let standing = settled[id] { return standing }
        settled[id] = result
        return result
    }

    func result(of id: PrintID) -> PrintResult? { settled[id] }

    func settleUnfinished() -> [PrintID: PrintResult] {
        var ended: [PrintID: PrintResult] = [:]
        for id in begun where settled[id] == nil { ended[id] = PrintResult(.unknown, reason: .printInterrupted) }
        settled.merge(ended) { standing, _ in standing }
        return ended
    }
}
