public import Conditions
public import DeviceSocket
import Foundation
public import SmartCard

/// What answers a ``ControlCommand``.
public enum ControlResult: Hashable, Sendable {
    case devices([DeviceReport])
    case device(DeviceReport)
    case response(ResponseAPDU)
    case octets([UInt8])
    case answerToReset([UInt8])
    case print(PrintResult)
    /// Events follow.
    case subscribed
}

/// What the device layer tells whoever subscribed. Nothing in it is personal: a card's number is told only to who asks for it.
public enum ControlEvent: Hashable, Sendable {
    case status(DeviceReport)
    case card(reader: String, slot: Int, answerToReset: [UInt8], isContactless: Bool)
    case cardRemoved(reader: String, slot: Int)
    case print(printer: String, PrintID, PrintResult)

    /// As it stands on the control socket, without the end of its line.
    public func json() throws -> String {
        String(decoding: try ControlLine.encode(ControlMessage.event(self)).dropLast(), as: UTF8.self)
    }
}

/// One line from the device layer.
enum ControlMessage: Hashable, Sendable {
    /// The first of every connection.
    case greeting(program: String, version: Int)
    case answer(Int, ControlResult)
    /// nil: it was no request with a number.
    case refusal(Int?, ControlError)
    case event(ControlEvent)

    /// What this program speaks. A front end refuses a version that it does not know; keys that it does not know it passes over.
    static let version = 1
    static let name = "anjungan-devices"
    /// Octets of the longest line: a print of ``DeviceClient/longestPrint`` in Base64, and room.
    static let longestLine = (DeviceClient.longestPrint / 3 + 1) * 4 + 4096
}

extension ControlMessage: Codable {
    private enum Key: String, CodingKey {
        case greeting, program, version, id, error, event
        case devices, device, data, status, octets, atr, print, subscribed
        case reader, slot, contactless, printer, result
    }
    private enum Event: String, Codable {
        case status, card
        case cardRemoved = "card-removed"
        case print
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        switch self {
        case .greeting(let program, let version):
            try line.encode(Self.name, forKey: .greeting)
            try line.encode(program, forKey: .program)
            try line.encode(version, forKey: .version)
        case .answer(let id, let result):
            try line.encode(id, forKey: .id)
            try Self.encode(result, &line)
        case .refusal(let id, let error):
            try line.encodeIfPresent(id, forKey: .id)
            try line.encode(error, forKey: .error)
        case .event(let event): try Self.encode(event, &line)
        }
    }

    private static func encode(_ result: ControlResult, _ line: inout KeyedEncodingContainer<Key>) throws {
        switch result {
        case .devices(let devices): try line.encode(devices, forKey: .devices)
        case .device(let device): try line.encode(device, forKey: .device)
        case .response(let response):
            try line.encode(response.data.hexadecimal, forKey: .data)
            try line.encode("\(response.status)", forKey: .status)
        case .octets(let octets): try line.encode(octets.hexadecimal, forKey: .octets)
        case .answerToReset(let octets): try line.encode(octets.hexadecimal, forKey: .atr)
        case .print(let result): try line.encode(result, forKey: .print)
        case .subscribed: try line.encode(true, forKey: .subscribed)
        }
    }

    private static func encode(_ event: ControlEvent, _ line: inout KeyedEncodingContainer<Key>) throws {
        switch event {
        case .status(let device):
            try line.encode(Event.status, forKey: .event)
            try line.encode(device, forKey: .device)
        case .card(let reader, let slot, let answer, let isContactless):
            try line.encode(Event.card, forKey: .event)
            try line.encode(reader, forKey: .reader)
            try line.encode(slot, forKey: .slot)
            try line.encode(answer.hexadecimal, forKey: .atr)
            try line.encode(isContactless, forKey: .contactless)
        case .cardRemoved(let reader, let slot):
            try line.encode(Event.cardRemoved, forKey: .event)
            try line.encode(reader, forKey: .reader)
            try line.encode(slot, forKey: .slot)
        case .print(let printer, let id, let result):
            try line.encode(Event.print, forKey: .event)
            try line.encode(printer, forKey: .printer)
            try line.encode(id.rawValue, forKey: .print)
            try line.encode(result, forKey: .result)
        }
    }

    init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        if try line.decodeIfPresent(String.self, forKey: .greeting) == Self.name {
            self = .greeting(
                program: try line.decode(String.self, forKey: .program), version: try line.decode(Int.self, forKey: .version))
        } else if let event = try line.decodeIfPresent(Event.self, forKey: .event) {
            self = .event(try Self.event(event, line))
        } else if let error = try line.decodeIfPresent(ControlError.self, forKey: .error) {
            self = .refusal(try line.decodeIfPresent(Int.self, forKey: .id), error)
        } else {
            self = .answer(try line.decode(Int.self, forKey: .id), try Self.result(line))
        }
    }

    private static func result(_ line: KeyedDecodingContainer<Key>) throws -> ControlResult {
        if let devices = try line.decodeIfPresent([DeviceReport].self, forKey: .devices) { return .devices(devices) }
        if let device = try line.decodeIfPresent(DeviceReport.self, forKey: .device) { return .device(device) }
        if line.contains(.status) {
            return .response(try ResponseAPDU(decoding: try octets(.data, line) + octets(.status, line)))
        }
        if line.contains(.octets) { return .octets(try octets(.octets, line)) }
        if line.contains(.atr) { return .answerToReset(try octets(.atr, line)) }
        if let result = try line.decodeIfPresent(PrintResult.self, forKey: .print) { return .print(result) }
        if line.contains(.subscribed) { return .subscribed }
        throw DecodingError.dataCorruptedError(forKey: .id, in: line, debugDescription: "an answer of an unknown kind")
    }

    private static func event(_ event: Event, _ line: KeyedDecodingContainer<Key>) throws -> ControlEvent {
        switch event {
        case .status: return .status(try line.decode(DeviceReport.self, forKey: .device))
        case .card:
            return .card(
                reader: try line.decode(String.self, forKey: .reader), slot: try line.decode(Int.self, forKey: .slot),
                answerToReset: try octets(.atr, line), isContactless: try line.decode(Bool.self, forKey: .contactless))
        case .cardRemoved:
            return .cardRemoved(reader: try line.decode(String.self, forKey: .reader), slot: try line.decode(Int.self, forKey: .slot))
        case .print:
            guard let id = PrintID(try line.decode(String.self, forKey: .print)) else {
                throw DecodingError.dataCorruptedError(forKey: .print, in: line, debugDescription: "no print id")
            }
            return .print(
                printer: try line.decode(String.self, forKey: .printer), id, try line.decode(PrintResult.self, forKey: .result))
        }
    }

    private static func octets(_ key: Key, _ line: KeyedDecodingContainer<Key>) throws -> [UInt8] {
        guard let octets = [UInt8](hexadecimal: try line.decode(String.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: line, debugDescription: "no pairs of hexadecimal digits")
        }
        return octets
    }
}

/// Lines of JSON, as both ends spell them.
enum ControlLine {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value)) + [0x0A]
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ line: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(line))
    }
}

/// Cuts what comes into lines.
struct LineCutter {
    /// What a line may have, at most.
    let limit: Int
    private var rest: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    /// The whole lines, without their ends; throws where one is too long.
    mutating func feed(_ octets: some Sequence<UInt8>) throws(ControlError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for octet in octets {
            if octet == 0x0A {
                lines.append(rest)
                rest.removeAll(keepingCapacity: rest.count < 1 << 16)
            } else {
                guard rest.count < limit else { throw ControlError(.tooLong, "a line has more than \(limit) octets") }
                rest.append(octet)
            }
        }
        return lines
    }
}
