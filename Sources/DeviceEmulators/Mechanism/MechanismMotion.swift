public import ESCPOS

/// How time moves the paper.
extension PrinterMechanism {
    /// Carries out whatever is due until `time`. Returns what the printer sends, in order.
    public mutating func advance(to time: Duration) -> [PrinterAnswer] {
        var answers: [PrinterAnswer] = []
        while isPowered, !isHung, !isOffline, !isHeld, step(until: time, &answers) {}
        now = max(now, time)
        return answers + say(statusChange()) + leaving()
    }

    /// Returns false when nothing more happens before `time`.
    private mutating func step(until time: Duration, _ answers: inout [PrinterAnswer]) -> Bool {
        switch motion {
        case .resting:
            guard let action = nextAction() else { return false }
            begin(action, &answers)
            return true
        case .moving(let band, let row):
            return move(band, from: row, until: time)
        case .cutting(let kind, let remaining):
            let available = (time - now).nanoseconds
            if available < remaining {
                motion = .cutting(kind, remaining: remaining - max(0, available))
                return false
            }
            now += .nanoseconds(remaining)
            finishCut()
            return true
        }
    }

    private mutating func nextAction() -> Action? {
        while actions.isEmpty {
            guard let command = queue.popFirst() else { return nil }
            revision += 1
            actions = interpreter.interpret(command)
        }
        return actions.removeFirst()
    }

    private mutating func begin(_ action: Action, _ answers: inout [PrinterAnswer]) {
        switch action {
        case .move(let band): motion = .moving(band, row: 0)
        case .cut(let kind): motion = .cutting(kind, remaining: settings.cutTime.nanoseconds)
        case .answer(let answer):
            if case .processID(let id) = answer { record(.processIDAnswered(String(decoding: id, as: UTF8.self))) }
            answers += say([answer])
        case .answerPaperSensor: answers += say([.queuedStatus(PaperSensor.byte(flags))])
        case .automaticStatus(let mask):
            automaticMask = mask
            automaticSent = nil
            answers += say(statusChange())
        case .openDrawer: record(.drawerOpened)
        case .ignore(let what): record(.ignored(what))
        }
    }

    /// Moves the rows that are due. Time is taken only for rows that were moved, so none is lost between two calls.
    private mutating func move(_ band: Band, from first: Int, until time: Duration) -> Bool {
        let due = min(max(0, (time - now).nanoseconds / rowTime), Int64(min(band.rows - first, rowsLeft)))
        for row in first..<first + Int(due) { print(row, of: band) }
        let next = first + Int(due)
        motion = next == band.rows ? .resting : .moving(band, row: next)
        tearOverlongPaper()
        return next == band.rows
    }

    private mutating func print(_ row: Int, of band: Band) {
        let isWhite = row >= band.ink.height || faults.contains(.reversedRoll)
        let begins = tape.move(isWhite ? nil : ink(row, of: band), at: now)
        now += .nanoseconds(rowTime)
        rowsLeft -= 1
        revision += 1
        if begins { record(.sheetStarted(tape.runningNumber)) }
        // Half a letter is not legible: a mark counts with its last row.
        guard row == band.ink.height - 1, !isIllegible else { return }
        for mark in band.marks { tape.mark(mark.content, rowsAgo: row - mark.row) }
    }

    /// Of a faded roll one dot in sixteen is left.
    private func ink(_ row: Int, of band: Band) -> ArraySlice<UInt8> {
        let dots = band.ink.row(row)
        guard faults.contains(.fadedRoll) else { return dots }
        return dots.map { row % 8 == 0 ? $0 & 0x22 : 0 }[...]
    }

    private mutating func finishCut() {
        if faults.contains(.cutterJam) {
            // Stays in `motion`, so that a recovery tries the same cut again.
            if case .cutting(let kind, _) = motion { motion = .cutting(kind, remaining: settings.cutTime.nanoseconds) }
            cutterIsStuck = true
            revision += 1
            return
        }
        motion = .resting
        if let sheet = tape.cut(at: now) { finished(sheet) }
    }

    private func isTooLong(_ rows: Int) -> Bool { rows > 2000 * model.dotsPerMillimetre }

    /// Two metres of uncut paper reach the floor and tear; it also bounds what is kept in memory.
    private mutating func tearOverlongPaper() {
        if isTooLong(tape.rows), let sheet = tape.tearOff(at: now) { finished(sheet) }
    }

    mutating func finished(_ sheet: Sheet) {
        record(.sheetFinished(sheet.number, cut: sheet.isCut))
        // What was printed below the knife begins the next sheet at once.
        if tape.startedAt != nil { record(.sheetStarted(tape.runningNumber)) }
    }
}
