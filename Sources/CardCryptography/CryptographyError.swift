import COpenSSL

/// libcrypto could not do what every build of it can: a configuration forbids it, or memory is short.
public struct CryptographyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was to be done.
    public var operation: String
    /// libcrypto's reason; empty where it gives none.
    public var reason: String

    /// Takes what libcrypto says of the last failure on this thread; its queue is empty afterwards.
    init(_ operation: String) {
        self.operation = operation
        let code = ERR_peek_last_error()
        reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? ""
        ERR_clear_error()
    }

    public var description: String {
        "libcrypto cannot do \(operation)\(reason.isEmpty ? "" : ": \(reason)"); see that OpenSSL's configuration allows it"
    }
}
