public import NIOSSL

/// How a client speaks TLS with its centre.
public enum ClientTLS {
    /// Believes only servers whose certificate this authority signed for the name in the URL.
    public static func trusting(_ authority: AuthorityCertificate) throws(EnrolmentError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        do {
            configuration.trustRoots = .certificates([try authority.certificate.forTLS()])
        } catch {
            throw EnrolmentError(.malformed, "TLS cannot be set up with the centre's authority: \(error)")
        }
        return configuration
    }

    /// Believes anybody: only to be told who the authority is, which the enrolment code then confirms or not.
    public static var asking: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .none
        return configuration
    }

    /// Whether a failure is TLS's word that the other end is not to be believed.
    public static func isDistrust(_ error: any Error) -> Bool {
        if let error = error as? NIOSSLError, case .handshakeFailed(let reason) = error {
            return "\(reason)".contains("CERTIFICATE_VERIFY_FAILED")
        }
        return error as? NIOSSLExtraError == .failedToValidateHostname
    }

    /// What that means to a technician.
    static func distrust(_ url: String) -> String {
        "the server at \(url) has no certificate of the centre's authority for this name, or this machine's clock is wrong; "
            + "start the centre with --name and the name in the URL"
    }
}

extension DeviceIdentity {
    /// Mutual TLS with this identity.
    public func clientTLS() throws(EnrolmentError) -> TLSConfiguration {
        var configuration = try ClientTLS.trusting(authority)
        do {
            configuration.certificateChain = [.certificate(try certificate.certificate.forTLS())]
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem))
        } catch {
            throw EnrolmentError(.malformed, "TLS cannot be set up with the key of \(certificate.name): \(error)")
        }
        return configuration
    }
}
