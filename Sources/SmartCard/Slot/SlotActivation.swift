/// How a card comes to speak: power, its ATR, the protocol and the rate, and the reader told of all that.
struct Activation: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        /// PowerOn is under way; the voltages that are tried after it.
        case power(next: [CardVoltage])
        /// PPS is under way.
        case selection(AnswerToReset, ParameterSelection)
        /// SetParameters is under way.
        case parameters(AnswerToReset, CardParameters)
    }
    var step: Step
    /// Whether the card is to stay with its first protocol and rate, because it did not take another.
    var isPlain: Bool
}

extension SlotMachine {
    /// Gives power to the card; a card that has it loses it first, as ISO/IEC 7816-3 (6.2.4) has it by the reader.
    mutating func activate(isPlain: Bool = false) -> [Effect] {
        let voltages: [CardVoltage?] = reader.features.contains(.choosesVoltage) ? [nil] : Self.order.filter(reader.voltages.contains)
        guard let first = voltages.first else { return fail(.unsupportedCard) }
        state = .activating(Activation(step: .power(next: voltages.dropFirst().compactMap { $0 }), isPlain: isPlain))
        return [.slot(.activating)] + send(.powerOn(first), Self.longPatience)
    }

    /// The class that every contact card before 1.8 V took first; whoever is silent gets less (ISO/IEC 7816-3, 6.2.3).
    private static let order: [CardVoltage] = [.five, .three, .oneEight]

    mutating func goOn(_ activation: Activation, _ answer: ReaderAnswer) -> [Effect] {
        switch activation.step {
        case .power(let next): powered(activation, next, answer)
        case .selection(let answerToReset, let selection): selected(activation, answerToReset, selection, answer)
        case .parameters(let answerToReset, let parameters): configured(activation, answerToReset, parameters, answer)
        }
    }

    private mutating func powered(_ activation: Activation, _ next: [CardVoltage], _ answer: ReaderAnswer) -> [Effect] {
        switch (answer.outcome, answer.content) {
        case (.done, .data(let octets, _)):
            do throws(ATRError) {
                return configure(activation, try AnswerToReset(decoding: octets))
            } catch {
                return fail(.badAnswer(error))
            }
        case (.failed(let error), _):
            guard let voltage = next.first else { return fail(error.isOfTheLine ? .mute : .reader(error)) }
            state = .activating(Activation(step: .power(next: Array(next.dropFirst())), isPlain: activation.isPlain))
            return send(.powerOn(voltage), Self.longPatience)
        case (_, _): return fail(.nonsense)
        }
    }

    private mutating func configure(_ activation: Activation, _ answer: AnswerToReset) -> [Effect] {
        guard let level = reader.level, let transmission = choice(of: answer, level, activation.isPlain) else {
            return fail(.unsupportedCard)
        }
        let specific = answer.specificMode
        // A contactless card's ATR is the reader's own, and readers that negotiate do it by themselves.
        let negotiates = reader.features.isDisjoint(with: [.negotiatesParameters, .selectsParameters])
        let rate = activation.isPlain ? .slowest : fittingRate(answer)
        if negotiates, level == .tpdu, specific == nil, !activation.isPlain, transmission != answer.protocols.first || rate != .slowest {
            let selection = ParameterSelection(transmission, rate: rate == .slowest ? nil : rate)
            state = .activating(Activation(step: .selection(answer, selection), isPlain: false))
            return send(.transfer(selection.request), Self.longPatience)
        }
        let active = specific.map { $0.usesInterfaceBytes ? answer.fastestRate : .slowest } ?? (negotiates ? .slowest : rate)
        return setParameters(activation, answer, transmission, active)
    }

    /// The card's own first protocol where the reader has it too; T=1 rather than T=0 where there is a choice and it can be made.
    private func choice(of answer: AnswerToReset, _ level: ExchangeLevel, _ isPlain: Bool) -> TransmissionProtocol? {
        let common = answer.protocols.filter(reader.protocols.contains)
        if let specific = answer.specificMode {
            return TransmissionProtocol(rawValue: specific.number).flatMap { reader.protocols.contains($0) ? $0 : nil }
        }
        return isPlain ? answer.protocols.first.flatMap { common.contains($0) ? $0 : nil } : common.first
    }

    /// The card's fastest rate, where the reader can keep up with it.
    private func fittingRate(_ answer: AnswerToReset) -> BitRate {
        let rate = answer.fastestRate
        return rate.bitsPerSecond(clock: reader.defaultClock) <= reader.fastestRate ? rate : .slowest
    }

    private mutating func selected(
        _ activation: Activation, _ answerToReset: AnswerToReset, _ selection: ParameterSelection, _ answer: ReaderAnswer
    ) -> [Effect] {
        guard case (.done, .data(let response, _)) = (answer.outcome, answer.content) else { return activate(isPlain: true) }
        do throws(PPSError) {
            return setParameters(activation, answerToReset, selection.transmission, try selection.accepted(by: response))
        } catch {
            // The card is reset and left as it begins (9.3).
            return activate(isPlain: true)
        }
    }

    private mutating func setParameters(
        _ activation: Activation, _ answer: AnswerToReset, _ transmission: TransmissionProtocol, _ rate: BitRate
    ) -> [Effect] {
        let parameters = CardParameters(transmission, rate: rate, of: answer)
        state = .activating(Activation(step: .parameters(answer, parameters), isPlain: activation.isPlain))
        return send(.setParameters(parameters), Self.longPatience)
    }

    private mutating func configured(
        _ activation: Activation, _ answerToReset: AnswerToReset, _ parameters: CardParameters, _ answer: ReaderAnswer
    ) -> [Effect] {
        var parameters = parameters
        switch (answer.outcome, answer.content) {
        case (.done, .parameters(let said)):
            if let said, said.transmission == parameters.transmission { parameters = said }
        // A reader that sets them by itself need not know the command.
        case (.failed(.unsupported), _) where !reader.features.isDisjoint(with: [.negotiatesParameters, .configuresItself]): break
        case (.failed, _) where !activation.isPlain: return activate(isPlain: true)
        case (.failed(let error), _): return fail(.reader(error))
        case (_, _): return fail(.nonsense)
        }
        var card = ActiveCard(answer: answerToReset, parameters: parameters)
        if reader.level == .tpdu, parameters.transmission == .t1 {
            card.blocks = T1Machine(
                answerToReset.block, fieldSize: reader.fieldSize, cardKnows: reader.features.contains(.tellsFieldSize))
        }
        state = .ready(card)
        let told: [Effect] = [.slot(.ready(card.information))]
        return told + settle(.success(answerToReset.octets))
    }
}
