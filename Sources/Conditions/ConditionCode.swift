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
    case coverOpen = "cover-open"
    case cutterError = "cutter-error"
    case printerError = "printer-error"
    case printerOffline = "printer-offline"
    case printerSilent = "printer-not-responding"

    // One print.
    case printCancelled = "print-cancelled"
    case printAbandoned = "print-abandoned"
    case printInterrupted = "print-interrupted"
    case printNotJournaled = "print-not-journaled"

    // The way to the printer.
    case spoolerAway = "spooler-away"
    case spoolerRefused = "spooler-refused"
    case deviceLayerAway = "device-layer-away"

    // The kiosk itself.
    case journalFull = "journal-full"
    case journalFailed = "journal-failed"
    case clockJumped = "clock-jumped"
}
