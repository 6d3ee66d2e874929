public import DeviceSocket
import Foundation
import SmartCard

/// What a front end may ask of the device layer, without a kiosk; `Sources/DeviceLayer/README.md` shows the lines.
public enum ControlCommand: Hashable, Sendable {
    /// Every device.
    case list
    /// One device.
    case status(device: String)
    /// Every event from now on, behind the state of each device.
    case subscribe
    /// A command to a card; what 61xx and 6Cxx want is done.
    case transmit([UInt8], reader: String, slot: Int)
    /// Octets to a card as they are.
    case exchange([UInt8], reader: String, slot: Int)
    /// Octets to the reader itself.
    case escape([UInt8], reader: String, slot: Int)
    /// Takes the card's power away and gives it back.
    case reset(reader: String, slot: Int)
    /// Prints once under this id; answered when that is settled.
    case print([UInt8], PrintID, printer: String)
    /// Takes a print back; answered with how it ended.
    case cancel(PrintID, printer: String)

    /// The words of the protocol.
    enum Verb: String, Codable, CaseIterable { case list, status, subscribe, transmit, exchange, escape, reset, print, cancel }

    var verb: Verb {
        switch self {
        case .list: .list
        case .status: .status
        case .subscribe: .subscribe
        case .transmit: .transmit
        case .exchange: .exchange
        case .escape: .escape
        case .reset: .reset
        case .print: .print
        case .cancel: .cancel
        }
    }
}

/// One line from the front end: a command, and the number by which its answer is known.
struct ControlRequest: Hashable, Sendable {
    var id: Int
    var command: ControlCommand
}

extension ControlRequest: Codable {
    private enum Key: String, CodingKey {
        case id
        case verb = "do"
        case device, slot, octets, print, data
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(id, forKey: .id)
        try line.encode(command.verb, forKey: .verb)
        switch command {
        case .list, .subscribe: break
        case .status(let device): try line.encode(device, forKey: .device)
        case .transmit(let octets, let reader, let slot), .exchange(let octets, let reader, let slot),
            .escape(let octets, let reader, let slot):
            try line.encode(reader, forKey: .device)
            try line.encode(slot, forKey: .slot)
            try line.encode(octets.hexadecimal, forKey: .octets)
        case .reset(let reader, let slot):
            try line.encode(reader, forKey: .device)
            try line.encode(slot, forKey: .slot)
        case .print(let data, let id, let printer):
            try line.encode(printer, forKey: .device)
            try line.encode(id.rawValue, forKey: .print)
            try line.encode(Data(data), forKey: .data)
        case .cancel(let id, let printer):
            try line.encode(printer, forKey: .device)
            try line.encode(id.rawValue, forKey: .print)
        }
    }

    init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        id = try line.decode(Int.self, forKey: .id)
        func device() throws -> String { try line.decode(String.self, forKey: .device) }
        func slot() throws -> Int { try line.decodeIfPresent(Int.self, forKey: .slot) ?? 0 }
        func octets() throws -> [UInt8] {
            guard let octets = [UInt8](hexadecimal: try line.decode(String.self, forKey: .octets)), !octets.isEmpty else {
                throw DecodingError.dataCorruptedError(forKey: .octets, in: line, debugDescription: "no pairs of hexadecimal digits")
            }
            return octets
        }
        func print() throws -> PrintID {
            guard let id = PrintID(try line.decode(String.self, forKey: .print)) else {
                throw DecodingError.dataCorruptedError(forKey: .print, in: line, debugDescription: "1 to 127 characters without blanks")
            }
            return id
        }
        command =
            switch try line.decode(ControlCommand.Verb.self, forKey: .verb) {
            case .list: .list
            case .subscribe: .subscribe
            case .status: .status(device: try device())
            case .transmit: .transmit(try octets(), reader: try device(), slot: try slot())
            case .exchange: .exchange(try octets(), reader: try device(), slot: try slot())
            case .escape: .escape(try octets(), reader: try device(), slot: try slot())
            case .reset: .reset(reader: try device(), slot: try slot())
            case .print: .print([UInt8](try line.decode(Data.self, forKey: .data)), try print(), printer: try device())
            case .cancel: .cancel(try print(), printer: try device())
            }
    }
}
