import COpenSSL
public import Secrets

/// The ciphers that cards speak in, in CBC mode and without padding of their own.
public enum BlockCipher: Hashable, Sendable {
    /// DES three times with two keys, K1 K2 K1; the key has 16 octets.
    case tripleDES
    /// The key has 16, 24 or 32 octets.
    case aes

    /// Octets of a block.
    public var blockLength: Int { self == .tripleDES ? 8 : 16 }

    /// - Parameters:
    ///   - plain: whole blocks.
    ///   - initial: the initial vector, one block.
    public func encrypt(_ plain: Secret, key: Secret, initial: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var coded = [UInt8](repeating: 0, count: plain.count)
        try plain.withBytes { (input) throws(CryptographyError) in
            try coded.withUnsafeMutableBufferPointer { (output) throws(CryptographyError) in
                try run(input, output, key, initial, encrypting: true)
            }
        }
        return coded
    }

    /// - Parameter coded: whole blocks.
    public func decrypt(_ coded: [UInt8], key: Secret, initial: [UInt8]) throws(CryptographyError) -> Secret {
        try coded.withUnsafeBufferPointer { (input) throws(CryptographyError) in
            try Secret(count: coded.count) { (output) throws(CryptographyError) in
                try run(input, output, key, initial, encrypting: false)
            }
        }
    }

    private func run(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>, _ key: Secret, _ initial: [UInt8],
        encrypting: Bool
    ) throws(CryptographyError) {
        precondition(input.count % blockLength == 0 && initial.count == blockLength, "a cipher takes whole blocks")
        // The context is wiped when it is freed.
        guard let function = function(key.count), let context = EVP_CIPHER_CTX_new() else { throw CryptographyError("\(self)") }
        defer { EVP_CIPHER_CTX_free(context) }
        let begun = key.withBytes { EVP_CipherInit_ex2(context, function, $0.baseAddress, initial, encrypting ? 1 : 0, nil) }
        guard begun == 1, EVP_CIPHER_CTX_set_padding(context, 0) == 1 else { throw CryptographyError("\(self)") }
        var (written, rest): (CInt, CInt) = (0, 0)
        guard !input.isEmpty else { return }
        guard EVP_CipherUpdate(context, output.baseAddress, &written, input.baseAddress, CInt(input.count)) == 1,
            EVP_CipherFinal_ex(context, output.baseAddress! + Int(written), &rest) == 1, Int(written + rest) == input.count
        else { throw CryptographyError("\(self)") }
    }

    private func function(_ keyLength: Int) -> OpaquePointer? {
        switch (self, keyLength) {
        case (.tripleDES, 16): EVP_des_ede_cbc()
        case (.aes, 16): EVP_aes_128_cbc()
        case (.aes, 24): EVP_aes_192_cbc()
        case (.aes, 32): EVP_aes_256_cbc()
        case (_, _): preconditionFailure("\(self) has no key of \(keyLength) octets")
        }
    }
}
