import CardCryptography
import Secrets

/// The LDS security object, versions 0 and 1: what the data groups hash to (Doc 9303 part 10, 4.6.2.3).
struct SecurityObject: Hashable {
    /// The hash function of all data groups; nil where it is none that is known here.
    var hash: HashFunction?
    /// Digests by the numbers of data groups.
    var digests: [Int: Secret]

    init(_ octets: Secret) throws(Refusal) {
        do throws(FileError) {
            var whole = ObjectReader(octets)
            var object = try whole.inside(0x30)
            try whole.end()
            let version = try object.next(0x02)
            guard version.count == 1, octets[version.lowerBound] <= 1 else {
                throw FileError("its version is unknown", at: version.lowerBound)
            }
            var algorithm = try object.inside(0x30)
            let identifier = try algorithm.next(0x06)
            hash = HashFunction(identifier: octets[identifier])
            digests = try Self.digests(octets, try object.inside(0x30))
            // Version 1 says the versions of LDS and Unicode, too.
            if octets[version.lowerBound] == 1 { _ = try object.next(0x30) }
            try object.end()
        } catch {
            throw Refusal(.fileMalformed, "the security object in EF.SOD is not as it should be: \(error)")
        }
    }

    private static func digests(_ octets: Secret, _ list: ObjectReader) throws(FileError) -> [Int: Secret] {
        var list = list
        var digests: [Int: Secret] = [:]
        while !list.rest.isEmpty {
            var entry = try list.inside(0x30)
            let number = try entry.next(0x02)
            guard number.count == 1, (1...16).contains(octets[number.lowerBound]), digests[Int(octets[number.lowerBound])] == nil else {
                throw FileError("there is no such data group, or it is there twice", at: number.lowerBound)
            }
            digests[Int(octets[number.lowerBound])] = octets[try entry.next(0x04)]
            try entry.end()
        }
        return digests
    }
}

extension HashFunction {
    /// By the octets of its object identifier (Doc 9303 part 12, 4.4.1).
    fileprivate init?(identifier: Secret) {
        let nist: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02]
        let known: [(HashFunction, [UInt8])] = [
            (.sha1, [0x2B, 0x0E, 0x03, 0x02, 0x1A]), (.sha256, nist + [1]), (.sha384, nist + [2]), (.sha512, nist + [3]),
            (.sha224, nist + [4]),
        ]
        guard let found = known.first(where: { Secret($0.1) == identifier }) else { return nil }
        self = found.0
    }
}
