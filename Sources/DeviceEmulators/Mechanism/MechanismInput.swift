public import ESCPOS

/// What reaches the printer from outside: bytes, hands, power.
extension PrinterMechanism {
    /// Takes in the next bytes of the connection. Returns what the printer sends, in order.
    public mutating func receive(_ bytes: some Sequence<UInt8>, at time: Duration) -> [PrinterAnswer] {
        var answers = advance(to: time)
        guard isPowered else { return answers }
        if isHung {
            unheard += bytes
            return answers
        }
        for command in decoder.feed(bytes) {
            if command.isRealTime { answers += act(on: command) } else { queue.append(command) }
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
        case .powerOff: if on { losePower() }
        case .hang: if !on { answers += hearAgain() }
        case .coverOpen: if !on, !faults.contains(.cutterJam) { cutterIsStuck = false }
        case .paperOut: if !on, rowsLeft <= 0 { answers += loadRoll(metres: settings.rollMetres, at: time) }
        case .reversedRoll, .nearEnd, .cutterJam: break
        }
        return answers + advance(to: time)
    }

    /// Puts in a new roll, the right way round. What had come out is torn off; a broken-off line of text is printed anew.
    public mutating func loadRoll(metres: Double, at time: Duration) -> [PrinterAnswer] {
        let answers = advance(to: time)
        if let sheet = tape.tearOff(at: now) { finished(sheet) }
        faults.subtract([.paperOut, .reversedRoll, .nearEnd])
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
            // A printer that has nothing to recover from ignores it.
            guard isOffline else { return [] }
            clear()
        case .realTimeRequest: break
        case .clearBuffers:
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
        faults.remove(.hang)
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
