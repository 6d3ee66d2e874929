import CardCryptography
public import Secrets

/// EF.COM: which data groups a chip says it has (Doc 9303 part 10, 4.6.1). Nobody signs it.
struct ContentsFile: Hashable {
    /// Their numbers.
    var groups: Set<Int>

    init(_ octets: Secret) throws(Refusal) {
        groups = try ElementaryFile.contents.parse(octets) { (reader) throws(FileError) in
            _ = try reader.next(0x5F01)
            _ = try reader.next(0x5F36)
            let list = try reader.next(0x5C)
            try reader.end()
            var groups: Set<Int> = []
            for place in list {
                guard let group = Self.tags.firstIndex(of: octets[place]) else { throw FileError("there is no such data group", at: place) }
                groups.insert(group + 1)
            }
            return groups
        }
    }

    /// Of data groups 1 to 16.
    private static let tags: [UInt8] = [
        0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
    ]
}

/// EF.CardAccess: what a chip offers beside BAC (Doc 9303 part 11, 9.2.11).
struct CardAccessFile: Hashable {
    /// Whether one of its SecurityInfos belongs to PACE.
    var offersPACE: Bool

    init(_ octets: Secret) throws(Refusal) {
        offersPACE = try ElementaryFile.cardAccess.parse(octets) { (reader) throws(FileError) in
            var found = false
            while !reader.rest.isEmpty {
                var information = try reader.inside(0x30)
                let identifier = try information.next(0x06)
                // id-PACE: 0.4.0.127.0.7.2.2.4
                found = found || octets[identifier].withBytes { $0.starts(with: [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04]) }
            }
            return found
        }
    }
}

extension MachineReadableZone {
    /// EF.DG1 (Doc 9303 part 10, 4.7.1).
    init(file octets: Secret) throws(Refusal) {
        let zone = try ElementaryFile.zone.parse(octets) { (reader) throws(FileError) in
            let value = try reader.next(0x5F1F)
            try reader.end()
            return octets[value]
        }
        do throws(ZoneError) {
            try self.init(zone)
        } catch {
            throw Refusal(.fileMalformed, "the machine readable zone in EF.DG1 is none: its \(error.code) at character \(error.place + 1)")
        }
    }
}

/// The holder's picture as the chip has it; it is not decoded.
public struct Portrait: Hashable, Sendable {
    public enum Format: Hashable, Sendable { case jpeg, jpeg2000 }
    public let format: Format
    /// The file of a picture.
    public let image: Secret
    /// Dots, as the chip says it; 0 where it does not.
    public let width: Int
    public let height: Int
}

extension Portrait {
    /// The first face of EF.DG2: ISO/IEC 19794-5:2005 in the templates of Doc 9303 part 10, 4.7.2. nil where it is in another format,
    /// such as ISO/IEC 39794-5.
    init?(file octets: Secret) throws(Refusal) {
        let found: Portrait? = try ElementaryFile.portrait.parse(octets) { (reader) throws(FileError) in
            var templates = try reader.inside(0x7F61)
            let number = try templates.next(0x02)
            guard number.count == 1, octets[number.lowerBound] > 0 else { throw FileError("it has no picture", at: number.lowerBound) }
            var template = try templates.inside(0x7F60)
            _ = try template.next(0xA1)
            guard let block = try template.next() else { throw FileError("it has no picture", at: template.rest.lowerBound) }
            guard block.tag == 0x5F2E || block.tag == 0x7F2E else {
                throw FileError("its picture has another tag", at: block.value.lowerBound)
            }
            return try Self.face(octets, block.value)
        }
        guard let found else { return nil }
        self = found
    }

    /// ISO/IEC 19794-5: a header of 14 octets, 20 of the face, 8 for each feature point, 12 of the picture, and the picture.
    private static func face(_ octets: Secret, _ block: Range<Int>) throws(FileError) -> Portrait? {
        func number(_ place: Int, _ count: Int) -> Int { (place..<place + count).reduce(0) { $0 << 8 | Int(octets[$1]) } }
        let start = block.lowerBound
        guard block.count > 46 else { throw FileError("its face is cut off", at: block.upperBound) }
        guard number(start, 4) == 0x4641_4300, number(start + 4, 4) == 0x3031_3000 else { return nil }
        let face = start + 14
        let length = number(face, 4)
        let picture = face + 20 + 8 * number(face + 4, 2)
        guard length <= block.upperBound - face, picture + 12 < face + length else { throw FileError("its face is cut off", at: face) }
        let (width, height) = (number(picture + 2, 2), number(picture + 4, 2))
        let image = octets[picture + 12..<face + length]
        guard let format = Format(image) else { throw FileError("its picture is neither JPEG nor JPEG 2000", at: picture + 12) }
        return Portrait(format: format, image: image, width: width, height: height)
    }
}

extension Portrait.Format {
    /// By the first octets: JPEG, JPEG 2000 as a file or as a code stream.
    fileprivate init?(_ image: Secret) {
        let heads: [(Portrait.Format, [UInt8])] = [
            (.jpeg, [0xFF, 0xD8, 0xFF]), (.jpeg2000, [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]), (.jpeg2000, [0xFF, 0x4F, 0xFF, 0x51]),
        ]
        guard let head = heads.first(where: { head in image.withBytes { $0.starts(with: head.1) } }) else { return nil }
        self = head.0
    }
}
