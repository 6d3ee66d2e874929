/// One slot of a reader, and who waits at it.
struct SlotDesk: Hashable, Sendable {
    /// One thing that is asked of the slot.
    struct Ticket: Hashable, Sendable {
        /// nil: the machine itself asks.
        var id: Int?
        var work: Work
    }

    enum Work: Hashable, Sendable {
        /// A command whose answer may come in portions; until the card is known nobody can say how.
        case command(CommandAPDU, ResponseChaining?)
        case exchange([UInt8])
        case escape([UInt8])
        case reset
        /// What the card in the field calls itself.
        case identifier(ReaderCard)
        case answerToSelect(ReaderCard)
    }

    /// A command that waits until fewer slots are busy.
    struct Unsent: Hashable, Sendable {
        var command: ReaderCommand
        var sequence: UInt8
        var patience = Duration.zero
    }

    var machine: SlotMachine
    var queue: [Ticket] = []
    var current: Ticket?
    var unsent: Unsent?
    /// Whether the reader has a command of this slot.
    var isUnderWay = false
    /// The card that users were told of.
    var told: ReaderCard?

    init(_ description: ReaderDescription) { machine = SlotMachine(description) }

    /// Whether the reader has said what the slot holds.
    var isKnown: Bool {
        switch machine.state {
        case .unknown, .asking(before: .unknown): false
        case .asking, .empty, .activating, .ready, .exchanging, .escaping, .draining, .aborting, .failed: true
        }
    }

    func waits(for answer: ReaderAnswer) -> Bool { unsent == nil && machine.isUnderWay && answer.sequence == machine.sequence }

    /// Takes the next of the queue if the slot is free; what its machine is to be asked.
    mutating func beginNext() -> SlotMachine.Request? {
        guard current == nil, !queue.isEmpty, !machine.isUnderWay else { return nil }
        var ticket = queue.removeFirst()
        defer { current = ticket }
        switch ticket.work {
        case .command(let command, _):
            var transmission = TransmissionProtocol.t1
            if case .ready(let card) = machine.slot { transmission = card.transmission }
            let chaining = ResponseChaining(command, transmission)
            ticket.work = .command(command, chaining)
            return .exchange(chaining.first.octets)
        case .exchange(let octets): return .exchange(octets)
        case .escape(let octets): return .escape(octets)
        case .reset: return .reset
        case .identifier: return .exchange(ContactlessCommand.identifier.octets)
        case .answerToSelect: return .exchange(ContactlessCommand.answerToSelect.octets)
        }
    }
}

/// What users ask, what cards are asked for them, and what both are told.
extension ReaderMachine {
    mutating func ask(_ request: ReaderRequest, _ id: Int, _ slot: Int) -> [Effect] {
        guard phase == .open else { return [.finish(id: id, .failure(.noReader(detail)))] }
        guard desks.indices.contains(slot) else { return [.finish(id: id, .failure(.noSlot(of: desks.count)))] }
        let work: SlotDesk.Work =
            switch request {
            case .command(let command): .command(command, nil)
            case .exchange(let octets): .exchange(octets)
            case .escape(let octets): .escape(octets)
            case .reset: .reset
            }
        desks[slot].queue.append(SlotDesk.Ticket(id: id, work: work))
        return serve()
    }

    mutating func withdraw(_ id: Int) -> [Effect] {
        for slot in desks.indices {
            if let place = desks[slot].queue.firstIndex(where: { $0.id == id }) {
                desks[slot].queue.remove(at: place)
                return [.finish(id: id, .failure(.withdrawn))]
            }
            if desks[slot].current?.id == id {
                desks[slot].current = nil
                return [.finish(id: id, .failure(.withdrawn))] + carry(slot, desks[slot].machine.handle(.withdrawn))
            }
        }
        return []
    }

    mutating func changed(_ slot: Int, _ state: SlotState) -> [Effect] {
        switch state {
        case .activating: return [.report]
        case .empty, .failed:
            desks[slot].queue.removeAll { $0.id == nil }
            guard desks[slot].told != nil else { return [.report] }
            desks[slot].told = nil
            return [.report, .removed(slot: slot)]
        case .ready(let information):
            // Whoever resets a card knows which it is.
            if desks[slot].told != nil, desks[slot].current?.work == .reset { return [.report] }
            let card = ReaderCard(answerToReset: information.answer, transmission: information.transmission)
            guard description.level != .tpdu, information.answer.mayBeContactless else { return [.report] + tell(slot, card) }
            desks[slot].queue.insert(SlotDesk.Ticket(work: .identifier(card)), at: 0)
            return [.report]
        }
    }

    mutating func finished(_ slot: Int, _ result: Result<[UInt8], SlotFailure>) -> [Effect] {
        guard let ticket = desks[slot].current else { return [] }
        desks[slot].current = nil
        switch (ticket.work, result) {
        case (.command(let command, let chaining?), .success(let octets)): return goOn(slot, ticket, command, chaining, octets)
        case (.identifier(var card), .success(let octets)):
            guard let pointer = CardPointer(Self.content(of: octets)) else { return tell(slot, card) }
            card.pointer = pointer
            desks[slot].queue.insert(SlotDesk.Ticket(work: .answerToSelect(card)), at: 0)
            return []
        case (.answerToSelect(var card), .success(let octets)):
            let content = Self.content(of: octets)
            card.answerToSelect = content.isEmpty ? nil : content
            return tell(slot, card)
        case (.identifier(let card), .failure(let failure)), (.answerToSelect(let card), .failure(let failure)):
            return failure == .removed ? [] : tell(slot, card)
        case (.command, _), (.exchange, _), (.escape, _), (.reset, _):
            guard let id = ticket.id else { return [] }
            return [.finish(id: id, result.mapError(RequestFailure.slot))]
        }
    }

    private mutating func goOn(
        _ slot: Int, _ ticket: SlotDesk.Ticket, _ command: CommandAPDU, _ chaining: ResponseChaining, _ octets: [UInt8]
    ) -> [Effect] {
        guard let id = ticket.id else { return [] }
        var chaining = chaining
        let step: ResponseChaining.Step
        do throws(APDUError) {
            step = chaining.take(try ResponseAPDU(decoding: octets))
        } catch {
            return [.finish(id: id, .failure(.slot(.notAnAPDU(error))))]
        }
        switch step {
        case .finish(let answer): return [.finish(id: id, .success(answer.octets))]
        case .send(let next):
            desks[slot].current = SlotDesk.Ticket(id: id, work: .command(command, chaining))
            return carry(slot, desks[slot].machine.handle(.request(.exchange(next.octets))))
        }
    }

    /// The data of an answer that says 9000; empty else.
    private static func content(of octets: [UInt8]) -> [UInt8] {
        guard octets.count > 2, octets.suffix(2) == [0x90, 0x00] else { return [] }
        return octets.dropLast(2)
    }

    private mutating func tell(_ slot: Int, _ card: ReaderCard) -> [Effect] {
        let before = desks[slot].told
        guard before != card else { return [] }
        desks[slot].told = card
        return (before == nil ? [] : [.removed(slot: slot)]) + [.card(card, slot: slot)]
    }
}

extension AnswerToReset {
    /// Whether it is of the shape that readers make up for cards in their field: 3B 8n 80 01 (PC/SC part 3, 3.1.3.2.3). Some cards with
    /// contacts have it too.
    public var mayBeContactless: Bool {
        octets.count > 4 && octets[0] == 0x3B && octets[1] & 0xF0 == 0x80 && octets[2...3] == [0x80, 0x01]
    }
}
