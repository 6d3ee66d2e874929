import SmartCard

/// One slot of an emulated reader.
struct EmulatedSlot: Sendable {
    var line: CardLine?
    var isActive = false
    private var parameters = CardParameters(.t0)
    /// A long command or answer that goes in several messages.
    private var incoming: [UInt8] = []
    private var outgoing: [UInt8] = []

    var presence: CardPresence { line == nil ? .absent : isActive ? .active : .inactive }

    mutating func answer(_ command: ReaderCommand, _ reader: ReaderDescription, slot: UInt8, sequence: UInt8) -> ReaderAnswer {
        let (outcome, content) = carryOut(command, reader)
        return ReaderAnswer(slot: slot, sequence: sequence, card: presence, outcome: outcome, content: content)
    }

    mutating func losePower() {
        isActive = false
        (incoming, outgoing) = ([], [])
    }

    private typealias Said = (ReaderAnswer.Outcome, ReaderAnswer.Content)

    private mutating func carryOut(_ command: ReaderCommand, _ reader: ReaderDescription) -> Said {
        switch command {
        case .slotStatus, .abort: return (.done, .status)
        case .powerOff:
            isActive = false
            return (.done, .status)
        case .powerOn(let voltage): return powerOn(voltage, reader)
        case .setParameters(let wanted):
            guard isActive, reader.protocols.contains(wanted.transmission) else {
                return (.failed(ReaderError(rawValue: 7)), .parameters(nil))
            }
            parameters = wanted
            return (.done, .parameters(parameters))
        case .getParameters: return isActive ? (.done, .parameters(parameters)) : (.failed(.mute), .parameters(nil))
        case .resetParameters:
            parameters = CardParameters(parameters.transmission)
            return (.done, .parameters(parameters))
        // The emulated reader's own command says the same back.
        case .escape(let octets): return (.done, .escape(octets))
        case .transfer(let octets, _, let level): return transfer(octets, level, reader)
        }
    }

    private mutating func powerOn(_ voltage: CardVoltage?, _ reader: ReaderDescription) -> Said {
        guard var card = line else { return (.failed(.mute), .data([], chain: 0)) }
        guard voltage == nil ? reader.features.contains(.choosesVoltage) : true else {
            return (.failed(ReaderError(rawValue: 7)), .data([], chain: 0))
        }
        let said = card.reset()
        line = card
        isActive = true
        (incoming, outgoing) = ([], [])
        let answer = try? AnswerToReset(decoding: said)
        parameters = CardParameters(answer?.protocols.first ?? .t0)
        return (.done, .data(said, chain: 0))
    }

    private mutating func transfer(_ octets: [UInt8], _ level: UInt16, _ reader: ReaderDescription) -> Said {
        guard isActive, var card = line else { return (.failed(.mute), .data([], chain: 0)) }
        defer { line = card }
        if octets.first == 0xFF, let traits = card.card.contactless, let answer = Self.tell(traits, octets) {
            return (.done, .data(answer, chain: 0))
        }
        switch reader.level {
        case .tpdu:
            // PPS: the card takes what it is offered.
            if octets.count >= 3, octets[0] == 0xFF, octets.reduce(0, ^) == 0 { return (.done, .data(octets, chain: 0)) }
            return (.done, .data(parameters.transmission == .t1 ? card.block(octets) : card.tpdu(octets), chain: 0))
        case .shortAPDU: return (.done, .data(card.execute(octets), chain: 0))
        case .extendedAPDU: return chained(octets, level, reader, &card)
        case nil: return (.failed(.unsupported), .data([], chain: 0))
        }
    }

    private mutating func chained(_ octets: [UInt8], _ level: UInt16, _ reader: ReaderDescription, _ card: inout CardLine) -> Said {
        let room = reader.messageLength - 10
        guard octets.count <= room else { return (.failed(ReaderError(rawValue: 1)), .data([], chain: 0)) }
        switch level {
        case 0, 2:
            outgoing = card.execute(level == 0 ? octets : incoming + octets)
            incoming = []
            return next(room, isFirst: true)
        case 1, 3:
            incoming = level == 1 ? octets : incoming + octets
            return (.done, .data([], chain: 0x10))
        case 0x10: return next(room, isFirst: false)
        case _: return (.failed(ReaderError(rawValue: 8)), .data([], chain: 0))
        }
    }

    private mutating func next(_ room: Int, isFirst: Bool) -> Said {
        let part = Array(outgoing.prefix(room))
        outgoing.removeFirst(part.count)
        let chain: UInt8 = outgoing.isEmpty ? (isFirst ? 0 : 2) : (isFirst ? 1 : 3)
        return (.done, .data(part, chain: chain))
    }

    /// What a contactless reader answers instead of the card (PC/SC part 3, 3.2.2.1.3); nil where the card has to.
    private static func tell(_ traits: ContactlessTraits, _ octets: [UInt8]) -> [UInt8]? {
        guard let command = try? CommandAPDU(decoding: octets), command.instruction == 0xCA else { return nil }
        switch command.parameter1 {
        case 0: return ResponseAPDU(data: traits.identifier, status: .done).octets
        case 1:
            return (traits.answerToSelect.map { ResponseAPDU(data: $0, status: .done) } ?? ResponseAPDU(status: .functionNotSupported))
                .octets
        case _: return ResponseAPDU(status: .functionNotSupported).octets
        }
    }
}
