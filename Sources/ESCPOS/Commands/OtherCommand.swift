/// Commands of a known length that have no case of their own: how many bytes follow, and what they do.
///
/// Lengths from the ESC/POS quick references of Epson (TM-T20 and TM-T88 families), Citizen (CT-S310) and HPRT (TP80K);
/// where clones added commands, from the manuals of Xprinter and of the A2 family of small panel printers.
struct OtherCommand {
    /// Bytes after the letter.
    var parameters: Int
    /// A few words for ``Command/explanation``.
    var meaning: String

    private init(_ parameters: Int, _ meaning: String) {
        self.parameters = parameters
        self.meaning = meaning
    }

    /// 0 where the command is not known: its letter is passed over, and what follows is read as if nothing had been.
    static func parameters(after first: UInt8, _ letter: UInt8) -> Int { find(first, letter)?.parameters ?? 0 }

    static func find(_ first: UInt8, _ letter: UInt8) -> OtherCommand? {
        switch first {
        case Control.esc: escape[letter]
        case Control.fs: fileSeparator[letter]
        case Control.gs: groupSeparator[letter]
        default: nil
        }
    }

    private static let escape: [UInt8: OtherCommand] = table([
        ("\u{0C}", 0, "print the page"),
        ("%", 1, "characters of the host's own"),
        ("7", 3, "heating dots, time and pause"),
        ("8", 1, "sleep after a time"),
        ("9", 1, "encoding of Chinese characters"),
        ("<", 0, "head to its home"),
        ("=", 1, "select the peripheral"),
        ("?", 1, "forget one character of the host's own"),
        ("A", 1, "line spacing of matrix printers"),
        ("B", 2, "buzzer"),
        ("C", 3, "buzzer and lamp"),
        ("K", 1, "print and feed back"),
        ("L", 0, "page mode"),
        ("S", 0, "standard mode"),
        ("T", 1, "direction of the page"),
        ("U", 1, "one direction only"),
        ("V", 1, "turn by a quarter"),
        ("W", 8, "area of the page"),
        ("c", 2, "sensors and buttons"),
        ("e", 1, "print and feed lines back"),
        ("f", 2, "wait for a slip"),
        ("q", 0, "release the slip"),
        ("o", 0, "stamp"),
        ("r", 1, "colour"),
        ("u", 1, "ask for the drawer"),
        ("v", 0, "ask for the paper"),
    ])

    private static let fileSeparator: [UInt8: OtherCommand] = table([
        ("!", 1, "mode of double-byte characters"),
        ("-", 1, "underline of double-byte characters"),
        ("2", 74, "a double-byte character of the host's own"),
        ("?", 2, "forget a double-byte character of the host's own"),
        ("C", 1, "system of Japanese codes"),
        ("S", 2, "spacing of double-byte characters"),
        ("W", 1, "quadruple double-byte characters"),
    ])

    private static let groupSeparator: [UInt8: OtherCommand] = table([
        ("\u{0C}", 0, "feed to the mark"),
        ("\u{05}", 0, "ask for the state, obsolete"),
        ("#", 1, "number of a stored picture"),
        ("$", 2, "absolute position down the page"),
        (":", 0, "begin or end a macro"),
        ("<", 0, "feed to the black mark"),
        ("A", 2, "distance from the black mark"),
        ("E", 1, "density and speed"),
        ("P", 2, "units of motion"),
        ("T", 1, "print position to the beginning of the line"),
        ("\\", 2, "relative position down the page"),
        ("^", 3, "run the macro"),
        ("b", 1, "smoothing"),
        ("c", 0, "print the counter"),
        ("f", 1, "font of the letters at bar codes"),
        ("j", 1, "automatic status of ink"),
        ("z", 3, "waiting time for going online"),
    ])

    private static func table(_ rows: [(Unicode.Scalar, Int, String)]) -> [UInt8: OtherCommand] {
        Dictionary(uniqueKeysWithValues: rows.map { (UInt8(ascii: $0.0), OtherCommand($0.1, $0.2)) })
    }
}
