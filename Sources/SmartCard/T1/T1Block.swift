/// How the receiver of a block finds out that it is damaged (ISO/IEC 7816-3, 11.3.4).
public enum BlockCheck: Hashable, Sendable, CaseIterable {
    /// One octet: the exclusive or of all others.
    case lrc
    /// Two octets: the polynomial x¹⁶ + x¹² + x⁵ + 1, least significant bit first, from FFFF on, not inverted, high octet first.
    /// The standard only names ISO/IEC 13239; so do cards and readers have it that work together: 00 C1 01 FE → 54 4E.
    case crc

    /// The check octets of the octets before them.
    public func octets(of octets: some Sequence<UInt8>) -> [UInt8] {
        switch self {
        case .lrc: return [octets.reduce(0, ^)]
        case .crc:
            var check: UInt16 = 0xFFFF
            for octet in octets {
                check ^= UInt16(octet)
                for _ in 0..<8 { check = check & 1 != 0 ? check >> 1 ^ 0x8408 : check >> 1 }
            }
            return [UInt8(check >> 8), UInt8(check & 0xFF)]
        }
    }
}

/// One block of T=1 (ISO/IEC 7816-3, 11.3). The node address is always 00.
public enum T1Block: Hashable, Sendable {
    /// Part of a command or an answer: N(S), whether more of it follows, the octets.
    case information(number: UInt8, more: Bool, [UInt8])
    /// N(R): which information block is expected next; and why, where something was wrong.
    case ready(number: UInt8, fault: Fault?)
    case request(Supervision)
    case response(Supervision)

    public enum Fault: UInt8, Error, Hashable, Sendable, CaseIterable {
        case check = 1
        case other = 2
    }

    /// S-blocks.
    public enum Supervision: Hashable, Sendable {
        case resynchronise
        /// Octets that whoever sends this can take in one block, 1 to 254.
        case fieldSize(UInt8)
        case abort
        /// So many times the waiting time, again.
        case waitingTime(UInt8)
    }

    /// NAD PCB LEN INF and the check.
    public func octets(_ check: BlockCheck) -> [UInt8] {
        let (control, information): (UInt8, [UInt8]) =
            switch self {
            case .information(let number, let more, let octets): (number << 6 | (more ? 0x20 : 0), octets)
            case .ready(let number, let fault): (0x80 | number << 4 | (fault?.rawValue ?? 0), [])
            case .request(let supervision): (0xC0 | supervision.code, supervision.octets)
            case .response(let supervision): (0xE0 | supervision.code, supervision.octets)
            }
        precondition(information.count <= 254, "a block holds 254 octets at most")
        let block = [0, control, UInt8(information.count)] + information
        return block + check.octets(of: block)
    }

    /// Reads a block; throws what the answer to a damaged one has to say.
    public init(decoding octets: [UInt8], _ check: BlockCheck) throws(Fault) {
        let tail = check == .lrc ? 1 : 2
        guard octets.count >= 3 + tail else { throw .other }
        guard check.octets(of: octets.dropLast(tail)) == octets.suffix(tail) else { throw .check }
        guard octets[0] == 0, octets[2] != 0xFF, octets.count == 3 + Int(octets[2]) + tail else { throw .other }
        let information = Array(octets[3..<octets.count - tail])
        let control = octets[1]
        switch control {
        case 0..<0x80 where control & 0x1F == 0:
            self = .information(number: control >> 6 & 1, more: control & 0x20 != 0, information)
        case 0x80..<0xC0 where control & 0x2C == 0 && information.isEmpty && control & 3 != 3:
            self = .ready(number: control >> 4 & 1, fault: Fault(rawValue: control & 3))
        case 0xC0...0xFF where control & 0x1C == 0:
            guard let supervision = Supervision(code: control & 3, information) else { throw .other }
            self = control & 0x20 == 0 ? .request(supervision) : .response(supervision)
        case _: throw .other
        }
    }
}

extension T1Block.Supervision {
    var code: UInt8 {
        switch self {
        case .resynchronise: 0
        case .fieldSize: 1
        case .abort: 2
        case .waitingTime: 3
        }
    }

    var octets: [UInt8] {
        switch self {
        case .resynchronise, .abort: []
        case .fieldSize(let octet), .waitingTime(let octet): [octet]
        }
    }

    init?(code: UInt8, _ octets: [UInt8]) {
        switch (code, octets.count) {
        case (0, 0): self = .resynchronise
        case (1, 1) where (1...254).contains(octets[0]): self = .fieldSize(octets[0])
        case (2, 0): self = .abort
        case (3, 1) where octets[0] > 0: self = .waitingTime(octets[0])
        case _: return nil
        }
    }
}
