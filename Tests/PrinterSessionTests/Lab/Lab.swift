import Conditions
import DeviceEmulators
import ESCPOS
import ReceiptMarkup
import SeededRandomness

/// A kiosk, a line, a printer and its paper, in simulated time.
///
/// Everything that happens stands in one agenda and is drawn from one generator, so that a seed repeats it.
struct Lab {
    enum Happening {
        case attempt(link: Int)
        case arrive([UInt8], link: Int)
        case answer([UInt8], link: Int)
        case broken(link: Int)
        case signals(link: Int)
        case written(job: Int, link: Int)
        case timer(PrinterSessionMachine.Timer, generation: Int, run: Int)
        case begin(LabPrint, job: Int, run: Int)
        case begun(job: Int, run: Int)
        case settle(LabPrint, job: Int, PrintResult, run: Int)
        case settled(job: Int, run: Int)
        case act(Act)
    }

    /// What somebody does from outside.
    enum Act: Equatable {
        case ask(LabPrint)
        case cancel(LabPrint)
        case fault(PrinterFault, Bool)
        /// `silently`: on TCP the printer has no time to say goodbye.
        case powerOff(silently: Bool)
        case powerOn
        case unplug, plug
        case newRoll
        case crash
        /// Dies between the ledger's writing and the first byte of the next print.
        case crashAtNextBegin
        case restart
    }

    let model: PrinterModel
    var now: Duration = .zero
    var printer: PrinterMechanism
    var line: LabLine
    var kiosk: LabKiosk?
    var ledger = LabLedger()
    var generator: SeededGenerator
    /// Tells what happens, when somebody wants to know.
    var trace: [String]?
    private var agenda: [(at: Duration, order: Int, what: Happening)] = []
    private var order = 0
    private var runs = 0
    private var links = 0
    private var timerGeneration = 0
    var crashesAtBegin = false
    /// Copies that visitors asked for after an unknown.
    var copiesWanted: Set<Int> = []

    init(
        _ model: PrinterModel, _ kind: LabLine.Kind, latency: Duration = .milliseconds(2), bytesPerSecond: Int = 5760,
        warmUp: Duration = .seconds(1), generator: SeededGenerator
    ) {
        self.model = model
        self.generator = generator
        line = LabLine(kind: kind, latency: latency, bytesPerSecond: bytesPerSecond)
        let settings = MechanismSettings(
            speed: 100, cutTime: .milliseconds(150), rollMetres: 20, nearEndMetres: 1, lateness: .milliseconds(2500), warmUp: warmUp,
            keptPictures: 0, keptSheets: 100)
        printer = PrinterMechanism(model: model, settings: settings, renderer: NoInk())
    }

    mutating func note(_ text: @autoclosure () -> String) {
        guard trace != nil else { return }
        let milliseconds = now.components.seconds * 1000 + now.components.attoseconds / 1_000_000_000_000_000
        trace?.append("\(milliseconds) ms  \(text())")
    }

    // MARK: Time

    mutating func plan(_ what: Happening, after delay: Duration) {
        order += 1
        let entry = (at: now + delay, order: order, what: what)
        let index = agenda.lastIndex { $0.at <= entry.at }.map { $0 + 1 } ?? 0
        agenda.insert(entry, at: index)
    }

    /// Runs until `time`, or until `isOver`.
    mutating func run(until time: Duration, _ isOver: (Lab) -> Bool = { _ in false }) {
        while !isOver(self) {
            let motion = printer.nextDeadline
            guard let next = [agenda.first?.at, motion].compactMap(\.self).min(), next <= time else {
                now = max(now, time)
                return
            }
            now = max(now, next)
            if let motion, motion <= now { hear(printer.advance(to: now)) }
            while let first = agenda.first, first.at <= now {
                agenda.removeFirst()
                happen(first.what)
            }
            pump()
        }
    }

    // MARK: What happens

    private mutating func happen(_ what: Happening) {
        switch what {
        case .attempt(let link): connect(link)
        case .arrive(let bytes, let link): arrive(bytes, link)
        case .answer(let bytes, let link): deliver(bytes, link)
        case .broken(let link):
            guard line.link == link else { return }
            note("connection broken")
            line.link = nil
            feed(.disconnected)
        case .signals(let link): if line.link == link { feed(.signalled(signals)) }
        case .written(let job, let link): if line.link == link { feed(.written(job)) }
        case .timer(let timer, let generation, let run):
            guard kiosk?.run == run, kiosk?.timers[timer] == generation else { return }
            kiosk?.timers[timer] = nil
            feed(.timedOut(timer))
        case .begin(let print, let job, let run): begin(print, job, run)
        case .begun(let job, let run): if kiosk?.run == run { feed(.begun(job)) }
        case .settle(let print, let job, let result, let run):
            guard kiosk?.run == run else { return }
            settle(print, result)
            plan(.settled(job: job, run: run), after: .milliseconds(1))
        case .settled(let job, let run):
            guard kiosk?.run == run else { return }
            kiosk?.queue.removeAll { $0.job.number == job }
            startIfFree()
        case .act(let act): self.act(act)
        }
    }

    private mutating func begin(_ print: LabPrint, _ job: Int, _ run: Int) {
        guard kiosk?.run == run, ledger.entries[print]?.result == nil else { return }
        note("ledger: \(print) begun")
        ledger.entries[print]?.isBegun = true
        ledger.lastBegun = print
        if crashesAtBegin {
            crashesAtBegin = false
            act(.crash)
        } else {
            plan(.begun(job: job, run: run), after: .milliseconds(1))
        }
    }

    mutating func settle(_ print: LabPrint, _ result: PrintResult) {
        guard ledger.entries[print]?.result == nil else { return }
        note("ledger: \(print) \(result.outcome.rawValue) (\(result.detail))")
        ledger.entries[print]?.result = result
        let lines = lines(of: print)
        ledger.entries[print]?.linesWhenSettled = lines
        // The visitor is asked, and says that nothing came out.
        guard result.outcome == .unknown, print.copy == 1, copiesWanted.contains(print.visitor) else { return }
        var copy = print
        copy.copy = 2
        plan(.act(.ask(copy)), after: .milliseconds(800))
    }

    // MARK: The line

    private mutating func connect(_ link: Int) {
        guard kiosk?.link == link else { return }
        let isReachable =
            switch line.kind {
            case .tcp: printer.isPowered && line.isPlugged && now >= printer.startsUpUntil
            case .usb: printer.isPowered && line.isPlugged && now >= printer.startsUpUntil
            case .serial: true
            }
        guard isReachable else { return feed(.disconnected) }
        (line.link, line.isDead) = (link, false)
        kiosk?.answers = AnswerDecoder()
        note("connected")
        feed(.connected)
    }

    private mutating func arrive(_ bytes: [UInt8], _ link: Int) {
        switch line.kind {
        // What the kiosk's end has let go does not arrive any more, and a command may break off anywhere.
        case .usb, .serial: if !line.isPlugged || !printer.isPowered || line.link != link { return }
        case .tcp: if !printer.isPowered { return }
        }
        if line.isDead {
            if printer.isPowered { plan(.broken(link: link), after: line.latency) }
            return
        }
        line.put(bytes)
    }

    /// The printer takes in what it has room for.
    private mutating func pump() {
        if line.kind == .serial, !printer.isPowered { return line.drop() }
        while !line.isEmpty, printer.acceptsInput, line.isPlugged || line.kind != .tcp {
            hear(printer.receive(line.take(512), at: now))
        }
    }

    mutating func hear(_ answers: [PrinterAnswer]) {
        guard !answers.isEmpty, let link = line.link, !line.isDead, line.isPlugged || line.kind == .tcp else { return }
        let bytes = answers.flatMap(\.bytes)
        // Answers come in pieces, too.
        let cut = bytes.count > 1 && generator.next() % 8 == 0 ? Int(generator.next() % UInt64(bytes.count)) : 0
        if cut > 0 { plan(.answer(Array(bytes[..<cut]), link: link), after: line.latency) }
        plan(.answer(Array(bytes[cut...]), link: link), after: line.latency)
    }

    private mutating func deliver(_ bytes: [UInt8], _ link: Int) {
        guard line.link == link || line.kind == .serial && line.link != nil else { return }
        for answer in kiosk?.answers.feed(bytes) ?? [] { feed(.answered(answer)) }
    }

    // MARK: The kiosk's device layer

    private mutating func startIfFree() {
        guard kiosk?.machine.isFree == true, let next = kiosk?.queue.first(where: { $0.phase == .queued }) else { return }
        kiosk?.setPhase(next.job.number, .inMachine)
        feed(.print(next.job))
    }

    private mutating func feed(_ event: PrinterSessionMachine.Event) {
        guard let effects = kiosk?.machine.handle(event) else { return }
        for effect in effects { perform(effect) }
        startIfFree()
    }

    private mutating func perform(_ effect: PrinterSessionMachine.Effect) {
        guard let run = kiosk?.run else { return }
        switch effect {
        case .connect(let delay):
            links += 1
            kiosk?.link = links
            plan(.attempt(link: links), after: delay + .milliseconds(5))
        case .disconnect:
            note("hangs up")
            hangUp()
        case .send(let bytes): send(bytes)
        case .askSignals:
            if line.kind == .usb, let link = line.link { plan(.signals(link: link), after: line.latency) }
        case .reportWritten(let job):
            if let link = line.link { plan(.written(job: job, link: link), after: max(.zero, line.busyUntil - now) + line.latency) }
        case .startTimer(let timer, let duration):
            timerGeneration += 1
            kiosk?.timers[timer] = timerGeneration
            plan(.timer(timer, generation: timerGeneration, run: run), after: duration)
        case .stopTimer(let timer): kiosk?.timers[timer] = nil
        case .begin(let job):
            guard let entry = kiosk?[job] else { return }
            plan(.begin(entry.print, job: job, run: run), after: .milliseconds(1))
        case .settle(let job, let result):
            guard let entry = kiosk?[job] else { return }
            note("machine: \(entry.print) \(result.outcome.rawValue)")
            kiosk?.setPhase(job, .settling)
            plan(.settle(entry.print, job: job, result, run: run), after: .milliseconds(1))
        case .report(let status): note("status: \(status.isReady ? "ready" : "not ready") \(status.conditions.map(\.rawValue).sorted())")
        case .identified(let identity): note("identified: \(identity.model)")
        case .holdsLogo(let isHeld): note(isHeld ? "holds the logo" : "does not hold the logo")
        }
    }

    /// What GET_PORT_STATUS of a printer that fills it honestly says.
    private var signals: PrinterFlags { printer.flags.intersection([.paperEnd, .offline, .error]) }

    /// Puts bytes on the line, which takes its time for each.
    private mutating func send(_ bytes: [UInt8]) {
        guard let link = line.link else { return }
        line.busyUntil = max(line.busyUntil, now)
        for start in stride(from: 0, to: bytes.count, by: 40) {
            let piece = Array(bytes[start..<min(start + 40, bytes.count)])
            line.busyUntil += .microseconds(1_000_000 * piece.count / line.bytesPerSecond)
            plan(.arrive(piece, link: link), after: line.busyUntil - now + line.latency)
        }
    }

    /// What was sent and not taken in arrives on TCP, and is lost on a cable whose end was let go.
    private mutating func hangUp() {
        if line.link != nil, line.kind != .tcp { line.drop() }
        line.link = nil
        // A printer's network port serves one connection after the other.
        if line.kind != .tcp { line.busyUntil = now }
    }
}

// MARK: - From outside

extension Lab {
    mutating func act(_ act: Act) {
        note("– \(act)")
        switch act {
        case .ask(let print): ask(print)
        case .cancel(let print): cancel(print)
        case .fault(let fault, let on): hear(printer.set(fault, on, at: now))
        case .powerOff(let silently):
            hear(printer.set(.powerOff, true, at: now))
            switch line.kind {
            case .tcp where silently: line.isDead = true
            case .tcp, .usb: if let link = line.link { plan(.broken(link: link), after: line.latency) }
            case .serial: break
            }
            line.drop()
        case .powerOn: hear(printer.set(.powerOff, false, at: now))
        case .unplug:
            line.isPlugged = false
            guard line.kind != .tcp else { return }
            line.drop()
            if line.kind == .usb, let link = line.link { plan(.broken(link: link), after: line.latency) }
        case .plug: line.isPlugged = true
        case .newRoll: hear(printer.loadRoll(metres: 20, at: now))
        case .crash:
            kiosk = nil
            hangUp()
        case .crashAtNextBegin: crashesAtBegin = true
        case .restart: restart()
        }
    }

    /// As the device layer starts: what was asked for and not settled is settled first.
    private mutating func restart() {
        guard kiosk == nil else { return }
        for print in ledger.order {
            guard let entry = ledger.entries[print], entry.result == nil else { continue }
            settle(
                print,
                entry.isBegun
                    ? PrintResult(.unknown, reason: .printInterrupted, detail: "the program ended while it printed")
                    : PrintResult(.failed, reason: .printAbandoned, detail: "the program ended before it was begun"))
        }
        runs += 1
        kiosk = LabKiosk(
            run: runs,
            machine: PrinterSessionMachine(
                model: model, interrupted: ledger.lastPrintMayHang, token: UInt32(truncatingIfNeeded: generator.next())))
        feed(.started)
    }

    private mutating func ask(_ print: LabPrint) {
        guard kiosk != nil else { return }
        ledger.ask(print)
        guard ledger.entries[print]?.result == nil, kiosk?[print] == nil else { return }
        kiosk?.lastJob += 1
        let proof = (0..<4).map { _ in 0x20 + UInt8(generator.next() % 95) }
        let job = PrintJob(number: kiosk!.lastJob, bytes: print.bytes(model, picture: picture), proofID: proof)
        kiosk?.queue.append(LabKiosk.Entry(print: print, job: job, phase: .queued))
        startIfFree()
    }

    private mutating func cancel(_ print: LabPrint) {
        guard let kiosk, ledger.entries[print]?.result == nil else { return }
        let cancelled = PrintResult(.failed, reason: .printCancelled, detail: "cancelled before its first byte was sent")
        guard let entry = kiosk[print] else {
            ledger.ask(print)
            return settle(print, cancelled)
        }
        switch entry.phase {
        case .queued:
            self.kiosk?.setPhase(entry.job.number, .settling)
            plan(.settle(print, job: entry.job.number, cancelled, run: kiosk.run), after: .milliseconds(1))
        case .inMachine: feed(.cancel(entry.job.number))
        case .settling: break
        }
    }

    private var picture: Command {
        let height = min(model.stripRows, 40)
        return .raster(
            DotImage(width: model.dots, height: height, bits: Array(repeating: 0x55, count: height * model.dots / 8)), scale: .normal)
    }

    // MARK: The paper

    var sheets: [Sheet] { printer.finishedSheets + (printer.runningSheet.map { [$0] } ?? []) }

    func lines(of print: LabPrint) -> Int {
        let start = print.name + " "
        return sheets.reduce(0) { $0 + $1.lines.count { $0.hasPrefix(start) } }
    }
}

/// Draws blank letters: only what is legible counts here.
struct NoInk: DotRenderer {
    func image(png: [UInt8], maxWidth: Int) throws(DotRenderingError) -> DotImage {
        throw DotRenderingError(.notAPicture, "not needed here")
    }
    func text(_ text: String, cells: Int, cellWidth: Int, cellHeight: Int, bold: Bool) throws(DotRenderingError) -> DotImage {
        DotImage(width: cells * cellWidth, height: cellHeight) { _, _ in false }
    }
    func barcode(_ code: Barcode) throws(DotRenderingError) -> DotImage { DotImage(width: 8, height: 8) { _, _ in true } }
    func qrCode(_ data: [UInt8], cell: Int, level: QRLevel) throws(DotRenderingError) -> DotImage {
        DotImage(width: 8, height: 8) { _, _ in true }
    }
}
