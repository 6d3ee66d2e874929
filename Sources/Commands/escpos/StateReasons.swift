import Conditions

/// Keeps the queue's `printer-state-reasons` as the printer is.
///
/// They are sticky: cupsd keeps what a backend added until one takes it away,
/// so the first report takes away whatever an earlier one may have left.
struct StateReasons {
    static let connecting = "connecting-to-device"
    private var shown: Set<String>?

    /// The lines that lead from what is shown to `reasons`.
    mutating func lines(for reasons: Set<String>) -> [String] {
        let before = shown ?? Self.all
        let gone = before.subtracting(reasons).sorted()
        let new = reasons.subtracting(shown ?? []).sorted()
        shown = reasons
        return (gone.isEmpty ? [] : ["STATE: -\(gone.joined(separator: ","))"])
            + (new.isEmpty ? [] : ["STATE: +\(new.joined(separator: ","))"])
    }

    /// Shows exactly `reasons` from now on.
    mutating func show(_ reasons: Set<String>) {
        for line in lines(for: reasons) { emit("\(line)\n", to: 2) }
    }

    /// As IPP wants it (RFC 8011 clause 5.4.12): the keyword and how bad it is.
    static func keyword(_ code: ConditionCode) -> String? {
        switch code {
        case .mediaLow: "media-low-warning"
        case .mediaEmpty, .coverOpen, .cutterError, .printerError, .printerOffline, .printerSilent: "\(code.rawValue)-error"
        // What is not the printer's is not its queue's either.
        case .rollUnproven, .printCancelled, .printAbandoned, .printInterrupted, .printNotJournaled, .spoolerAway, .spoolerRefused,
            .spoolerForgets,
            .spoolerKeepsFiles, .queueMissing, .queuePolicy, .deviceLayerAway, .configurationInvalid, .siteInvalid, .kioskAway,
            .journalFull, .journalFailed, .journalDamaged, .journalNotDurable, .diskLow, .clockJumped, .clockFree, .centreAway,
            .centreRefused, .chainForked:
            nil
        }
    }

    private static let all = Set(ConditionCode.allCases.compactMap(keyword)).union([connecting])
}
