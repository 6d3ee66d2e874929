import Conditions
import DeviceSocket
import ESCPOS

/// The prints that a device was asked for and that are not settled yet, in the order they came.
struct PrintQueue {
    enum Phase: Hashable {
        /// Waits for the prints before it.
        case queued
        /// The session machine has it.
        case inMachine
        /// Ended; the ledger is being told.
        case settling(PrintResult)
    }

    struct Entry {
        let id: PrintID
        let job: PrintJob
        var phase: Phase
        fileprivate var waiters: [@Sendable (PrintResult) -> Void] = []

        func resolve(_ result: PrintResult) { for waiter in waiters { waiter(result) } }
    }

    private var entries: [Entry] = []
    private var lastNumber = 0

    var isEmpty: Bool { entries.isEmpty }
    var queued: [PrintID] { entries.filter { $0.phase == .queued }.map(\.id) }
    /// The number of the job that the machine has.
    var inMachine: Int? { entries.first { $0.phase == .inMachine }?.job.number }

    subscript(id: PrintID) -> Entry? { entries.first { $0.id == id } }
    subscript(job: Int) -> Entry? { entries.first { $0.job.number == job } }

    /// Queues a print, or an end that is only to be recorded.
    mutating func add(_ id: PrintID, _ bytes: [UInt8], phase: Phase = .queued) -> Int {
        precondition(self[id] == nil, "a print id is queued once")
        lastNumber += 1
        let proofID = (0..<4).map { _ in UInt8.random(in: 0x20...0x7E) }
        entries.append(Entry(id: id, job: PrintJob(number: lastNumber, bytes: bytes, proofID: proofID), phase: phase))
        return lastNumber
    }

    /// Has `waiter` called with the result of `id`, which must be in the queue.
    mutating func join(_ id: PrintID, _ waiter: @escaping @Sendable (PrintResult) -> Void) {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { preconditionFailure("\(id) is not in the queue") }
        entries[index].waiters.append(waiter)
    }

    /// The next job for a machine that is free.
    mutating func startNext() -> PrintJob? {
        guard let index = entries.firstIndex(where: { $0.phase == .queued }) else { return nil }
        entries[index].phase = .inMachine
        return entries[index].job
    }

    mutating func settle(_ job: Int, _ result: PrintResult) {
        guard let index = entries.firstIndex(where: { $0.job.number == job }) else { return }
        entries[index].phase = .settling(result)
    }

    mutating func remove(_ job: Int) -> Entry? {
        entries.firstIndex { $0.job.number == job }.map { entries.remove(at: $0) }
    }

    mutating func removeAll() -> [Entry] {
        defer { entries = [] }
        return entries
    }
}
