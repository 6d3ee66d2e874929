/// A single-byte encoding that a printer may have. The lower half is ASCII in all of them.
///
/// What a number behind `ESC t` means is said by the printer's profile; here stands only what each encoding holds.
/// The order is the one in which a page is looked for: what most printers have comes first.
public enum CodePage: String, Hashable, Sendable, CaseIterable {
    /// IBM PC, what nearly every printer starts with.
    case cp437
    /// IBM PC, Western Europe.
    case cp850
    /// IBM PC, Central Europe.
    case cp852
    /// cp850 with the euro sign.
    case cp858
    /// IBM PC, Cyrillic.
    case cp866
    /// Western Europe.
    case windows1252
    /// Western Europe with the euro sign.
    case latin9 = "iso8859-15"
    /// DOS, Arabic.
    case cp720
    /// DOS, Greek.
    case cp737
    /// IBM PC, Lithuanian with Cyrillic.
    case cp772
    /// IBM PC, Lithuanian.
    case cp774
    /// IBM PC, Baltic.
    case cp775
    /// IBM PC, Greek, the older one.
    case cp851
    /// IBM PC, Cyrillic of South-Eastern Europe.
    case cp855
    /// IBM PC, Turkish.
    case cp857
    /// IBM PC, Portuguese.
    case cp860
    /// IBM PC, Icelandic.
    case cp861
    /// IBM PC, Hebrew.
    case cp862
    /// IBM PC, Canadian French.
    case cp863
    /// IBM PC, Arabic in presentation forms.
    case cp864
    /// IBM PC, Nordic.
    case cp865
    /// IBM PC, Greek.
    case cp869
    /// Thai.
    case cp874
    /// IBM PC, Ukrainian.
    case cp1125
    /// Central Europe.
    case windows1250
    /// Cyrillic.
    case windows1251
    /// Greek.
    case windows1253
    /// Turkish.
    case windows1254
    /// Hebrew.
    case windows1255
    /// Arabic.
    case windows1256
    /// Baltic.
    case windows1257
    /// Vietnamese, with combining marks.
    case windows1258
    /// Western Europe.
    case latin1 = "iso8859-1"
    /// Central Europe.
    case latin2 = "iso8859-2"
    /// Southern Europe.
    case latin3 = "iso8859-3"
    /// Northern Europe.
    case latin4 = "iso8859-4"
    /// Cyrillic.
    case isoCyrillic = "iso8859-5"
    /// Arabic.
    case isoArabic = "iso8859-6"
    /// Greek.
    case isoGreek = "iso8859-7"
    /// Hebrew.
    case isoHebrew = "iso8859-8"
    /// Turkish.
    case latin5 = "iso8859-9"
    /// Kazakh, on the ground of windows1251.
    case rk1048
    /// JIS X 0201: the narrow katakana at A1h…DFh; what stands beside them differs between printers.
    case katakana

    /// The byte that makes a printer write `character` in this page.
    ///
    /// Nil when the page lacks it, and also for the letters of scripts that a printer would set wrongly because it gives each
    /// byte a cell of its own from left to right: Arabic, Hebrew, Thai, and combining marks everywhere. They have to be drawn.
    public func byte(_ character: Unicode.Scalar) -> UInt8? {
        if (0x20...0x7E).contains(character.value) { return UInt8(character.value) }
        return table.byte(character)
    }

    /// The byte of `character`, also where it is written with combining marks.
    public func byte(_ character: Character) -> UInt8? {
        let scalars = character.unicodeScalars
        if scalars.count == 1, let only = scalars.first { return byte(only) }
        return table.composed[character]
    }

    /// The character of `byte` (20h…7Eh, 80h…FFh), or nil where the page has none.
    public func character(_ byte: UInt8) -> Unicode.Scalar? {
        switch byte {
        case 0x20...0x7E: Unicode.Scalar(byte)
        case 0x80...: table.upper[Int(byte) - 0x80] == Table.hole ? nil : table.upper[Int(byte) - 0x80]
        default: nil
        }
    }

    private var table: Table {
        switch self {
        case .cp437: Self.cp437Table
        case .cp720: Self.cp720Table
        case .cp737: Self.cp737Table
        case .cp772: Self.cp772Table
        case .cp774: Self.cp774Table
        case .cp775: Self.cp775Table
        case .cp850: Self.cp850Table
        case .cp851: Self.cp851Table
        case .cp852: Self.cp852Table
        case .cp855: Self.cp855Table
        case .cp857: Self.cp857Table
        case .cp858: Self.cp858Table
        case .cp860: Self.cp860Table
        case .cp861: Self.cp861Table
        case .cp862: Self.cp862Table
        case .cp863: Self.cp863Table
        case .cp864: Self.cp864Table
        case .cp865: Self.cp865Table
        case .cp866: Self.cp866Table
        case .cp869: Self.cp869Table
        case .cp874: Self.cp874Table
        case .cp1125: Self.cp1125Table
        case .windows1250: Self.windows1250Table
        case .windows1251: Self.windows1251Table
        case .windows1252: Self.windows1252Table
        case .windows1253: Self.windows1253Table
        case .windows1254: Self.windows1254Table
        case .windows1255: Self.windows1255Table
        case .windows1256: Self.windows1256Table
        case .windows1257: Self.windows1257Table
        case .windows1258: Self.windows1258Table
        case .latin1: Self.latin1Table
        case .latin2: Self.latin2Table
        case .latin3: Self.latin3Table
        case .latin4: Self.latin4Table
        case .isoCyrillic: Self.isoCyrillicTable
        case .isoArabic: Self.isoArabicTable
        case .isoGreek: Self.isoGreekTable
        case .isoHebrew: Self.isoHebrewTable
        case .latin5: Self.latin5Table
        case .latin9: Self.latin9Table
        case .rk1048: Self.rk1048Table
        case .katakana: Self.katakanaTable
        }
    }
}
