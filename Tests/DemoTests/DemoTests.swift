import Testing

/// Whole demos as child processes: cupsd, backend, emulated printer, kiosk, browser, all real.
/// One after another, because each keeps both cores busy.
@Suite(.serialized) struct DemoTests {}
