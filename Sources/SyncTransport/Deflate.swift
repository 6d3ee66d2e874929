import CZlib

/// The content coding `deflate` of HTTP (RFC 9110 clause 8.4.1.2): the zlib format of RFC 1950.
public enum Deflate {
    /// As `Content-Encoding` and ``Acknowledgement/encodings`` have it.
    public static let name = "deflate"

    /// Why octets cannot be unpacked.
    public enum Failure: Error, Hashable, Sendable {
        /// They are no zlib stream, or a torn one.
        case damaged
        /// There would be more than was allowed.
        case tooLarge
    }

    /// Packs octets; `nil` when that makes them no smaller.
    public static func pack(_ octets: [UInt8]) -> [UInt8]? {
        guard !octets.isEmpty else { return nil }
        var length = uLongf(octets.count)
        var packed = [UInt8](repeating: 0, count: octets.count)
        // Level 6 is zlib's own choice. A result that does not fit is larger than what went in.
        guard compress2(&packed, &length, octets, uLong(octets.count), 6) == Z_OK, length < UInt(octets.count) else { return nil }
        return Array(packed.prefix(Int(length)))
    }

    /// Unpacks at most `limit` octets, however many a stream claims to hold.
    public static func unpack(_ packed: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var length = uLongf(limit)
        var octets = [UInt8](repeating: 0, count: limit)
        switch uncompress(&octets, &length, packed, uLong(packed.count)) {
        case Z_OK: return Array(octets.prefix(Int(length)))
        // zlib says the same of a stream that breaks off; then there is room left.
        case Z_BUF_ERROR where length >= UInt(limit): throw .tooLarge
        default: throw .damaged
        }
    }
}
