public import DeviceSocket
import ESCPOS

// What technicians and CUPS are told of a printer.

extension PrinterDevice {
    /// Its profile, where it is, and what it can do now.
    public func description() -> DeviceDescription {
        DeviceDescription(name: name, model: model.id, modelName: model.name, address: "\(address)", status: machine.status)
    }

    /// What it says of itself, beside its profile: `maker`, `model`, and as `connection` what the other end of the line says
    /// (on USB the device id), and as `logo` whether it holds the picture that it could keep (`stored` or `missing`); without answers while it has not said anything, or cannot.
    public func introduction() -> DeviceIdentity {
        var answers: [DeviceIdentity.Answer] = []
        if let identity { answers += [.init(question: "maker", text: identity.maker), .init(question: "model", text: identity.model)] }
        if !connectionIntroduction.isEmpty { answers.append(.init(question: "connection", text: connectionIntroduction)) }
        if let isHeld = holdsLogo { answers.append(.init(question: "logo", text: isHeld ? "stored" : "missing")) }
        return DeviceIdentity(device: description(), answers: answers)
    }
}

extension PrinterDevice {
    /// One element for each print that this device settles from now on; several at once may be one.
    public nonisolated func settlements() -> AsyncStream<Void> {
        let results = results()
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let relay = Task {
                for await _ in results { continuation.yield() }
                continuation.finish()
            }
            continuation.onTermination = { _ in relay.cancel() }
        }
    }
}
