/// What can be wrong at a kiosk, by name.
///
/// Devices, doctor, screen and centre speak in these codes; what they mean to people
/// stands in `Kiosk/conditions.yaml`, which has exactly one entry for each case.
/// Printer codes are the keywords of IPP `printer-state-reasons` (RFC 8011 clause 5.4.12)
/// wherever that list has one.
public enum ConditionCode: String, Hashable, Sendable, CaseIterable, Codable {
    // The printer.
    case mediaEmpty = "media-empty"
    case mediaLow = "media-low"
    case rollUnproven = "roll-unproven"
    case coverOpen = "cover-open"
    case cutterError = "cutter-error"
    case printerError = "printer-error"
    case printerOffline = "printer-offline"
    case printerSilent = "printer-not-responding"
    case printerMismatch = "printer-mismatch"

    // Scanners, and card readers that type.
    case scannerAbsent = "scanner-absent"
    case scannerNotAllowed = "scanner-not-allowed"
    case scannerBusy = "scanner-busy"
    case scannerUnsuitable = "scanner-unsuitable"
    case scannerLost = "scanner-lost"

    // One print.
    case printCancelled = "print-cancelled"
    case printAbandoned = "print-abandoned"
    case printInterrupted = "print-interrupted"
    case printNotJournaled = "print-not-journaled"

    // The way to the printer.
    case spoolerAway = "spooler-away"
    case spoolerRefused = "spooler-refused"
    case spoolerForgets = "spooler-forgets"
    case spoolerKeepsFiles = "spooler-keeps-files"
    case queueMissing = "queue-missing"
    case queuePolicy = "queue-policy"
    case deviceLayerAway = "device-layer-away"

    // Card readers.
    case readerAbsent = "reader-absent"
    case readerNotAllowed = "reader-not-allowed"
    case readerBusy = "reader-busy"
    case readerUnusable = "reader-unusable"
    case readerHangs = "reader-hangs"
    case readerBabbles = "reader-babbles"
    case cardUnusable = "card-unusable"

    // What verifies identity cards.
    case verifierAway = "verifier-away"
    case verifierUnready = "verifier-unready"

    // Who may use the devices.
    case rulesMissing = "rules-missing"
    case rulesOutdated = "rules-outdated"

    // The kiosk itself.
    case configurationInvalid = "configuration-invalid"
    case siteInvalid = "site-invalid"
    case siteOutdated = "site-outdated"
    case emergency
    case kioskAway = "kiosk-away"
    case journalFull = "journal-full"
    case journalFailed = "journal-failed"
    case journalDamaged = "journal-damaged"
    case journalNotDurable = "journal-not-durable"
    case diskLow = "disk-low"
    case clockJumped = "clock-jumped"
    case clockFree = "clock-free"

    // The way to the centre.
    case centreAway = "centre-away"
    case centreBusy = "centre-busy"
    case centreRefused = "centre-refused"
    case chainForked = "chain-forked"
    case centreUntrusted = "centre-untrusted"
    case certificateMissing = "certificate-missing"
    case certificateEarly = "certificate-early"
    case certificateEnding = "certificate-ending"
    case certificateExpired = "certificate-expired"
    case certificateRevoked = "certificate-revoked"
    case certificateReplaced = "certificate-replaced"
    case certificateForeign = "certificate-foreign"

    // What a centre finds out about its kiosks.
    case kioskSilent = "kiosk-silent"
    case kioskLagging = "kiosk-lagging"
}
