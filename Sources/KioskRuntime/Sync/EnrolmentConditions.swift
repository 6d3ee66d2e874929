import Conditions
import Enrolment

extension Credentials.Trouble {
    /// As technicians are told.
    var condition: (code: ConditionCode, detail: String) {
        switch self {
        case .missing(let why): (.certificateMissing, why)
        case .early(let why): (.certificateEarly, why)
        case .expired(let why): (.certificateExpired, why)
        case .ending(let why): (.certificateEnding, why)
        case .untrusted(let why): (.centreUntrusted, why)
        case .refused(let code, let why): (ConditionCode(code), why)
        }
    }
}

extension ConditionCode {
    /// What a refusal of the centre means at the kiosk.
    init(_ code: DeviceRefusal.Code) {
        self =
            switch code {
            case .missing: .certificateMissing
            case .early: .certificateEarly
            case .expired: .certificateExpired
            case .revoked: .certificateRevoked
            case .replaced: .certificateReplaced
            case .foreign, .otherKiosk, .signature, .code: .certificateForeign
            }
    }
}
