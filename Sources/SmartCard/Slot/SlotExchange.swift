/// One command on its way through the reader, by what the reader takes as one piece.
struct CardExchange: Hashable, Sendable {
    enum Stage: Hashable, Sendable {
        /// One message there, one back.
        case whole
        /// A long APDU: the octets that are still to go.
        case chaining(rest: [UInt8])
        /// A long answer: the octets that have come.
        case collecting([UInt8])
        /// Blocks of T=1.
        case blocks
    }
    var stage: Stage
    /// bBWI of the message under way.
    var waiting: UInt8 = 0
}

extension SlotMachine {
    mutating func exchange(_ octets: [UInt8], _ card: ActiveCard) -> [Effect] {
        let command: CommandAPDU
        do throws(APDUError) {
            command = try CommandAPDU(decoding: octets)
        } catch {
            return [.finish(.failure(.notAnAPDU(error)))]
        }
        switch reader.level {
        case .tpdu where card.blocks != nil:
            isAwaited = true
            return drive(card, .transmit(octets))
        case .tpdu: return exchangeOctets(command, card)
        case .shortAPDU:
            guard !command.isExtended, octets.count <= room else { return [.finish(.failure(.tooLong))] }
            return transfer(octets, card, CardExchange(stage: .whole), level: 0)
        case .extendedAPDU:
            guard octets.count > room else { return transfer(octets, card, CardExchange(stage: .whole), level: 0) }
            let first = Array(octets.prefix(room))
            return transfer(first, card, CardExchange(stage: .chaining(rest: Array(octets.dropFirst(room)))), level: 1)
        case nil: return [.finish(.failure(.unsupportedCard))]
        }
    }

    /// Octets that fit into one message.
    private var room: Int { reader.messageLength - 10 }

    /// The header and what belongs to it, as T=0 has it: P3 is always there, and Le never behind data (ISO/IEC 7816-3, 12.2).
    private mutating func exchangeOctets(_ command: CommandAPDU, _ card: ActiveCard) -> [Effect] {
        guard !command.isExtended else { return [.finish(.failure(.tooLong))] }
        let body: [UInt8] =
            command.data.isEmpty ? [UInt8((command.expected ?? 0) & 0xFF)] : [UInt8(command.data.count)] + command.data
        return transfer(command.header + body, card, CardExchange(stage: .whole), level: 0)
    }

    private mutating func transfer(_ octets: [UInt8], _ card: ActiveCard, _ exchange: CardExchange, level: UInt16) -> [Effect] {
        isAwaited = true
        state = .exchanging(card, exchange)
        return send(.transfer(octets, waiting: exchange.waiting, level: level), patience(card, waiting: exchange.waiting))
    }

    mutating func goOn(_ exchange: CardExchange, _ card: ActiveCard, _ answer: ReaderAnswer) -> [Effect] {
        switch (answer.outcome, answer.content) {
        case (.done, .data(let octets, let chain)):
            switch exchange.stage {
            case .blocks: return drive(card, .received(octets))
            case .whole, .collecting: return collect(octets, chain, exchange, card)
            case .chaining(let rest): return chain == 0x10 && octets.isEmpty ? sendNext(rest, card) : end(card, .failure(.nonsense))
            }
        case (.failed(let error), _):
            guard exchange.stage == .blocks, error.isOfTheLine else { return failed(error, answer.card, card) }
            return drive(card, .lost(error == .mute ? .other : .check))
        case (_, _): return end(card, .failure(.nonsense))
        }
    }

    private mutating func collect(_ octets: [UInt8], _ chain: UInt8, _ exchange: CardExchange, _ card: ActiveCard) -> [Effect] {
        var all = octets
        if case .collecting(let before) = exchange.stage { all = before + octets }
        switch (chain, exchange.stage) {
        case (0, .whole), (2, .collecting): return end(card, .success(all))
        case (1, .whole), (3, .collecting):
            guard reader.level == .extendedAPDU, all.count <= T1Machine.longestAnswer else { return end(card, .failure(.nonsense)) }
            return transfer([], card, CardExchange(stage: .collecting(all)), level: 0x10)
        case (_, _): return end(card, .failure(.nonsense))
        }
    }

    private mutating func sendNext(_ rest: [UInt8], _ card: ActiveCard) -> [Effect] {
        guard rest.count > room else { return transfer(rest, card, CardExchange(stage: .whole), level: 2) }
        let next = Array(rest.prefix(room))
        return transfer(next, card, CardExchange(stage: .chaining(rest: Array(rest.dropFirst(room)))), level: 3)
    }

    /// Lets T=1 go on by one event, and does what it wants done.
    private mutating func drive(_ card: ActiveCard, _ event: T1Machine.Event) -> [Effect] {
        guard var blocks = card.blocks else { return end(card, .failure(.nonsense)) }
        var next = card
        var done: [Effect] = []
        for effect in blocks.handle(event) {
            next.blocks = blocks
            switch effect {
            case .send(let block, let waiting):
                done += transfer(block, next, CardExchange(stage: .blocks, waiting: waiting), level: 0)
            case .finish(let answer): done += end(next, .success(answer))
            case .fail(let failure):
                done += failure.needsReset ? settle(.failure(.blocks(failure))) + activate() : end(next, .failure(.blocks(failure)))
            }
        }
        return done
    }

    private mutating func failed(_ error: ReaderError, _ presence: CardPresence, _ card: ActiveCard) -> [Effect] {
        // A card that has lost its power is given it again before the next command.
        guard presence == .inactive else { return end(card, .failure(.reader(error))) }
        return settle(.failure(.reader(error))) + activate()
    }

    private mutating func end(_ card: ActiveCard, _ result: Result<[UInt8], SlotFailure>) -> [Effect] {
        state = .ready(card)
        return settle(result)
    }

    /// How long the reader may take with a message for the card: what the card may take (ISO/IEC 7816-3, 10.2 and 11.4.3), and three seconds.
    func patience(_ card: ActiveCard, waiting: UInt8) -> Duration {
        let parameters = card.parameters
        let clock = max(reader.defaultClock, 1)
        switch parameters.transmission {
        case .t1:
            // BWT = 11 etu + 2^BWI × 960 × 372 / f.
            let cycles = (1 << Int(min(parameters.block.blockWaitingInteger, 9))) * 960 * 372
            let once = Duration.milliseconds(cycles * 1000 / clock + 1)
            return once * Int(max(waiting, 1)) + Self.patience
        case .t0:
            // WT = WI × 960 × Fi / f, for the answer's first octet; the others follow at the pace of the reader.
            let cycles = Int(parameters.waitingInteger) * 960 * parameters.rate.factor
            return .milliseconds(cycles * 1000 / clock + 1) + Self.longPatience
        }
    }
}
