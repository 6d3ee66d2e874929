public import Conditions
public import DeviceProfiles
public import ScanCodes
public import Secrets

/// What the scanners of this machine tell.
public enum ScannerEvent: Sendable {
    /// What one can do now; each change, and all of them first.
    case status(ScannerStatus)
    case code(ScannedCode)
    /// Something was typed or sent that is no code, such as by a person; nothing of it is told.
    case ignored(ScannerSource, KeystrokeMachine.Reason)
}

/// Where a code comes from.
public struct ScannerSource: Hashable, Sendable {
    /// Stable: vendor, product and serial number, `05e0:1200:S123`, or where that has none or another has the same, the port, `05e0:1200@1-2`.
    public var name: String
    /// How it speaks on USB.
    public var kind: ScannerModel.Kind
    /// The slug of its file in `Devices/scanners`.
    public var model: String

    public init(name: String, kind: ScannerModel.Kind, model: String) {
        self.name = name
        self.kind = kind
        self.model = model
    }
}

/// One thing that was scanned. Personal, whatever it is.
public struct ScannedCode: Hashable, Sendable {
    /// Without prefix, suffix and AIM identifier.
    public var text: Secret
    public var source: ScannerSource
    public var kind: ScannedKind
    /// Which kind of bar code it was; nil where the scanner did not say.
    public var symbology: AIMIdentifier?

    public init(text: Secret, source: ScannerSource, kind: ScannedKind, symbology: AIMIdentifier? = nil) {
        self.text = text
        self.source = source
        self.kind = kind
        self.symbology = symbology
    }
}

/// What is known of one scanner: a level, never an edge.
public struct ScannerStatus: Hashable, Sendable {
    public var source: ScannerSource
    /// Its device file; of one that is absent the last.
    public var address: String
    /// What stands on its box.
    public var modelName: String
    /// nil: it is ready, and ours alone.
    public var condition: ConditionCode?
    /// What, where and what to do next, for technicians in English; empty while it is ready.
    public var detail: String

    public init(source: ScannerSource, address: String, modelName: String, condition: ConditionCode?, detail: String) {
        self.source = source
        self.address = address
        self.modelName = modelName
        self.condition = condition
        self.detail = detail
    }
}

extension ScannerProfile {
    /// What a file of `Devices/scanners` says of what comes.
    public init(_ model: ScannerModel) {
        var form: CardNumberForm?
        if case .cardNumber(let number) = model.content {
            form = CardNumberForm(
                notation: number.notation == .decimal ? .decimal : .hexadecimal,
                order: number.order == .firstHighest ? .firstHighest : .firstLowest, octets: number.octets, digits: number.digits)
        }
        let layout: KeyboardLayout =
            switch model.layout {
            case .us: .us
            }
        self.init(
            layout: layout, prefix: Array(model.prefix.utf8), suffix: model.suffix.map { $0 == .enter ? .enter : .tab },
            keyGap: .milliseconds(model.keyGap), cardNumber: form)
    }
}
