import ScanCodes
public import Secrets
import SmartCard

/// What was scanned, for whoever subscribed. What stands in it is personal, and told only to those who asked for codes.
public struct CodeReport: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case card, booking, ticket, other
        case testSlip = "test-slip"
    }

    /// The scanner's name.
    public var scanner: String
    public var kind: Kind
    /// Octets of the code.
    public var length: Int
    /// The AIM identifier; nil where the scanner did not say.
    public var symbology: String?
    /// The code itself; nil for those who did not ask for codes.
    public var octets: Secret?
    /// Of a card whose number was typed: its identifier's octets.
    public var identifier: Secret?

    /// The same for those who did not ask for codes.
    public var masked: CodeReport {
        var copy = self
        (copy.octets, copy.identifier) = (nil, nil)
        return copy
    }
}

extension CodeReport {
    init(_ code: ScannedCode) {
        scanner = code.source.name
        length = code.text.count
        symbology = code.symbology?.description
        octets = code.text
        switch code.kind {
        case .card(let pointer):
            kind = .card
            identifier = pointer.octets
        case .testSlip: kind = .testSlip
        case .booking: kind = .booking
        case .ticket: kind = .ticket
        case .other: kind = .other
        }
    }
}

extension CodeReport: Codable {
    private enum Key: String, CodingKey { case scanner, kind, length, symbology, octets, identifier }

    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(scanner, forKey: .scanner)
        try line.encode(kind, forKey: .kind)
        try line.encode(length, forKey: .length)
        try line.encodeIfPresent(symbology, forKey: .symbology)
        try line.encodeIfPresent(octets?.withBytes { $0.hexadecimal }, forKey: .octets)
        try line.encodeIfPresent(identifier?.withBytes { $0.hexadecimal }, forKey: .identifier)
    }

    public init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        func secret(_ key: Key) throws -> Secret? {
            guard let digits = try line.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard let octets = [UInt8](hexadecimal: digits) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: line, debugDescription: "no pairs of hexadecimal digits")
            }
            return Secret(octets)
        }
        scanner = try line.decode(String.self, forKey: .scanner)
        kind = try line.decode(Kind.self, forKey: .kind)
        length = try line.decode(Int.self, forKey: .length)
        symbology = try line.decodeIfPresent(String.self, forKey: .symbology)
        octets = try secret(.octets)
        identifier = try secret(.identifier)
    }
}

extension ControlEvent {
    init(_ event: ScannerEvent, withCodes: Bool) {
        self =
            switch event {
            case .status(let status): .status(DeviceReport(status))
            case .code(let code): .code(withCodes ? CodeReport(code) : CodeReport(code).masked)
            case .ignored(let source, let reason): .ignored(scanner: source.name, reason.rawValue)
            }
    }
}

extension DeviceReport {
    /// A scanner, or a reader that types.
    public init(_ scanner: ScannerStatus) {
        self.init(
            name: scanner.source.name, kind: .scanner, model: "\(scanner.modelName) (\(scanner.source.model))", address: scanner.address,
            usb: nil, isReady: scanner.condition == nil, conditions: scanner.condition.map { [$0] } ?? [], detail: scanner.detail, slots: []
        )
    }
}
