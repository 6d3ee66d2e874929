import Conditions

@testable import ESCPOS

// The printer of a ``PaperWorld``: real-time commands act at once, everything else when its turn comes.

extension PaperWorld.Item {
    func isInk(of wanted: Int) -> Bool { if case .ink(wanted, _) = self { true } else { false } }

    var isQuestion: Bool {
        switch self {
        case .question, .proof: true
        case .ink, .cut: false
        }
    }
}

extension PrinterAnswer {
    /// Answers a poll.
    var isPolled: Bool { if case .realTimeStatus = self { true } else { false } }
}

extension PaperWorld {
    mutating func accept(_ bytes: [UInt8]) {
        guard hasConnection else { return violations.append("sent without a connection") }
        var decoder = CommandDecoder()
        for command in decoder.feed(bytes.drop { $0 == 0 }) {
            switch command {
            case .realTimeStatus(let number):
                let flags: PrinterFlags = hasPaper ? [] : [.offline, .paperEnd, .stoppedByPaperEnd]
                if machine.model.proof != .none, let query = RealTimeQuery(rawValue: number) {
                    answers.append(.realTimeStatus(RealTimeStatus(query, flags).byte))
                }
            case .clearBuffers:
                guard machine.model.clearing == .buffer else { break }
                buffer = []
                answers.append(Fixture.cleared)
            case .text(let text):
                let job = Int(text[0] - UInt8(ascii: "a"))
                if !begun.contains(job) { violations.append("job \(job) sent before it was begun") }
                buffer.append(.ink(job: job, count: text.count))
            case .cut: buffer.append(.cut)
            case .transmitStatus: buffer.append(.question)
            case .processID(let id): buffer.append(.proof(id))
            default: break
            }
        }
        let held = buffer.reduce(0) { sum, item in if case .ink(_, let count) = item { sum + count } else { sum } }
        if machine.model.proof == .processID || machine.model.proof == .queuedStatus, held > machine.model.bufferBytes {
            violations.append("\(held) letters in a buffer of \(machine.model.bufferBytes)")
        }
    }

    mutating func execute() {
        switch buffer.removeFirst() {
        case .ink(let job, let count):
            if let outcome = settled[job], outcome != .unknown, outcome != .sent {
                violations.append("job \(job) comes out after it was settled")
            }
            if job < jobs, executed[jobs] != nil { violations.append("job \(job) comes out behind job \(jobs)") }
            if let other = onSheet, other != job { violations.append("job \(job) stands on the sheet of job \(other)") }
            onSheet = job
            executed[job, default: 0] += count
            if executed[job]! > Self.letters { violations.append("job \(job) printed twice") }
        case .cut: onSheet = nil
        case .question: answers.append(.queuedStatus(0))
        case .proof(let id): answers.append(.processID(id))
        }
        if !hasConnection { answers = [] }
    }
}
