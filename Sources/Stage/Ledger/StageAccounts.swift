import SyncProtocol

/// What kiosk, paper and centre said last, each for itself: nobody here believes another.
struct StageAccounts: Hashable, Sendable {
    var kiosk: KioskAccount?
    var paper: PaperAccount?
    var centre: DayReport?
    /// The other lane; nil where there is none, or before it has answered.
    var stock: StockAccount?
    var stockPaper: PaperAccount?

    /// From when on the emulator knows every sheet, in the kiosk's way to write times; see ``PaperAccount/sheetsKnownSince(before:)``.
    var sheetsKnownSince: String?
    /// The paper was looked at after the kiosk's tickets were read, so that what the kiosk calls printed must be on it.
    var paperIsCurrent = true

    /// Whether each answered when it was asked last; if not, its account is an older one.
    var kioskAnswers = true
    var paperAnswers = true
    var centreAnswers = true

    var networkIsCut = false
    /// Visits are being made, so that figures move.
    var visitsAreRunning = false
}
