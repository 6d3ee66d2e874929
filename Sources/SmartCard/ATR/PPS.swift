/// Protocol and parameters selection: what the reader proposes to the card, and what the card makes of it (ISO/IEC 7816-3, clause 9).
public struct ParameterSelection: Hashable, Sendable {
    /// T.
    public var transmission: TransmissionProtocol
    /// PPS1; nil where the first rate is to stay.
    public var rate: BitRate?

    public init(_ transmission: TransmissionProtocol, rate: BitRate? = nil) { (self.transmission, self.rate) = (transmission, rate) }

    /// PPSS PPS0 [PPS1] PCK.
    public var request: [UInt8] {
        var octets: [UInt8] = [0xFF, (rate == nil ? 0 : 0x10) | transmission.rawValue]
        if let rate { octets.append(rate.rawValue) }
        return octets + [octets.reduce(0, ^)]
    }

    /// The rate that holds from now on, as the card's response says it; throws where it agrees to something else (9.3).
    public func accepted(by response: [UInt8]) throws(PPSError) -> BitRate {
        guard response.count >= 3, response.reduce(0, ^) == 0, response[0] == 0xFF else { throw .malformed }
        let fields = response[1] >> 4
        guard response[1] & 0x0F == transmission.rawValue else { throw .anotherProtocol }
        guard response.count == 3 + fields.nonzeroBitCount, fields & 0x8 == 0 else { throw .malformed }
        // PPS2 and PPS3 were not proposed, so they must not come.
        guard fields & 0x6 == 0 else { throw .malformed }
        guard fields & 1 != 0 else { return .slowest }
        guard let rate, response[2] == rate.rawValue else { throw .anotherRate }
        return rate
    }
}

/// Why a card's response to PPS cannot be used; a cold reset follows.
public enum PPSError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed, anotherProtocol, anotherRate

    public var description: String {
        switch self {
        case .malformed: "the card's response to PPS is malformed"
        case .anotherProtocol: "the card's response to PPS names another protocol than it was asked for"
        case .anotherRate: "the card's response to PPS names another rate than it was asked for"
        }
    }
}
