public import KioskCore

/// Why a centre refuses a kiosk: HTTP 403 with `{"error":{"code":"…","message":"…"}}`, and a line of its report.
public struct DeviceRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal it is, in words of the wire.
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// The kiosk showed no certificate.
        case missing = "certificate-missing"
        /// It is not of this centre's authority, or not in its register.
        case foreign = "certificate-foreign"
        /// Its time has not come, by the centre's clock.
        case early = "certificate-early"
        case expired = "certificate-expired"
        case revoked = "certificate-revoked"
        /// Another machine was enrolled under its name since.
        case replaced = "certificate-replaced"
        /// It is a good certificate, of another site or kiosk than what was sent.
        case otherKiosk = "certificate-other-kiosk"
        /// The batch bears no signature, or not that of the certificate's key.
        case signature = "signature-wrong"
        /// The enrolment code is unknown, used, expired, or for another kiosk.
        case code = "enrolment-refused"
    }

    public var code: Code
    /// What was wrong and what to do next.
    public var message: String
    /// Whom the certificate names, whether that is true or not.
    public var claimed: DeviceName?

    public init(_ code: Code, _ message: String, claimed: DeviceName? = nil) {
        self.code = code
        self.message = message
        self.claimed = claimed
    }

    public var description: String { "\(code.rawValue): \(message)" }
}

/// The JSON of a refusal.
public struct RefusalMessage: Hashable, Sendable, Codable {
    public struct Words: Hashable, Sendable, Codable {
        public var code: String
        public var message: String
    }
    public var error: Words

    public init(_ refusal: DeviceRefusal) { error = Words(code: refusal.code.rawValue, message: refusal.message) }
}

extension DeviceCertificate {
    /// Whether a centre may believe this certificate now.
    ///
    /// - Parameter standing: what its register says of it.
    public func judge(by authority: AuthorityCertificate, standing: Standing, at now: WallTime) throws(DeviceRefusal) {
        guard authority.signed(self) else {
            throw DeviceRefusal(
                .foreign, "the certificate of \(name) is not of this centre's authority; enrol the kiosk with a code of this centre",
                claimed: name)
        }
        switch standing {
        case .unknown:
            throw DeviceRefusal(
                .foreign, "this centre has not issued certificate \(serial) of \(name), or lost its register; enrol the kiosk again",
                claimed: name)
        case .revoked:
            throw DeviceRefusal(
                .revoked, "the certificate of \(name) was revoked; whoever runs the centre says why and gives a new code", claimed: name)
        case .replaced(let when):
            throw DeviceRefusal(
                .replaced,
                "another machine was enrolled as \(name) at \(when.utc); if that was meant, switch this one off once nothing waits in it "
                    + "(anjungan journal stats), else enrol it with a new code: anjungan-central enroll \(name.site) \(name.kiosk)",
                claimed: name)
        case .issued: break
        }
        switch age(at: now) {
        case .early:
            throw DeviceRefusal(
                .early, "the certificate of \(name) is not valid yet by the centre's clock; one of the two clocks is wrong", claimed: name)
        case .expired:
            throw DeviceRefusal(
                .expired, "the certificate of \(name) has expired, too long without the centre; enrol the kiosk with a new code",
                claimed: name)
        case .fresh, .due, .ending: break
        }
    }

    /// What a register knows of a certificate.
    public enum Standing: Hashable, Sendable {
        case issued
        case revoked
        /// Since then another machine has its name.
        case replaced(WallTime)
        case unknown
    }
}
