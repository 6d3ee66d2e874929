import Conditions
import ESCPOS

/// What is on disk: it outlives every run of the kiosk.
struct LabLedger {
    struct Entry {
        var isBegun = false
        var result: PrintResult?
        /// Lines of it on paper when it was settled.
        var linesWhenSettled = 0
    }
    var entries: [LabPrint: Entry] = [:]
    var order: [LabPrint] = []
    var lastBegun: LabPrint?

    /// Whether half of the print that was begun last may still hang in the printer.
    var lastPrintMayHang: Bool {
        switch lastBegun.flatMap({ entries[$0]?.result?.outcome }) {
        case .failed, .unknown: true
        case .printed, .processed, .sent, nil: false
        }
    }

    mutating func ask(_ print: LabPrint) {
        guard entries[print] == nil else { return }
        entries[print] = Entry()
        order.append(print)
    }
}

/// A ticket, or its copy.
struct LabPrint: Hashable, CustomStringConvertible {
    var visitor: Int
    var copy: Int
    var lines: Int
    /// With a picture between the lines.
    var hasPicture: Bool

    var description: String { "v\(visitor).\(copy)" }
    var name: String { "\(visitor).\(copy)" }

    /// Eight letters a line: `3.1 007`.
    func bytes(_ model: PrinterModel, picture: Command) -> [UInt8] {
        var commands: [Command] = [.initialize]
        if copy > 1 { commands += [.text(Array("SALINAN".utf8)), .lineFeed] }
        for line in 1...lines {
            commands += [.text(Array("\(name) \(line)".utf8)), .lineFeed]
            if hasPicture, line == lines / 2 { commands.append(picture) }
        }
        commands.append(.feedLines(UInt8(model.feedBeforeCut)))
        if model.cutter != .none { commands.append(.cut(.here(.partial))) }
        return commands.flatMap(\.bytes)
    }
}

/// One run of the kiosk's device layer: the machine, and what waits for it. As `PrinterDevice`, in simulated time.
struct LabKiosk {
    enum Phase: Equatable { case queued, inMachine, settling }
    struct Entry {
        var print: LabPrint
        var job: PrintJob
        var phase: Phase
    }

    /// Which run it is; news for another one is nobody's.
    let run: Int
    var machine: PrinterSessionMachine
    var answers = AnswerDecoder()
    var queue: [Entry] = []
    var lastJob = 0
    var timers: [PrinterSessionMachine.Timer: Int] = [:]
    /// The connection that is open or being made; an older one's news is dropped.
    var link = 0

    subscript(print: LabPrint) -> Entry? { queue.first { $0.print == print } }
    subscript(job: Int) -> Entry? { queue.first { $0.job.number == job } }

    mutating func setPhase(_ job: Int, _ phase: Phase) {
        if let index = queue.firstIndex(where: { $0.job.number == job }) { queue[index].phase = phase }
    }
}
