import Conditions

@testable import ESCPOS

/// A machine, the printer that its bytes reach, and the paper that comes out of it.
struct PaperWorld {
    /// What the printer holds and has not carried out.
    enum Item: Hashable {
        case ink(job: Int, count: Int)
        case cut, question
        case proof([UInt8])
    }

    enum Step: Hashable {
        case event(PrinterSessionMachine.Event)
        /// The printer carries out the next thing in its buffer.
        case execute
        /// Its next answer arrives; a poll's four arrive together.
        case deliver
        case paper(Bool)
        /// Switched off and on, on a line that stays up: only a poll that was under way tells.
        case powerCycle
    }

    /// More than the buffer holds.
    static let letters = 72

    /// What tells one situation from another; more attempts to connect, or other tokens to come, do not.
    struct Situation: Hashable {
        var state: PrinterSessionMachine.State
        var talk: StatusTalk
        var marks: [Bool]
        var timers: Set<PrinterSessionMachine.Timer>
        var numbers: [Int?]
        var begun: Set<Int>
        var settled: [Int: PrintOutcome]
        var buffer: [Item]
        var answers: [PrinterAnswer]
        var executed: [Int: Int]
        var violations: [String]
    }

    var machine: PrinterSessionMachine
    var hasConnection = false
    var wantsConnection = false
    var timers: Set<PrinterSessionMachine.Timer> = []
    var asksLedger: Int?
    var awaitsWriting: Int?
    /// The line's own wires were asked and have not answered; on some lines they never do.
    var asksSignals = false
    var jobs = 0
    var begun: Set<Int> = []
    var settled: [Int: PrintOutcome] = [:]
    // The printer.
    var buffer: [Item] = []
    var answers: [PrinterAnswer] = []
    var hasPaper = true
    var executed: [Int: Int] = [:]
    /// Lost power since the job began.
    var wasOff = false
    /// Whose ink is on the sheet that is not cut yet.
    var onSheet: Int?
    /// How often something has gone wrong; bounds the walk.
    var troubles = 0
    var violations: [String] = []

    init(_ model: PrinterModel) {
        machine = PrinterSessionMachine(model: model, patience: Fixture.patience, interrupted: false)
        receive(.started)
    }

    var situation: Situation {
        Situation(
            state: machine.state, talk: machine.talk,
            marks: [machine.isTorn, machine.ignoresClearing, hasConnection, wantsConnection, asksSignals, hasPaper, wasOff], timers: timers,
            numbers: [asksLedger, awaitsWriting, jobs, onSheet, troubles, machine.owed, machine.ordersToForget], begun: begun,
            settled: settled, buffer: buffer, answers: answers, executed: executed, violations: violations)
    }

    /// What the wires say now.
    var signals: PrinterFlags { hasPaper ? [] : [.paperEnd] }

    /// A healthy printer would answer something before the next poll.
    private var owesAnswer: Bool {
        !machine.talk.asked.isEmpty || !answers.isEmpty || hasPaper && buffer.contains { $0.isQuestion }
    }

    /// Everything that can happen next.
    func steps(jobs limit: Int, troubles: Int) -> [Step] {
        // A timer that beats an answer is a trouble, too.
        let isLate = owesAnswer || timers.contains(.withdrawal)
        var steps: [Step] = isLate && self.troubles >= troubles ? [] : timers.subtracting([.progress]).map { .event(.timedOut($0)) }
        // Fires long after everything that could still come has come.
        if timers.contains(.progress), !owesAnswer || self.troubles < troubles { steps.append(.event(.timedOut(.progress))) }
        if wantsConnection { steps.append(.event(.connected)) }
        if let job = asksLedger { steps += [.event(.begun(job)), .event(.refused(job))] }
        if let job = awaitsWriting { steps.append(.event(.written(job))) }
        if asksSignals { steps.append(.event(.signalled(signals))) }
        if machine.isFree, jobs < limit { steps.append(.event(.print(Fixture.job(jobs + 1, letters: Self.letters)))) }
        if jobs > 0, settled[jobs] == nil { steps.append(.event(.cancel(jobs))) }
        if !buffer.isEmpty, hasPaper { steps.append(.execute) }
        if hasConnection, !answers.isEmpty { steps.append(.deliver) }
        if !hasPaper { steps.append(.paper(true)) }
        if self.troubles < troubles {
            if hasConnection { steps.append(.event(.disconnected)) }
            if hasPaper { steps.append(.paper(false)) }
            if hasConnection, answers.contains(where: { $0.isPolled }) { steps.append(.powerCycle) }
        }
        return steps
    }

    mutating func take(_ step: Step) {
        switch step {
        case .event(let event): receive(event)
        case .execute: execute()
        case .deliver: deliver()
        case .paper(let there):
            hasPaper = there
            if !there { troubles += 1 }
        case .powerCycle:
            (buffer, answers, wasOff) = ([], [], true)
            troubles += 1
        }
    }

    private mutating func deliver() {
        var isPoll = false
        repeat {
            let answer = answers.removeFirst()
            isPoll = answer.isPolled
            receive(.answered(answer))
        } while isPoll && hasConnection && answers.first?.isPolled == true
    }

    mutating func receive(_ event: PrinterSessionMachine.Event) {
        switch event {
        case .connected: (hasConnection, wantsConnection) = (true, false)
        case .disconnected:
            (hasConnection, answers, asksSignals) = (false, [], false)
            awaitsWriting = nil
            troubles += 1
        case .timedOut(let timer):
            timers.remove(timer)
            if owesAnswer || timer == .withdrawal { troubles += 1 }
        case .print(let job): (jobs, wasOff) = (job.number, false)
        case .begun(let job):
            begun.insert(job)
            asksLedger = nil
        case .refused(let job):
            settled[job] = .failed
            asksLedger = nil
        case .written: awaitsWriting = nil
        case .signalled: asksSignals = false
        case .started, .answered, .cancel: break
        }
        let mayBegin = !machine.talk.isBlocked
        let isFirst = if case .connected = event { true } else { false }
        var sent = 0
        for effect in machine.handle(event) {
            if case .send = effect { sent += 1 }
            perform(effect)
            if case .begun = event, case .reportWritten(let job) = effect, !mayBegin {
                violations.append("job \(job) began on a printer that cannot print")
            }
            // The first words of a connection must already make the printer forget.
            if isFirst, sent == 1, machine.canForget { expectNothingOldInBuffer() }
        }
    }

    private mutating func perform(_ effect: PrinterSessionMachine.Effect) {
        switch effect {
        case .connect: wantsConnection = true
        case .disconnect: (hasConnection, answers, awaitsWriting, asksSignals) = (false, [], nil, false)
        case .send(let bytes): accept(bytes)
        case .askSignals: asksSignals = true
        case .reportWritten(let job): awaitsWriting = job
        case .startTimer(let timer, _): timers.insert(timer)
        case .stopTimer(let timer): timers.remove(timer)
        case .begin(let job): asksLedger = job
        case .settle(let job, let result): settle(job, result)
        case .report, .identified, .holdsLogo: break
        }
    }

    private mutating func settle(_ job: Int, _ result: PrintResult) {
        if settled[job] != nil { violations.append("job \(job) settled twice") }
        settled[job] = result.outcome
        let isWhole = executed[job] == Self.letters
        switch result.outcome {
        case .printed: if !isWhole { violations.append("job \(job) called printed after \(executed[job] ?? 0) letters") }
        case .processed: if !isWhole { violations.append("job \(job) called processed too early") }
        case .failed:
            if buffer.contains(where: { $0.isInk(of: job) }) {
                violations.append("job \(job) failed while some of it waits in the printer")
            }
            if isWhole { violations.append("job \(job) failed and is whole") }
        case .sent, .unknown: break
        }
    }

    private mutating func expectNothingOldInBuffer() {
        for job in settled.keys where buffer.contains(where: { $0.isInk(of: job) }) {
            violations.append("a new connection left job \(job) in the printer")
        }
    }
}
