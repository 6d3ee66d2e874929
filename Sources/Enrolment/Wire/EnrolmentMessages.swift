public import Foundation

/// `POST /v1/enrolment`: a kiosk with a code asks for its first certificate.
public struct EnrolmentRequest: Hashable, Sendable, Codable {
    /// ``CodeKeyring/id`` of the code.
    public var id: Data
    public var site: String
    public var kiosk: String
    /// A certificate signing request (PKCS #10, DER).
    public var request: Data
    /// ``CodeKeyring/proof(_:request:)``.
    public var proof: Data

    public init(id: Data, site: String, kiosk: String, request: Data, proof: Data) {
        self.id = id
        self.site = site
        self.kiosk = kiosk
        self.request = request
        self.proof = proof
    }
}

/// `POST /v1/enrolment/renewal`, over a connection with the certificate that is to be followed by another.
public struct RenewalRequest: Hashable, Sendable, Codable {
    /// A certificate signing request (PKCS #10, DER) with the new key.
    public var request: Data

    public init(request: Data) { self.request = request }
}

/// What a centre answers to both, each part in PEM.
public struct EnrolmentReply: Hashable, Sendable, Codable {
    public var certificate: String
    public var authority: String
    /// The public key to which personal data is sealed.
    public var sealingKey: String

    public init(certificate: String, authority: String, sealingKey: String) {
        self.certificate = certificate
        self.authority = authority
        self.sealingKey = sealingKey
    }

    private enum CodingKeys: String, CodingKey {
        case certificate, authority
        case sealingKey = "sealing_key"
    }
}
