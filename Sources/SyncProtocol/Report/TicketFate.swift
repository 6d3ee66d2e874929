/// What became of one ticket as far as its entries tell, and under which column of the day it is counted.
///
/// Kiosk and centre count by this one rule, so that their figures can be compared.
public struct TicketFate: Hashable, Sendable, Codable {
    /// A sheet of it came out by the printer's own word (`printed`, `processed` or `sent`).
    public var isOnPaper: Bool
    /// Of some sheet nobody can say whether it came out.
    public var isUnknown: Bool
    public var isVoid: Bool
    /// It counts: paper or screen has shown its number.
    public var isDelivered: Bool
    /// Sheets that were ordered and of which nothing is known yet.
    public var openPrints: Int

    public init(
        isOnPaper: Bool = false, isUnknown: Bool = false, isVoid: Bool = false, isDelivered: Bool = false, openPrints: Int = 0
    ) {
        self.isOnPaper = isOnPaper
        self.isUnknown = isUnknown
        self.isVoid = isVoid
        self.isDelivered = isDelivered
        self.openPrints = openPrints
    }

    /// Each ticket stands in exactly one column, so that the columns add up to the tickets issued.
    public enum Column: String, Hashable, Sendable, Codable, CaseIterable {
        /// The printer reported its sheet.
        case printed
        /// Its number was on the screen and surely no paper came.
        case screen
        /// Nobody can say whether its paper came out. Whatever a citizen says of it later is not the printer's word.
        case unknown
        /// Nobody has seen the number, on screen or paper; it counts no more.
        case void
        /// Its paper is still to come, or its visit has not ended.
        case open
    }

    public var column: Column {
        if isOnPaper { return .printed }
        // A void ticket of whose paper nobody can say is not called void: "void" means that surely no paper bears the number.
        if isUnknown { return .unknown }
        if isVoid { return .void }
        return isDelivered && openPrints == 0 ? .screen : .open
    }

    /// Takes in that a sheet of it was ordered.
    public mutating func requested() { openPrints += 1 }

    /// Takes in what a print of it came to: an outcome as ``PrintSettled/outcome`` spells it.
    public mutating func settled(_ outcome: String) {
        openPrints = max(0, openPrints - 1)
        switch outcome {
        case "printed", "processed", "sent": isOnPaper = true
        case "unknown": isUnknown = true
        // A failed sheet says nothing about another one.
        default: break
        }
    }
}
