/// What the host sends on bulk-OUT (USB CCID 1.10, 6.1).
public enum ReaderCommand: Hashable, Sendable {
    /// Power for the card; nil: the reader chooses the voltage.
    case powerOn(CardVoltage?)
    case powerOff
    case slotStatus
    /// Octets for the card. `waiting`: bBWI, by which a T=1 block waiting time is multiplied once, 0 for once. `level`: wLevelParameter;
    /// at TPDU level 0.
    case transfer([UInt8], waiting: UInt8 = 0, level: UInt16 = 0)
    case setParameters(CardParameters)
    case getParameters
    case resetParameters
    /// Octets for the reader itself.
    case escape([UInt8])
    /// Ends the command of the slot, together with the control request that names the same sequence.
    case abort

    /// bMessageType.
    public var type: UInt8 {
        switch self {
        case .powerOn: 0x62
        case .powerOff: 0x63
        case .slotStatus: 0x65
        case .transfer: 0x6F
        case .setParameters: 0x61
        case .getParameters: 0x6C
        case .resetParameters: 0x6D
        case .escape: 0x6B
        case .abort: 0x72
        }
    }

    /// The whole message.
    public func octets(slot: UInt8, sequence: UInt8) -> [UInt8] {
        let (specific, data): ([UInt8], [UInt8]) =
            switch self {
            case .powerOn(let voltage): ([Self.power(voltage), 0, 0], [])
            case .transfer(let data, let waiting, let level): ([waiting, UInt8(level & 0xFF), UInt8(level >> 8)], data)
            case .setParameters(let parameters): ([parameters.transmission.rawValue, 0, 0], parameters.octets)
            case .escape(let data): ([0, 0, 0], data)
            case .powerOff, .slotStatus, .getParameters, .resetParameters, .abort: ([0, 0, 0], [])
            }
        let length = (0..<4).map { UInt8(data.count >> (8 * $0) & 0xFF) }
        return [type] + length + [slot, sequence] + specific + data
    }

    private static func power(_ voltage: CardVoltage?) -> UInt8 {
        switch voltage {
        case nil: 0
        case .five: 1
        case .three: 2
        case .oneEight: 3
        }
    }

    /// Reads a message as a reader does; nil where it is none.
    public init?(decoding octets: [UInt8]) {
        guard octets.count >= 10 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(octets[1 + $1]) << (8 * $1) }
        guard octets.count == 10 + length else { return nil }
        let data = Array(octets[10...])
        switch octets[0] {
        case 0x62:
            guard octets[7] <= 3 else { return nil }
            self = .powerOn([nil, .five, .three, .oneEight][Int(octets[7])])
        case 0x63: self = .powerOff
        case 0x65: self = .slotStatus
        case 0x6F: self = .transfer(data, waiting: octets[7], level: UInt16(octets[8]) | UInt16(octets[9]) << 8)
        case 0x61:
            guard let parameters = CardParameters(protocolNumber: octets[7], data) else { return nil }
            self = .setParameters(parameters)
        case 0x6C: self = .getParameters
        case 0x6D: self = .resetParameters
        case 0x6B: self = .escape(data)
        case 0x72: self = .abort
        case _: return nil
        }
    }
}

/// How reader and card speak: the data of SetParameters (USB CCID 1.10, 6.1.7).
public struct CardParameters: Hashable, Sendable {
    public var transmission: TransmissionProtocol
    /// bmFindexDindex.
    public var rate: BitRate
    public var isInverse: Bool
    /// N of TC1.
    public var extraGuardTime: UInt8
    /// WI of T=0.
    public var waitingInteger: UInt8
    /// Of T=1.
    public var block: BlockParameters
    public var clockStop: UInt8

    public init(
        _ transmission: TransmissionProtocol, rate: BitRate = .slowest, isInverse: Bool = false, extraGuardTime: UInt8 = 0,
        waitingInteger: UInt8 = 10, block: BlockParameters = BlockParameters(), clockStop: UInt8 = 0
    ) {
        self.transmission = transmission
        self.rate = rate
        self.isInverse = isInverse
        self.extraGuardTime = extraGuardTime
        self.waitingInteger = waitingInteger
        self.block = block
        self.clockStop = clockStop
    }

    /// Those that the ATR asks for.
    public init(_ transmission: TransmissionProtocol, rate: BitRate, of answer: AnswerToReset) {
        self.init(
            transmission, rate: rate, isInverse: answer.isInverse, extraGuardTime: answer.extraGuardTime, clockStop: answer.clockStop)
        switch transmission {
        case .t0: waitingInteger = answer.waitingInteger
        case .t1: block = answer.block
        }
    }

    /// Five octets at T=0, seven at T=1.
    public var octets: [UInt8] {
        let convention: UInt8 = isInverse ? 2 : 0
        switch transmission {
        case .t0: return [rate.rawValue, convention, extraGuardTime, waitingInteger, clockStop]
        case .t1:
            let check: UInt8 = block.check == .crc ? 1 : 0
            return [
                rate.rawValue, 0x10 | convention | check, extraGuardTime, block.blockWaitingInteger << 4 | block.characterWaitingInteger,
                clockStop, UInt8(block.fieldSize), 0,
            ]
        }
    }

    /// Reads them; nil where they are none.
    public init?(protocolNumber: UInt8, _ octets: [UInt8]) {
        guard let transmission = TransmissionProtocol(rawValue: protocolNumber), octets.count == (transmission == .t0 ? 5 : 7),
            let rate = BitRate(rawValue: octets[0])
        else { return nil }
        self.init(transmission, rate: rate, isInverse: octets[1] & 2 != 0, extraGuardTime: octets[2], clockStop: octets[4])
        switch transmission {
        case .t0: waitingInteger = octets[3]
        case .t1:
            guard (1...254).contains(octets[5]) else { return nil }
            block = BlockParameters(
                fieldSize: Int(octets[5]), blockWaitingInteger: octets[3] >> 4, characterWaitingInteger: octets[3] & 0x0F,
                check: octets[1] & 1 == 0 ? .lrc : .crc)
        }
    }
}
