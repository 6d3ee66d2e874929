/// What a button does: `POST /actions/NAME` or `POST /actions/NAME/STATE`.
enum StageAction: Hashable, Sendable {
    case fault(String, Bool)
    case network(isCut: Bool)
    case killCupsd
    case killKiosk
    case killCentre
    case visits
    case mend
    /// Holds a card to the reader: `enrolled`, `unknown` or `random`.
    case tap(String)
    /// Shows the scanner a booking.
    case scan

    /// The faults of the emulated printer that have a button.
    static let faults = ["paper-out", "cover-open", "power-off"]

    /// The cards that can be tapped.
    static let cards = ["enrolled", "unknown", "random"]

    init?(_ name: String, _ state: String?) {
        switch (name, state) {
        case (_, "on") where Self.faults.contains(name): self = .fault(name, true)
        case (_, "off") where Self.faults.contains(name): self = .fault(name, false)
        case ("network", "cut"): self = .network(isCut: true)
        case ("network", "restore"): self = .network(isCut: false)
        case ("kill-cupsd", nil): self = .killCupsd
        case ("kill-kiosk", nil): self = .killKiosk
        case ("kill-centre", nil): self = .killCentre
        case ("visits", nil): self = .visits
        case ("mend", nil): self = .mend
        case ("tap", let card?) where Self.cards.contains(card): self = .tap(card)
        case ("scan", nil): self = .scan
        default: return nil
        }
    }

    /// Every name that ``init(_:_:)`` knows, for messages.
    static let known =
        faults.map { "\($0)/on|off" } + [
            "network/cut|restore", "kill-cupsd", "kill-kiosk", "kill-centre", "visits", "mend",
            "tap/\(cards.joined(separator: "|"))", "scan",
        ]
}
