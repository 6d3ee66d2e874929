import Conditions

/// One print as the session machine sees it: bytes and the mark that proves their end.
public struct PrintJob: Hashable, Sendable {
    /// Different for every job that one machine is given.
    public var number: Int
    /// ESC/POS. Questions in it are left out when it is sent, because their answers would be taken for ours,
    /// and so is an unfinished command at its end, because that would swallow what follows.
    public var bytes: [UInt8]
    /// Four characters 20h…7Eh, drawn afresh for every job, for `GS ( H`.
    public var proofID: [UInt8]

    public init(number: Int, bytes: [UInt8], proofID: [UInt8]) {
        precondition(proofID.count == 4 && proofID.allSatisfy { (0x20...0x7E).contains($0) }, "a process ID is four characters 20h…7Eh")
        self.number = number
        self.bytes = bytes
        self.proofID = proofID
    }
}

/// A job of which no byte was sent.
struct PendingJob: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        /// Waits for a printer that can print.
        case waiting
        /// The printer is asked how it is: what it said last is older than the job.
        case checking
        /// The ledger was asked whether it may begin.
        case asking
        /// As ``asking``, and a cancellation came meanwhile.
        case askingCancelled
        /// May begin, but the printer is not ready any more.
        case begun
    }
    var job: PrintJob
    var phase: Phase = .waiting
}

/// A job whose bytes are on their way.
struct RunningJob: Hashable, Sendable {
    /// A piece that was sent and not confirmed.
    struct Sent: Hashable, Sendable {
        /// Bytes, with the question behind it.
        var size: Int
        /// Rows of paper that it moves, at most.
        var rows: Int
    }

    var job: PrintJob
    /// Pieces not sent yet. The last of all holds the last visible thing: without it the sheet is not whole.
    var remaining: [PrintPieces.Piece]
    var inFlight: [Sent] = []
    /// Answers to `GS r` that an earlier connection may have left: so many more answers are wanted behind the last piece …
    var owed = 0
    /// … of which so many are still awaited. They are asked for one by one, so that a crash leaves few unheard.
    var debt = 0
    /// Questions behind pieces so far.
    var asked = 0
    /// Everything was handed to the transport; only printers without queued status are asked for that.
    var isWritten = false
    /// Noise was heard, or an answer was lost: neither its answers nor their absence prove anything but a process ID.
    var isDoubtful = false
    /// The printer stood still since its last confirmation.
    var wasBlocked = false
    /// Nothing was heard for a while: that no confirmation came does not say that nothing was printed.
    var wasSilent = false
    /// Its proof came while a poll was under way: what it proves is whole only if that was not lost either.
    var proven: PrintOutcome?
    /// The printer has to be asked anew which pictures it keeps.
    var changesLogos = false
    /// It is being withdrawn, and the printer was told to forget it.
    var isOrderedBack = false

    /// Everything but the last visible thing was confirmed: all of it may be on the paper.
    var mayBeWhole: Bool { remaining.isEmpty && inFlight.count <= 1 }
}

/// How long to wait for what. Durations are longer than any healthy printer on a local wire needs.
public struct SessionPatience: Hashable, Sendable {
    /// Between questions for the status while something is wanted from the printer.
    public var poll: Duration = .milliseconds(500)
    /// The same while it is idle and ready.
    public var idlePoll: Duration = .seconds(2)
    /// Polls without any answer until the printer counts as not responding.
    public var silentPolls = 2
    /// Polls until a connection is given up on which the printer never said a word; never shorter than the printer's warm-up.
    public var pollsForFirstWord = 6
    /// Polls without any answer until the connection is given up.
    public var pollsUntilDrop = 20
    /// Polls of a ready printer without another of the answers that an earlier connection left, until they count as lost.
    public var quietPolls = 6
    /// Polls with a jammed knife until the printer is told to try again.
    public var pollsUntilRetry = 4
    /// For the end of a withdrawal; afterwards the connection is dropped and the outcome is unknown.
    public var withdrawal: Duration = .seconds(5)
    /// For a confirmation, beyond twice the time that the paper needs, by a printer that says it is well.
    /// One that was switched off and on, on a line that stays up, never confirms.
    public var confirmation: Duration = .seconds(30)
    /// For the answer to a poll that was under way when a proof came. A printer without power loses it.
    public var pollBehindProof: Duration = .seconds(10)
    /// Answers to `GS r` that an earlier run of the program may have left unheard; a new run waits for them, but not for ever.
    public var answersOfEarlierRuns = 8
    /// Before the first attempt to connect again; doubles with each up to ``longestReconnect``.
    public var reconnect: Duration = .milliseconds(250)
    public var longestReconnect: Duration = .seconds(8)

    public init() {}
}
