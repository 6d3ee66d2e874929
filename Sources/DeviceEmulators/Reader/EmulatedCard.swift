public import SmartCard

/// What a card does, whatever carries the commands to it.
public protocol EmulatedCard: Sendable {
    /// The octets that it says when it gets power.
    var answerToReset: [UInt8] { get }
    /// What the reader tells of it by itself (PC/SC part 3): nil for a card with contacts.
    var contactless: ContactlessTraits? { get }
    /// Power came: everything but what is written on it is forgotten.
    mutating func reset()
    /// What it says to a command.
    mutating func answer(_ command: CommandAPDU) -> ResponseAPDU
}

/// What a contactless reader knows of the card in its field.
public struct ContactlessTraits: Hashable, Sendable {
    public var identifier: [UInt8]
    /// The historical bytes of its ATS; nil where it has none.
    public var answerToSelect: [UInt8]?
    /// Whether it draws another identifier each time it comes into the field.
    public var isRandom: Bool

    public init(identifier: [UInt8], answerToSelect: [UInt8]? = nil, isRandom: Bool = false) {
        self.identifier = identifier
        self.answerToSelect = answerToSelect
        self.isRandom = isRandom
    }
}

/// A card in the field that has nothing but its identifier, as many members' cards.
public struct TagCard: EmulatedCard {
    public let contactless: ContactlessTraits?

    public init(_ traits: ContactlessTraits) { contactless = traits }

    /// As a reader makes it up for a MIFARE Classic 1K (PC/SC part 3, 3.1.3.2.3).
    public var answerToReset: [UInt8] {
        [0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x6A]
    }

    public mutating func reset() {}
    public mutating func answer(_ command: CommandAPDU) -> ResponseAPDU { ResponseAPDU(status: .unknownInstruction) }
}

/// A card with contacts and a few files that anybody may read: SELECT by file identifier, READ BINARY (ISO/IEC 7816-4, 11).
public struct FileCard: EmulatedCard {
    public let answerToReset: [UInt8]
    public var contactless: ContactlessTraits?
    private let files: [UInt16: [UInt8]]
    private var selected: UInt16?

    /// - Parameter files: what is in each file, by its identifier; at most 32,768 octets of one can be reached.
    public init(answerToReset: [UInt8], files: [UInt16: [UInt8]], contactless: ContactlessTraits? = nil) {
        self.answerToReset = answerToReset
        self.files = files
        self.contactless = contactless
    }

    public mutating func reset() { selected = nil }

    public mutating func answer(_ command: CommandAPDU) -> ResponseAPDU {
        switch (command.instruction, command.data.count) {
        case (0xA4, 2):
            let identifier = UInt16(command.data[0]) << 8 | UInt16(command.data[1])
            guard let file = files[identifier] else { return ResponseAPDU(status: .fileNotFound) }
            selected = identifier
            // A template with the size of the file (tags 62, 80), unless P2 says that none is wanted (7.1.1).
            guard command.parameter2 & 0x0C != 0x0C else { return ResponseAPDU(status: .done) }
            let size = DataObject(0x80, [UInt8(file.count >> 8), UInt8(file.count & 0xFF)])
            return ResponseAPDU(data: DataObject(0x62, parts: [size]).octets, status: .done)
        case (0xB0, 0):
            guard let file = selected.flatMap({ files[$0] }) else { return ResponseAPDU(status: .noFileSelected) }
            let start = Int(command.parameter1 & 0x7F) << 8 | Int(command.parameter2)
            guard start < file.count else { return ResponseAPDU(status: .wrongOffset) }
            let data = Array(file[start...].prefix(command.expected ?? 0))
            // Fewer octets than were asked for: the file ends here (6282).
            let isShort = command.expected.map { $0 < 256 && $0 > data.count } ?? false
            return ResponseAPDU(data: data, status: isShort ? .endOfFile : .done)
        case (_, _): return ResponseAPDU(status: .unknownInstruction)
        }
    }
}

extension StatusWord {
    static let endOfFile = StatusWord(rawValue: 0x6282)
    static let wrongLength = StatusWord(rawValue: 0x6700)
    static let fileNotFound = StatusWord(rawValue: 0x6A82)
    static let functionNotSupported = StatusWord(rawValue: 0x6A81)
    static let noFileSelected = StatusWord(rawValue: 0x6986)
    static let wrongOffset = StatusWord(rawValue: 0x6B00)
    static let unknownInstruction = StatusWord(rawValue: 0x6D00)
}
