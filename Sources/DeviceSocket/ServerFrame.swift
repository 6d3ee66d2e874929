public import Conditions

/// What the device layer answers.
public enum ServerFrame: Frame {
    /// Kind 81h. The printer's state: once at the start of a print or watch, then at every change.
    /// Body: octet ready (0 or 1), octet count, then so many texts: condition codes in ascending order.
    case status(PrinterStatus)
    /// Kind 82h. The settled end of the print; nothing follows for it.
    /// Body: octet outcome (1 printed, 2 processed, 3 sent, 4 failed, 5 unknown), text reason (empty: none), text detail.
    case result(PrintResult)
    /// Kind 83h. The request cannot be taken, whatever the printer does; the server closes. Body: text why, for people.
    case refused(String)
    /// Kind 84h. One of the devices that were asked for. Body: texts name, model, model's name, address, then as ``status(_:)``.
    case device(DeviceDescription)
    /// Kind 85h. All devices were named. Body: empty.
    case endOfDevices
    /// Kind 86h. Body: as ``device(_:)``, octet count, then so many pairs of texts: what was asked and what the printer answered.
    case identity(DeviceIdentity)

    public var kind: UInt8 {
        switch self {
        case .status: 0x81
        case .result: 0x82
        case .refused: 0x83
        case .device: 0x84
        case .endOfDevices: 0x85
        case .identity: 0x86
        }
    }

    public var body: [UInt8] {
        var writer = BodyWriter()
        switch self {
        case .status(let status): writer.status(status)
        case .result(let result):
            writer.octet(result.outcome.octet)
            writer.text(result.reason?.rawValue ?? "", limit: 255)
            writer.text(result.detail, limit: 4096)
        case .refused(let why): writer.text(why, limit: 4096)
        case .device(let device): writer.device(device)
        case .endOfDevices: break
        case .identity(let identity): writer.identity(identity)
        }
        return writer.bytes
    }

    public init(kind: UInt8, body: [UInt8]) throws(FrameError) {
        var reader = BodyReader(body)
        switch kind {
        case 0x81: self = .status(try reader.status())
        case 0x82: self = .result(try reader.result())
        case 0x83: self = .refused(try reader.text("the reason"))
        case 0x84: self = .device(try reader.device())
        case 0x85: self = .endOfDevices
        case 0x86: self = .identity(try reader.identity())
        case let other: throw FrameError(.unknownKind, "kind \(other) from the device layer")
        }
        try reader.end()
    }
}

extension PrintOutcome {
    fileprivate var octet: UInt8 {
        switch self {
        case .printed: 1
        case .processed: 2
        case .sent: 3
        case .failed: 4
        case .unknown: 5
        }
    }

    fileprivate init(octet: UInt8) throws(FrameError) {
        guard let outcome = Self.allCases.first(where: { $0.octet == octet }) else {
            throw FrameError(.malformed, "outcome \(octet) does not exist")
        }
        self = outcome
    }
}

extension BodyReader {
    mutating func status() throws(FrameError) -> PrinterStatus {
        let ready = try octet("the readiness")
        guard ready <= 1 else { throw FrameError(.malformed, "readiness \(ready) is neither 0 nor 1") }
        var codes: [String] = []
        for _ in 0..<(try octet("the number of conditions")) { codes.append(try text("a condition")) }
        guard zip(codes, codes.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw FrameError(.malformed, "conditions are not in ascending order")
        }
        var conditions: Set<ConditionCode> = []
        for code in codes { conditions.insert(try condition(code)) }
        return PrinterStatus(isReady: ready == 1, conditions: conditions)
    }

    fileprivate mutating func result() throws(FrameError) -> PrintResult {
        let outcome = try PrintOutcome(octet: octet("the outcome"))
        let reason = try text("the reason")
        return PrintResult(outcome, reason: reason.isEmpty ? nil : try condition(reason), detail: try text("the detail"))
    }

    private func condition(_ code: String) throws(FrameError) -> ConditionCode {
        guard let condition = ConditionCode(rawValue: code) else { throw FrameError(.malformed, "condition \"\(code)\" does not exist") }
        return condition
    }
}
