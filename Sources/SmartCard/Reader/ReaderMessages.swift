import Conditions

/// What the reader says, and what is said to it.
extension ReaderMachine {
    /// Messages in one second that answer nothing, above which a reader babbles.
    static let mostOffences = 64

    mutating func receive(_ octets: [UInt8]) -> [Effect] {
        let answer: ReaderAnswer
        do throws(ReaderMessageError) {
            answer = try ReaderAnswer(decoding: octets)
        } catch {
            return offend("\(error)")
        }
        let slot = Int(answer.slot)
        guard desks.indices.contains(slot), desks[slot].waits(for: answer) else {
            return offend("an answer that belongs to no question (slot \(slot), sequence \(answer.sequence))")
        }
        if case .moreTime = answer.outcome {
            let effects = offend("requests for more time without end")
            guard phase == .open else { return effects }
            return effects + carry(slot, desks[slot].machine.handle(.answered(answer)))
        }
        let effects = carry(slot, desks[slot].machine.handle(.answered(answer)))
        return effects + settleClock(slot)
    }

    /// The command that was under way is answered, and no other follows it at once.
    private mutating func settleClock(_ slot: Int) -> [Effect] {
        guard phase == .open, desks[slot].isUnderWay, !desks[slot].machine.isUnderWay else { return [] }
        desks[slot].isUnderWay = false
        busy -= 1
        return [.stop(.answer(slot: slot))]
    }

    mutating func notice(_ octets: [UInt8]) -> [Effect] {
        let effects = offend("notices without end")
        guard phase == .open else { return effects }
        switch ReaderNotice(decoding: octets, slots: desks.count) {
        case .slots(let told): return effects + noticed(told)
        // The command of that slot fails by itself.
        case .hardwareError: return effects
        case nil: return effects + offend("notices that are none (\(octets.prefix(8).hexadecimal))")
        }
    }

    private mutating func noticed(_ told: [ReaderNotice.Slot]) -> [Effect] {
        var effects: [Effect] = []
        for (slot, state) in told.enumerated() where phase == .open {
            // Gone and here again between two notices: the reader says whether the card still has its power.
            let isOther = state.isPresent && state.hasChanged && desks[slot].told != nil
            effects += carry(slot, desks[slot].machine.handle(isOther ? .pollDue : .noticed(isPresent: state.isPresent)))
        }
        return effects
    }

    mutating func stalled() -> [Effect] {
        var effects = offend("stalls without end")
        for slot in desks.indices where phase == .open && desks[slot].isUnderWay {
            effects += carry(slot, desks[slot].machine.handle(.timedOut(sequence: desks[slot].machine.sequence)))
        }
        return effects
    }

    /// Counts what nobody asked for.
    private mutating func offend(_ words: String) -> [Effect] {
        offences += 1
        guard offences <= Self.mostOffences else {
            return giveUp(
                .readerBabbles, "the reader babbles: \(words); it is reset; if that goes on, replace it or its cable", resets: true)
        }
        return offences == 1 ? [.start(.calm, .seconds(1))] : []
    }

    // MARK: What a slot wants

    mutating func carry(_ slot: Int, _ effects: [SlotMachine.Effect]) -> [Effect] {
        var done: [Effect] = []
        for effect in effects {
            guard phase == .open else { return done }
            switch effect {
            case .send(let command, let sequence): done += send(slot, command, sequence)
            case .wait(let time, let sequence):
                if desks[slot].unsent?.sequence == sequence {
                    desks[slot].unsent?.patience = time
                } else {
                    done.append(.start(.answer(slot: slot), time * patience))
                }
            case .abort(let sequence):
                // What was not sent need not be ended.
                if desks[slot].unsent == nil { done.append(.abort(slot: UInt8(slot), sequence: sequence)) }
            case .slot(let state): done += changed(slot, state)
            case .finish(let result): done += finished(slot, result)
            case .resetReader:
                done += giveUp(.readerHangs, "the reader does not answer any more; it is reset; if that goes on, unplug it", resets: true)
            }
        }
        return done + noteReadiness()
    }

    private mutating func send(_ slot: Int, _ command: ReaderCommand, _ sequence: UInt8) -> [Effect] {
        if desks[slot].unsent != nil {
            // ABORT of what never went out: a question that is answered the same way.
            desks[slot].unsent = SlotDesk.Unsent(command: command == .abort ? .slotStatus : command, sequence: sequence)
            return []
        }
        guard desks[slot].isUnderWay || busy < description.busySlots else {
            desks[slot].unsent = SlotDesk.Unsent(command: command, sequence: sequence)
            return []
        }
        if !desks[slot].isUnderWay { busy += 1 }
        desks[slot].isUnderWay = true
        return [.send(command.octets(slot: UInt8(slot), sequence: sequence))]
    }

    /// A reader is ready once it has said what its slots hold.
    private mutating func noteReadiness() -> [Effect] {
        guard phase == .open, condition != nil, desks.allSatisfy(\.isKnown) else { return [] }
        (condition, detail) = (nil, "")
        return [.report]
    }

    /// Sends what waited for a slot to become free, and lets slots that are free begin what was asked of them.
    mutating func serve() -> [Effect] {
        var effects: [Effect] = []
        var isDone = false
        while !isDone, phase == .open {
            isDone = true
            for slot in desks.indices where phase == .open {
                if let unsent = desks[slot].unsent, busy < description.busySlots {
                    desks[slot].unsent = nil
                    effects += send(slot, unsent.command, unsent.sequence)
                    effects.append(.start(.answer(slot: slot), unsent.patience * patience))
                }
                guard let request = desks[slot].beginNext() else { continue }
                isDone = false
                effects += carry(slot, desks[slot].machine.handle(.request(request)))
            }
        }
        return effects
    }
}
