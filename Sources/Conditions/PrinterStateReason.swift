extension ConditionCode {
    /// As IPP wants it in `printer-state-reasons` (RFC 8011 clause 5.4.12): the keyword and how bad it is.
    ///
    /// Nil for what is not the printer's, and so not its queue's either.
    public var printerStateReason: String? {
        switch self {
        case .mediaLow: "media-low-warning"
        case .mediaEmpty, .coverOpen, .cutterError, .printerError, .printerOffline, .printerSilent: "\(rawValue)-error"
        case .printerMismatch, .rollUnproven, .printCancelled, .printAbandoned, .printInterrupted, .printNotJournaled, .spoolerAway,
            .spoolerRefused, .spoolerForgets,
            .spoolerKeepsFiles, .queueMissing, .queuePolicy, .deviceLayerAway, .verifierAway, .verifierUnready, .readerAbsent,
            .readerNotAllowed, .readerBusy,
            .readerUnusable, .readerHangs, .readerBabbles, .cardUnusable, .rulesMissing, .rulesOutdated, .configurationInvalid,
            .siteInvalid, .siteOutdated,
            .emergency,
            .kioskAway,
            .journalFull, .journalFailed, .journalDamaged, .journalNotDurable, .diskLow, .clockJumped, .clockFree, .centreAway,
            .centreBusy, .centreRefused, .chainForked, .centreUntrusted, .certificateMissing, .certificateEarly, .certificateEnding,
            .certificateExpired,
            .certificateRevoked, .certificateReplaced, .certificateForeign, .kioskSilent, .kioskLagging,
            .scannerAbsent, .scannerNotAllowed, .scannerBusy, .scannerUnsuitable, .scannerLost:
            nil
        }
    }

    /// Every reason that some condition has.
    public static let printerStateReasons = Set(allCases.compactMap(\.printerStateReason))
}
