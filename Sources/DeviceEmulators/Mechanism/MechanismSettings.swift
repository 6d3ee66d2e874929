/// What an emulated printer's mechanism is built like, beyond its ``PrinterModel``.
public struct MechanismSettings: Hashable, Sendable {
    /// Millimetres of paper a second; thermal printers do 150 to 300.
    public var speed: Double
    /// How long the knife takes.
    public var cutTime: Duration
    /// Bytes it takes in before it must have printed some; nil: what the model says.
    public var bufferBytes: Int?
    /// Bytes read beyond a full buffer, so that real-time commands behind it are still found.
    public var reserveBytes: Int
    /// Metres on a new roll.
    public var rollMetres: Double
    /// Metres left at which the near-end sensor reports.
    public var nearEndMetres: Double
    /// How long every answer takes while ``PrinterFault/late`` is on.
    public var lateness: Duration
    /// After switching on: bytes that arrive so early are lost.
    public var warmUp: Duration
    /// Finished sheets whose pictures are kept.
    public var keptPictures: Int
    /// Finished sheets of which text, id and length are kept.
    public var keptSheets: Int

    public init(
        speed: Double = 200, cutTime: Duration = .milliseconds(300), bufferBytes: Int? = nil, reserveBytes: Int = 256,
        rollMetres: Double = 80, nearEndMetres: Double = 4, lateness: Duration = .seconds(3), warmUp: Duration = .zero,
        keptPictures: Int = 30, keptSheets: Int = 10_000
    ) {
        self.speed = speed
        self.cutTime = cutTime
        self.bufferBytes = bufferBytes
        self.reserveBytes = reserveBytes
        self.rollMetres = rollMetres
        self.nearEndMetres = nearEndMetres
        self.lateness = lateness
        self.warmUp = warmUp
        self.keptPictures = keptPictures
        self.keptSheets = keptSheets
    }
}

/// What can be wrong with an emulated printer; each is switched on and off from outside.
public enum PrinterFault: String, Hashable, Sendable, CaseIterable {
    /// The sensor before the head sees no paper. Ends with new paper.
    case paperOut = "paper-out"
    case coverOpen = "cover-open"
    /// Without power: what was buffered is lost, connections break, nothing listens.
    case powerOff = "power-off"
    /// The firmware hangs: it keeps its connection and answers nothing. Switching off and on ends it.
    case hang
    /// The roll lies the wrong way round: everything is confirmed, the paper stays white.
    case reversedRoll = "reversed-roll"
    /// The near-end sensor reports, whatever is left on the roll.
    case nearEnd = "near-end"
    /// The next cut gets stuck. Ends, after the jam is removed, with `DLE ENQ` or by opening and closing the cover.
    case cutterJam = "cutter-jam"
    /// The head is too hot: stands still, and goes on by itself when it has cooled down.
    case headHot = "head-hot"
    /// A broken part: stands still until it is repaired or switched off and on.
    case unrecoverable
    /// The ink of the roll has faded: everything is confirmed, and nothing is legible.
    case fadedRoll = "faded-roll"
    /// Takes data and prints it, and answers nothing.
    case deaf
    /// Answers with noise instead of what it means.
    case garbage
    /// Every answer comes late, by ``MechanismSettings/lateness``.
    case late
}

/// Something that happened, for whoever wants to know when. Times count from the start of the emulator.
public struct PrinterEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The first dots or feed of this sheet.
        case sheetStarted(Int)
        /// Cut off, or torn off where `cut` is false.
        case sheetFinished(Int, cut: Bool)
        /// The four characters that were sent back.
        case processIDAnswered(String)
        /// Data thrown away by `DLE DC4 8`, `DLE ENQ 2` or a loss of power.
        case bufferCleared(bytes: Int)
        case fault(PrinterFault, on: Bool)
        case rollLoaded(metres: Double)
        case connected
        case disconnected
        case drawerOpened
        /// A command that this model does not know or cannot carry out.
        case ignored(String)
    }
    /// 1, 2, 3 …; numbers that are missing at the front of a list have been dropped for space.
    public var number: Int
    public var at: Duration
    public var kind: Kind
}

extension Duration {
    /// Whole nanoseconds; the mechanism calculates in integers so that no row gets lost in rounding.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
