/// A single-byte encoding that a printer may have. The lower half is ASCII in all of them.
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
    /// ISO 8859-15, Western Europe with the euro sign.
    case latin9

    /// The byte of `character` in this page, or nil when the page lacks it.
    public func byte(_ character: Unicode.Scalar) -> UInt8? {
        if (0x20...0x7E).contains(character.value) { return UInt8(character.value) }
        if character == Self.hole { return nil }
        return upperHalf.firstIndex(of: character).map { UInt8(0x80 + $0) }
    }

    /// The byte of `character`, also where it is written with combining marks.
    public func byte(_ character: Character) -> UInt8? {
        let scalars = character.unicodeScalars
        if scalars.count == 1, let only = scalars.first { return byte(only) }
        return upperHalf.firstIndex { $0 != Self.hole && Character($0) == character }.map { UInt8(0x80 + $0) }
    }

    /// The character of `byte` (20h…7Eh, 80h…FFh), or nil where the page has none.
    public func character(_ byte: UInt8) -> Unicode.Scalar? {
        switch byte {
        case 0x20...0x7E: Unicode.Scalar(byte)
        case 0x80...: upperHalf[Int(byte) - 0x80] == Self.hole ? nil : upperHalf[Int(byte) - 0x80]
        default: nil
        }
    }

    /// Stands in the tables where a page has no character; it is never matched.
    private static let hole: Unicode.Scalar = "\u{FFFD}"

    private var upperHalf: [Unicode.Scalar] {
        switch self {
        case .cp437: Self.cp437Upper
        case .cp850: Self.cp850Upper
        case .cp852: Self.cp852Upper
        case .cp858: Self.cp858Upper
        case .cp866: Self.cp866Upper
        case .windows1252: Self.windows1252Upper
        case .latin9: Self.latin9Upper
        }
    }
}

/// Characters of the bytes 80h…FFh.
extension CodePage {
    private static let cp437Upper: [Unicode.Scalar] = Array(
        """
        ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
        áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
        └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
        αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}
        """.unicodeScalars)

    private static let cp850Upper: [Unicode.Scalar] = Array(
        """
        ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
        áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
        └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
        ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}
        """.unicodeScalars)

    private static let cp852Upper: [Unicode.Scalar] = Array(
        """
        ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
        áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
        └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
        ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{AD}˝˛ˇ˘§÷¸°¨˙űŘř■\u{A0}
        """.unicodeScalars)

    private static let cp858Upper: [Unicode.Scalar] = Array(
        """
        ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
        áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
        └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
        ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}
        """.unicodeScalars)

    private static let cp866Upper: [Unicode.Scalar] = Array(
        """
        АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\
        абвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
        └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
        рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{A0}
        """.unicodeScalars)

    private static let windows1252Upper: [Unicode.Scalar] = Array(
        """
        €\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ\
        \u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿\
        ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
        àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ
        """.unicodeScalars)

    private static let latin9Upper: [Unicode.Scalar] = Array(
        """
        \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\
        \u{A0}¡¢£€¥Š§š©ª«¬\u{AD}®¯°±²³Žµ¶·ž¹º»ŒœŸ¿\
        ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
        àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ
        """.unicodeScalars)
}
