public import Conditions
import DeviceSocket
import SmartCard

/// How one device is, for whoever asks.
public struct DeviceReport: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable { case reader, printer }

    /// What it is called for ever.
    public var name: String
    public var kind: Kind
    /// What it says of itself, or what stands on its box.
    public var model: String
    /// Where it is.
    public var address: String
    /// vvvv:pppp; nil where it is not on USB.
    public var usb: String?
    public var isReady: Bool
    /// What is wrong, or soon will be.
    public var conditions: [ConditionCode]
    /// The same for technicians, in English: what, where, and what to do next.
    public var detail: String
    /// Of a reader that is open: what each slot holds.
    public var slots: [Slot]

    public struct Slot: Hashable, Sendable, Codable {
        public enum State: String, Hashable, Sendable, Codable, CaseIterable { case empty, activating, ready, failed }
        public var state: State
        /// The card's answer to reset, in hexadecimal digits.
        public var answerToReset: String?
        /// `T=0` or `T=1`.
        public var transmission: String?
        /// Why it has failed.
        public var detail: String?

        enum CodingKeys: String, CodingKey {
            case state, transmission, detail
            case answerToReset = "atr"
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, kind, model, address, usb, conditions, detail, slots
        case isReady = "ready"
    }
}

extension DeviceReport {
    public init(_ reader: ReaderStatus) {
        name = reader.name
        kind = .reader
        model = reader.model
        address = reader.address
        usb = reader.vendor.flatMap { vendor in reader.product.map { "\(Self.digits(vendor)):\(Self.digits($0))" } }
        isReady = reader.condition == nil
        conditions = reader.condition.map { [$0] } ?? []
        detail = reader.detail
        slots = reader.slots.map(Slot.init)
    }

    init(_ printer: DeviceDescription) {
        name = printer.name
        kind = .printer
        model = "\(printer.modelName) (\(printer.model))"
        address = printer.address
        isReady = printer.status.isReady
        conditions = printer.status.conditions.sorted { $0.rawValue < $1.rawValue }
        detail = ""
        slots = []
    }

    private static func digits(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}

extension DeviceReport.Slot {
    init(_ slot: SlotState) {
        switch slot {
        case .empty: self.init(state: .empty)
        case .activating: self.init(state: .activating)
        case .ready(let card):
            self.init(state: .ready, answerToReset: card.answer.octets.hexadecimal, transmission: "\(card.transmission)")
        case .failed(let failure): self.init(state: .failed, detail: "\(failure)")
        }
    }
}
