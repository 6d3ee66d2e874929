public import Conditions

/// What the device layer knows of one of its printers.
public struct DeviceDescription: Hashable, Sendable {
    /// As in the queue's URI `escpos:NAME`. Cut after 255 octets, as every text here.
    public var name: String
    /// The slug of its file in `Devices/printers`.
    public var model: String
    /// What stands on its box.
    public var modelName: String
    /// Where it is reached, as in the configuration.
    public var address: String
    /// Now.
    public var status: PrinterStatus

    public init(name: String, model: String, modelName: String, address: String, status: PrinterStatus) {
        self.name = name
        self.model = model
        self.modelName = modelName
        self.address = address
        self.status = status
    }
}

/// What a printer says of itself, beside what its profile says.
public struct DeviceIdentity: Hashable, Sendable {
    public var device: DeviceDescription
    /// Empty where it answers nothing, or has not been reached. At most 16 are sent.
    public var answers: [Answer]

    /// One of its answers, such as `model` and `TM-T20II`.
    public struct Answer: Hashable, Sendable {
        public var question: String
        public var text: String
        public init(question: String, text: String) {
            self.question = question
            self.text = text
        }
    }

    public init(device: DeviceDescription, answers: [Answer]) {
        self.device = device
        self.answers = answers
    }
}

extension BodyWriter {
    mutating func status(_ status: PrinterStatus) {
        octet(status.isReady ? 1 : 0)
        octet(UInt8(status.conditions.count))
        for code in status.conditions.map(\.rawValue).sorted() { text(code, limit: 255) }
    }

    mutating func device(_ device: DeviceDescription) {
        for field in [device.name, device.model, device.modelName, device.address] { text(field, limit: 255) }
        status(device.status)
    }

    mutating func identity(_ identity: DeviceIdentity) {
        device(identity.device)
        let answers = identity.answers.prefix(16)
        octet(UInt8(answers.count))
        for answer in answers {
            text(answer.question, limit: 255)
            text(answer.text, limit: 255)
        }
    }
}

extension BodyReader {
    mutating func device() throws(FrameError) -> DeviceDescription {
        DeviceDescription(
            name: try text("the device"), model: try text("the model"), modelName: try text("the model's name"),
            address: try text("the address"), status: try status())
    }

    mutating func identity() throws(FrameError) -> DeviceIdentity {
        let device = try device()
        var answers: [DeviceIdentity.Answer] = []
        for _ in 0..<(try octet("the number of answers")) {
            answers.append(DeviceIdentity.Answer(question: try text("a question"), text: try text("an answer")))
        }
        return DeviceIdentity(device: device, answers: answers)
    }
}
