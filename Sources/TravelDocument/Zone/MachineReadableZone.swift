public import Secrets

/// The machine readable zone of a travel document: its characters without line ends, every check digit proved (Doc 9303 parts 3 to 6).
public struct MachineReadableZone: Hashable, Sendable {
    /// The sizes of documents.
    public enum Format: Hashable, Sendable, CaseIterable {
        /// Cards: three lines of 30 (part 5).
        case td1
        /// Larger cards: two lines of 36 (part 6).
        case td2
        /// Passports: two lines of 44 (part 4).
        case td3
    }

    /// What stands in it; each without the fillers behind it.
    public enum Field: Hashable, Sendable, CaseIterable {
        /// One or two letters: `P`, `ID`, `AC`.
        case documentCode
        /// The issuing State or organisation, one to three letters: `IDN`, `D`.
        case issuer
        /// The document number, whole also where it is longer than its field.
        case documentNumber
        /// YYMMDD; what is not known is `<`.
        case birth
        /// `M`, `F`, or nothing where it is not said.
        case sex
        /// YYMMDD.
        case expiry
        /// One to three letters.
        case nationality
        /// `PRIMARY<IDENTIFIER<<SECONDARY<IDENTIFIER`.
        case names
        /// Optional data, of TD1 those of the first line.
        case optional
        /// Optional data of the second line of TD1; empty else.
        case secondOptional
    }

    public let format: Format
    /// All characters, line after line.
    public let octets: Secret
    private let number: Secret

    /// As a chip has it (part 10, 4.7.1): nothing but the characters.
    public init(_ octets: Secret) throws(ZoneError) {
        switch octets.count {
        case 90: format = .td1
        case 72: format = .td2
        case 88: format = .td3
        case _: throw ZoneError(.length, at: octets.count)
        }
        if let strange = (0..<octets.count).first(where: { CheckDigit.value(octets[$0]) == nil }) {
            throw ZoneError(.character, at: strange)
        }
        // Visas look alike but have other check digits, and no chip.
        guard octets[0] != UInt8(ascii: "V") else { throw ZoneError(.visa, at: 0) }
        self.octets = octets
        let places = Places(format)
        number = try Self.number(octets, format, places)
        try Self.prove(octets, format, places)
        try Self.proveDate(octets, places.birth, mayBeUnknown: true)
        try Self.proveDate(octets, places.expiry, mayBeUnknown: false)
    }

    /// As a scanner reads or a person types it: also with line ends, spaces and small letters.
    public init(scanned: Secret) throws(ZoneError) {
        let isKept = { (character: UInt8) in ![0x0A, 0x0D, 0x20, 0x09].contains(character) }
        let kept = scanned.withBytes { $0.reduce(0) { isKept($1) ? $0 + 1 : $0 } }
        // More than the longest zone is none, and is not copied.
        guard kept <= 90 else { throw ZoneError(.length, at: kept) }
        let plain = Secret(count: kept) { (output: UnsafeMutableBufferPointer<UInt8>) in
            var place = 0
            for index in 0..<scanned.count where isKept(scanned[index]) {
                output[place] = scanned[index].capital
                place += 1
            }
        }
        try self.init(plain)
    }

    public subscript(field: Field) -> Secret {
        let places = Places(format)
        return switch field {
        case .documentCode: octets[0..<2].trimmed
        case .issuer: octets[2..<5].trimmed
        case .documentNumber: number
        case .birth: octets[places.birth]
        case .sex: octets[places.sex..<places.sex + 1].trimmed
        case .expiry: octets[places.expiry]
        case .nationality: octets[places.nationality].trimmed
        case .names: octets[places.names].trimmed
        case .optional: octets[places.optional].trimmed
        case .secondOptional: octets[places.secondOptional].trimmed
        }
    }

    /// The primary identifier, mostly the surname: its words with spaces between them.
    public var primaryName: Secret { name.primary }
    /// The secondary identifier, mostly the given names; empty where there is none.
    public var secondaryName: Secret { name.secondary }

    private var name: (primary: Secret, secondary: Secret) {
        let all = self[.names]
        let filler = UInt8(ascii: "<")
        let gap = (0..<all.count).first { $0 + 1 < all.count && all[$0] == filler && all[$0 + 1] == filler }
        guard let gap else { return (all.spaced, Secret([])) }
        return (all[0..<gap].spaced, all[gap + 2..<all.count].spaced)
    }
}

// MARK: - Where things stand, and what is proved

extension MachineReadableZone {
    private struct Places {
        var number: Range<Int>
        var birth: Range<Int>
        var sex: Int
        var expiry: Range<Int>
        var nationality: Range<Int>
        var names: Range<Int>
        var optional: Range<Int>
        var secondOptional = 0..<0
        /// What the last check digit covers.
        var composite: [Range<Int>]
        var compositeDigit: Int

        init(_ format: Format) {
            switch format {
            case .td1:
                (number, birth, sex, expiry, nationality) = (5..<14, 30..<36, 37, 38..<44, 45..<48)
                (names, optional, secondOptional) = (60..<90, 15..<30, 48..<59)
                (composite, compositeDigit) = ([5..<30, 30..<37, 38..<45, 48..<59], 59)
            case .td2:
                (number, birth, sex, expiry, nationality) = (36..<45, 49..<55, 56, 57..<63, 46..<49)
                (names, optional) = (5..<36, 64..<71)
                (composite, compositeDigit) = ([36..<46, 49..<56, 57..<71], 71)
            case .td3:
                (number, birth, sex, expiry, nationality) = (44..<53, 57..<63, 64, 65..<71, 54..<57)
                (names, optional) = (5..<44, 72..<86)
                (composite, compositeDigit) = ([44..<54, 57..<64, 65..<87], 87)
            }
        }
    }

    /// The document number: where it is longer than nine, a filler stands in place of its check digit, and the rest and the digit stand in
    /// front of the optional data (parts 5 and 6, note j to the data elements of line 1 and line 2).
    private static func number(_ octets: Secret, _ format: Format, _ places: Places) throws(ZoneError) -> Secret {
        let digit = places.number.upperBound
        let filler = UInt8(ascii: "<")
        guard octets[digit] == filler, format != .td3 else {
            try prove(octets, places.number, octets[digit], at: digit)
            return octets[places.number].trimmed
        }
        let end = places.optional.first { octets[$0] == filler } ?? places.optional.upperBound
        guard end > places.optional.lowerBound + 1 else { throw ZoneError(.checkDigit, at: digit) }
        let whole = Secret(joining: [octets[places.number], octets[places.optional.lowerBound..<end - 1]])
        guard CheckDigit.of(whole) == octets[end - 1] else { throw ZoneError(.checkDigit, at: end - 1) }
        return whole
    }

    private static func prove(_ octets: Secret, _ format: Format, _ places: Places) throws(ZoneError) {
        try prove(octets, places.birth, octets[places.birth.upperBound], at: places.birth.upperBound)
        try prove(octets, places.expiry, octets[places.expiry.upperBound], at: places.expiry.upperBound)
        if format == .td3 {
            // A personal number that is not there may have a filler for its digit (part 4, 4.2.2.2).
            let isAbsent = octets[86] == UInt8(ascii: "<") && octets[places.optional].trimmed.count == 0
            if !isAbsent { try prove(octets, places.optional, octets[86], at: 86) }
        }
        let covered = Secret(joining: places.composite.map { octets[$0] })
        guard CheckDigit.of(covered) == octets[places.compositeDigit] else { throw ZoneError(.checkDigit, at: places.compositeDigit) }
    }

    private static func prove(_ octets: Secret, _ range: Range<Int>, _ digit: UInt8, at place: Int) throws(ZoneError) {
        guard CheckDigit.of(octets[range]) == digit else { throw ZoneError(.checkDigit, at: place) }
    }

    private static func proveDate(_ octets: Secret, _ range: Range<Int>, mayBeUnknown: Bool) throws(ZoneError) {
        guard octets[range].isDate(mayBeUnknown: mayBeUnknown) else { throw ZoneError(.date, at: range.lowerBound) }
    }
}

extension Secret {
    /// Without the fillers at its end.
    fileprivate var trimmed: Secret {
        var end = count
        while end > 0, self[end - 1] == UInt8(ascii: "<") { end -= 1 }
        return self[0..<end]
    }

    /// With spaces for the fillers between words.
    fileprivate var spaced: Secret {
        let source = trimmed
        return Secret(count: source.count) { (output: UnsafeMutableBufferPointer<UInt8>) in
            for index in 0..<source.count { output[index] = source[index] == UInt8(ascii: "<") ? 0x20 : source[index] }
        }
    }

    /// Whether it is YYMMDD; of a birth, months and days may be unknown.
    func isDate(mayBeUnknown: Bool) -> Bool {
        guard count == 6 else { return false }
        for (start, most) in [(0, 99), (2, 12), (4, 31)] {
            let (first, second) = (self[start], self[start + 1])
            if mayBeUnknown, first == UInt8(ascii: "<"), second == UInt8(ascii: "<") { continue }
            guard let tens = first.digit, let ones = second.digit else { return false }
            guard (start == 0 ? 0...most : 1...most).contains(tens * 10 + ones) else { return false }
        }
        return true
    }
}

extension UInt8 {
    fileprivate var digit: Int? { (0x30...0x39).contains(self) ? Int(self - 0x30) : nil }
    /// A small letter as a capital one.
    var capital: UInt8 { (0x61...0x7A).contains(self) ? self - 0x20 : self }
}

/// Characters that are no machine readable zone, or no part of one. It says where, and nothing of what stands there.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Neither 72, 88 nor 90 characters; or a document number of none or too many.
        case length
        /// Another character than A to Z, 0 to 9 and the filler.
        case character
        case checkDigit
        case date
        case visa
    }
    public var code: Code
    /// The character at which it shows, from 0, line ends not counted; for a length that length.
    public var place: Int

    init(_ code: Code, at place: Int) { (self.code, self.place) = (code, place) }

    public var description: String {
        switch code {
        case .length: "\(place) characters are not as many as a document has there; scan or type it again"
        case .character: "character \(place + 1) is none that travel documents use; scan or type it again"
        case .checkDigit: "the check digit at character \(place + 1) does not fit what it covers; scan or type it again"
        case .date: "the date at character \(place + 1) is none; scan or type it again"
        case .visa: "this is a visa, which has no chip; use the passport's own page"
        }
    }
}
