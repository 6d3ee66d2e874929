public import ESCPOS
import ReceiptMarkup

/// What reaches the printer from outside: bytes, hands, power.
extension PrinterMechanism {
    /// Takes in the next bytes of the connection. Returns what the printer sends, in order.
    public mutating func receive(_ bytes: some Collection<UInt8>, at time: Duration) -> [PrinterAnswer] {
        var answers = advance(to: time)
        bytesReceived += bytes.count
        guard isPowered, now >= startsUpUntil else { return answers }
        if isHung {
            unheard += bytes
            return answers
        }
        for command in decoder.feed(bytes) {
            guard !command.isRealTime else {
                answers += say(act(on: command))
                continue
            }
            queue.append(command)
            if model.quirks.contains(.realTimeInData) { for order in command.ordersInPicture { answers += say(act(on: order)) } }
        }
        revision += 1
        return answers + advance(to: time)
    }

    /// Switches a fault on or off. Returns what the printer sends because of it.
    public mutating func set(_ fault: PrinterFault, _ on: Bool, at time: Duration) -> [PrinterAnswer] {
        var answers = advance(to: time)
        guard faults.contains(fault) != on else {
            // The sensor tells the truth: a roll that has run out needs paper, not another sensor.
            if fault == .paperOut, !on, rowsLeft <= 0 { answers += loadRoll(metres: settings.rollMetres, at: time) }
            return answers
        }
        record(.fault(fault, on: on))
        if on { faults.insert(fault) } else { faults.remove(fault) }
        switch fault {
        case .powerOff: if on { losePower() } else { startsUpUntil = now + settings.warmUp }
        case .hang: if !on { answers += hearAgain() }
        case .coverOpen: if !on, !faults.contains(.cutterJam) { cutterIsStuck = false }
        case .paperOut: if !on, rowsLeft <= 0 { answers += loadRoll(metres: settings.rollMetres, at: time) }
        case .reversedRoll, .nearEnd, .cutterJam, .headHot, .unrecoverable, .fadedRoll, .deaf, .garbage, .late: break
        }
        return answers + advance(to: time)
    }

    /// Puts in a new roll, the right way round. What had come out is torn off; a broken-off line of text is printed anew.
    public mutating func loadRoll(metres: Double, at time: Duration) -> [PrinterAnswer] {
        let answers = advance(to: time)
        if let sheet = tape.tearOff(at: now) { finished(sheet) }
        faults.subtract([.paperOut, .reversedRoll, .fadedRoll, .nearEnd])
        rowsLeft = Int(metres * 1000) * model.dotsPerMillimetre
        if case .moving(let band, let row) = motion, band.restartsOnNewPaper, row < band.ink.height { motion = .moving(band, row: 0) }
        record(.rollLoaded(metres: metres))
        return answers + advance(to: time)
    }

    /// Stops the motors once the running sheet has this many lines of text; nil lets them go on.
    ///
    /// The printer still takes data and answers questions. So whoever has to catch it in the middle of a sheet can,
    /// however late they look.
    public mutating func hold(atLines lines: Int?, at time: Duration) -> [PrinterAnswer] {
        let answers = advance(to: time)
        heldAtLines = lines
        revision += 1
        return answers + advance(to: time)
    }

    /// Notes who is there; a printer does nothing about it, what it holds is printed in any case.
    public mutating func connectionChanged(isOpen: Bool, at time: Duration) -> [PrinterAnswer] {
        let answers = advance(to: time)
        record(isOpen ? .connected : .disconnected)
        return answers
    }

    private mutating func act(on command: Command) -> [PrinterAnswer] {
        switch command {
        case .realTimeStatus(let number):
            guard model.proof != .none, let query = RealTimeQuery(rawValue: number) else {
                record(.ignored("DLE EOT \(number)"))
                return []
            }
            return [.realTimeStatus(RealTimeStatus(query, flags).byte)]
        case .realTimeRequest(1):
            if !faults.contains(.coverOpen) { cutterIsStuck = false }
        case .realTimeRequest(2):
            // Only a jammed knife is an error that it recovers from; without paper, say, it does nothing.
            guard cutterIsStuck, model.clearing != .none else { return [] }
            clear()
        case .realTimeRequest: break
        case .clearBuffers:
            guard model.clearing == .buffer else {
                record(.ignored("DLE DC4 8"))
                return []
            }
            clear()
            return [Self.clearResponse]
        case .realTimePulse: record(.drawerOpened)
        default: preconditionFailure("not a real-time command")
        }
        return []
    }

    /// `37 25 00`, sent when `DLE DC4 8` has done its work.
    static let clearResponse = PrinterAnswer.unknown([0x37, 0x25, 0x00])

    /// Throws away everything that was not printed, and with it every question in it.
    private mutating func clear() {
        record(.bufferCleared(bytes: queue.bytes))
        queue.removeAll()
        actions = []
        interpreter.clearLine()
        motion = .resting
        cutterIsStuck = false
    }

    private mutating func losePower() {
        powerLosses += 1
        if bufferedBytes > 0 { record(.bufferCleared(bytes: bufferedBytes)) }
        queue.removeAll()
        actions = []
        decoder = CommandDecoder()
        interpreter.initialize()
        motion = .resting
        unheard = []
        cutterIsStuck = false
        automaticMask = []
        automaticSent = nil
        outbox = []
        faults.subtract([.hang, .unrecoverable])
    }

    private mutating func hearAgain() -> [PrinterAnswer] {
        let bytes = unheard
        unheard = []
        return receive(bytes, at: now)
    }

    /// The automatic status, when it is switched on and something it is to report has changed.
    mutating func statusChange() -> [PrinterAnswer] {
        guard !automaticMask.isEmpty, isPowered, !isHung else { return [] }
        let watched = flags.intersection(automaticMask.flags)
        guard watched != automaticSent else { return [] }
        automaticSent = watched
        return [.automaticStatus(AutomaticStatus(flags))]
    }

    // MARK: The way out

    /// Sends answers as its faults let it: not at all, as noise, or later. Returns what leaves now.
    mutating func say(_ answers: [PrinterAnswer]) -> [PrinterAnswer] {
        guard !faults.contains(.deaf), !answers.isEmpty else { return [] }
        let said = faults.contains(.garbage) ? answers.map { _ in garbage() } : answers
        guard faults.contains(.late) || !outbox.isEmpty else { return said }
        // What is said after a late answer does not overtake it.
        let due = max(outbox.last?.due ?? .zero, faults.contains(.late) ? now + settings.lateness : now)
        outbox += said.map { (due, $0) }
        return []
    }

    /// The late answers that are due.
    mutating func leaving() -> [PrinterAnswer] {
        guard isPowered, !isHung, let first = outbox.first, first.due <= now else { return [] }
        let count = outbox.firstIndex { $0.due > now } ?? outbox.count
        defer { outbox.removeFirst(count) }
        return outbox[..<count].map(\.answer)
    }

    /// One to four bytes, of which the first begins no answer that exists.
    private mutating func garbage() -> PrinterAnswer {
        func draw() -> UInt8 {
            // Numerical Recipes' linear congruential generator; its high bits are random enough for noise.
            noise = noise &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: noise >> 24)
        }
        let count = Int(draw() % 4)
        return .unknown([draw() | 0x80] + (0..<count).map { _ in draw() })
    }
}

extension Command {
    /// What a printer finds in the dots of a picture that looks for real-time commands everywhere.
    fileprivate var ordersInPicture: [Command] {
        let bytes: [UInt8]
        switch self {
        case .raster(let image, _): bytes = image.bits
        case .columnImage(let image): bytes = image.columns
        default: return []
        }
        return bytes.indices.dropLast(2).compactMap { index in
            guard bytes[index] == 0x10 else { return nil }
            var decoder = CommandDecoder()
            return decoder.feed(bytes[index..<min(index + 10, bytes.count)]).first { $0.isRealTime }
        }
    }
}

extension AutomaticStatusMask {
    /// The flags whose change shall be reported.
    var flags: PrinterFlags {
        var flags: PrinterFlags = []
        if contains(.drawer) { flags.insert(.drawerPin) }
        if contains(.online) { flags.formUnion([.offline, .coverOpen]) }
        if contains(.error) { flags.formUnion([.recoverableError, .cutterError, .unrecoverableError, .autoRecoverableError]) }
        if contains(.paper) { flags.formUnion([.paperNearEnd, .paperEnd]) }
        if contains(.panel) { flags.insert(.feedButton) }
        return flags
    }
}
