import SmartCard

/// The files of an emulated document, made from what is in them (Doc 9303 part 10, 4.6 and 4.7). EF.SOD is signed elsewhere: here is only
/// what is put around it, and what has to be signed.
public enum DocumentFile {
    public static let cardAccess: UInt16 = 0x011C
    public static let securityObject: UInt16 = 0x011D
    public static let contents: UInt16 = 0x011E
    public static let zone: UInt16 = 0x0101
    public static let portrait: UInt16 = 0x0102

    /// EF.COM.
    /// - Parameter groups: the numbers of data groups, of those that have files here.
    public static func contents(groups: [Int]) -> [UInt8] {
        let tags: [UInt8] = [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70]
        return DataObject(
            0x60,
            parts: [
                DataObject(0x5F01, Array("0107".utf8)), DataObject(0x5F36, Array("040000".utf8)),
                DataObject(0x5C, groups.map { tags[$0 - 1] }),
            ]
        ).octets
    }

    /// EF.DG1.
    public static func zone(_ characters: String) -> [UInt8] {
        DataObject(0x61, parts: [DataObject(0x5F1F, Array(characters.utf8))]).octets
    }

    /// EF.DG2 with one picture, as ISO/IEC 19794-5:2005 has it.
    /// - Parameter image: the file of a picture, JPEG or JPEG 2000.
    public static func portrait(_ image: [UInt8], width: Int = 0, height: Int = 0, isJPEG2000: Bool = false) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * (count - 1 - $0)) & 0xFF) } }
        let picture = [1, isJPEG2000 ? 1 : 0] + number(width, 2) + number(height, 2) + [1, 2, 0, 0, 0, 0] + image
        let face = number(20 + picture.count, 4) + [UInt8](repeating: 0, count: 16) + picture
        let record = Array("FAC\0010\0".utf8) + number(14 + face.count, 4) + number(1, 2) + face
        // The header says what is in the block: a face, made by ISO/IEC JTC 1/SC 37, in its format 8.
        let header = DataObject(
            0xA1, parts: [DataObject(0x81, [2]), DataObject(0x82, [0]), DataObject(0x87, [1, 1]), DataObject(0x88, [0, 8])])
        let template = DataObject(0x7F60, parts: [header, DataObject(0x5F2E, record)])
        return DataObject(0x75, parts: [DataObject(0x7F61, parts: [DataObject(0x02, [1]), template])]).octets
    }

    /// EF.CardAccess of a chip that offers PACE with ECDH and AES-128, generic mapping, brainpoolP256r1.
    public static var offerOfPACE: [UInt8] {
        let identifier = DataObject(0x06, [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02])
        return DataObject(0x31, parts: [DataObject(0x30, parts: [identifier, DataObject(0x02, [2]), DataObject(0x02, [13])])]).octets
    }

    /// The LDS security object, which the document signer signs.
    /// - Parameters:
    ///   - identifier: the octets of the hash function's object identifier.
    ///   - digests: by the numbers of data groups.
    ///   - version: 0, or 1 with the versions of LDS and Unicode.
    public static func toBeSigned(hash identifier: [UInt8], digests: [Int: [UInt8]], version: UInt8 = 0) -> [UInt8] {
        let list = digests.sorted { $0.key < $1.key }.map { number, digest in
            DataObject(0x30, parts: [DataObject(0x02, [UInt8(number)]), DataObject(0x04, digest)])
        }
        var parts = [
            DataObject(0x02, [version]), DataObject(0x30, parts: [DataObject(0x06, identifier), DataObject(0x05, [])]),
            DataObject(0x30, parts: list),
        ]
        if version == 1 {
            parts.append(DataObject(0x30, parts: [DataObject(0x13, Array("0108".utf8)), DataObject(0x13, Array("040000".utf8))]))
        }
        return DataObject(0x30, parts: parts).octets
    }

    /// EF.SOD around what was signed, which is a CMS SignedData in DER.
    public static func securityObject(_ signed: [UInt8]) -> [UInt8] { DataObject(0x77, signed).octets }
}
