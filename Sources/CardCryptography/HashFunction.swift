import COpenSSL
public import Secrets

/// The hash functions of travel documents (Doc 9303 part 12, 4.4.1).
public enum HashFunction: Hashable, Sendable, CaseIterable {
    case sha1, sha224, sha256, sha384, sha512

    /// Octets of a digest.
    public var count: Int {
        switch self {
        case .sha1: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The digest; secret, as it may become a key.
    public func digest(_ octets: Secret) throws(CryptographyError) -> Secret {
        try octets.withBytes { (input) throws(CryptographyError) in
            try Secret(count: count) { (output) throws(CryptographyError) in
                guard EVP_Digest(input.baseAddress, input.count, output.baseAddress, nil, function, nil) == 1 else {
                    throw CryptographyError("\(self)")
                }
            }
        }
    }

    private var function: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha224: EVP_sha224()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}
