import Secrets

/// The files of a travel document that are read here (Doc 9303 part 10, 4.6 and table 35).
enum ElementaryFile: Hashable, Sendable, CustomStringConvertible {
    /// EF.CardAccess, outside the application: what the chip offers beside BAC.
    case cardAccess
    /// EF.COM: which data groups there are.
    case contents
    /// EF.SOD: what was signed.
    case securityObject
    /// EF.DG1: the machine readable zone.
    case zone
    /// EF.DG2: the portrait.
    case portrait

    var identifier: UInt16 {
        switch self {
        case .cardAccess: 0x011C
        case .contents: 0x011E
        case .securityObject: 0x011D
        case .zone: 0x0101
        case .portrait: 0x0102
        }
    }

    /// The data object that it is.
    var tag: UInt16 {
        switch self {
        case .cardAccess: 0x31
        case .contents: 0x60
        case .securityObject: 0x77
        case .zone: 0x61
        case .portrait: 0x75
        }
    }

    /// Octets that none of its kind has: a card that claims more is refused before anything is kept for it.
    var limit: Int {
        switch self {
        case .cardAccess: 4_096
        case .contents: 256
        case .securityObject: 65_536
        case .zone: 256
        case .portrait: 262_144
        }
    }

    /// The number of a data group.
    var group: Int? {
        switch self {
        case .zone: 1
        case .portrait: 2
        case .cardAccess, .contents, .securityObject: nil
        }
    }

    var description: String {
        switch self {
        case .cardAccess: "EF.CardAccess"
        case .contents: "EF.COM"
        case .securityObject: "EF.SOD"
        case .zone: "EF.DG1"
        case .portrait: "EF.DG2"
        }
    }

    /// Reads a file, and says which one it was where it is none.
    func parse<Content>(_ octets: Secret, _ body: (inout ObjectReader) throws(FileError) -> Content) throws(Refusal) -> Content {
        var reader = ObjectReader(octets)
        do throws(FileError) {
            var inner = try reader.inside(tag)
            try reader.end()
            return try body(&inner)
        } catch {
            throw Refusal(.fileMalformed, "\(self) is not as it should be: \(error)")
        }
    }
}
