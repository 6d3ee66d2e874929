import COpenSSL
public import Secrets

/// The codes by which cards and readers know that a message is whole and from each other.
public enum MessageAuthentication: Hashable, Sendable {
    /// ISO/IEC 9797-1, MAC algorithm 3 with DES, on whole blocks of 8 octets; the key has 16 octets.
    case retail
    /// NIST SP 800-38B with AES, its first 8 octets; the key has 16, 24 or 32 octets.
    case cmac

    /// The code, 8 octets.
    public func code(_ message: [UInt8], key: Secret) throws(CryptographyError) -> [UInt8] {
        switch self {
        case .retail: try retail(message, key)
        case .cmac: try cmac(message, key)
        }
    }

    /// DES with K1 over all blocks, and K1 K2 K1 over the last. Single DES is a legacy of libcrypto that may be missing: three times the
    /// same key is the same.
    private func retail(_ message: [UInt8], _ key: Secret) throws(CryptographyError) -> [UInt8] {
        precondition(message.count % 8 == 0 && !message.isEmpty && key.count == 16, "a retail MAC takes whole blocks and two keys")
        let zero = [UInt8](repeating: 0, count: 8)
        let single = Secret(joining: [key[0..<8], key[0..<8]])
        let before = try BlockCipher.tripleDES.encrypt(Secret(message.dropLast(8)), key: single, initial: zero)
        let chain = before.isEmpty ? zero : Array(before.suffix(8))
        return try BlockCipher.tripleDES.encrypt(Secret(message.suffix(8)), key: key, initial: chain)
    }

    private func cmac(_ message: [UInt8], _ key: Secret) throws(CryptographyError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 16)
        var length = 0
        let done = key.withBytes { key in
            EVP_Q_mac(
                nil, "CMAC", nil, "AES-\(key.count * 8)-CBC", nil, key.baseAddress, key.count, message, message.count, &code, code.count,
                &length)
        }
        guard done != nil, length == 16 else { throw CryptographyError("AES-CMAC") }
        return Array(code.prefix(8))
    }
}
