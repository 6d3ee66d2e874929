import ScanCodes
import Secrets

/// A report descriptor behind its length, and then reports of a device that describes itself so, each behind its length.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReports(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: octets, count: count))
    guard let length = input.first, let descriptor = try? HIDReportDescriptor(decoding: input.dropFirst().prefix(Int(length))) else {
        return 0
    }
    for field in descriptor.fields {
        precondition((1...32).contains(field.size) && field.count > 0)
        precondition(descriptor.length(of: field.report, field.direction) * 8 >= field.bitOffset + field.size * field.count)
        for usage in field.usages.prefix(8) {
            if let controls = field.controls(of: usage) { precondition(controls.upperBound <= field.count) }
        }
    }
    guard let scanner = POSScanner(descriptor) else { return 0 }
    _ = scanner.trigger(true)
    var machine = POSScanMachine(scanner, ScannerProfile())
    var number = 0
    let receive = { (event: POSScanMachine.Event) in
        for effect in machine.handle(event) {
            switch effect {
            case .wait(_, let next): number = next
            case .scanned(let text, _): precondition((ScannerProfile.shortestCode...ScannerProfile.longestCode).contains(text.count))
            case .ignored: break
            }
        }
    }
    var rest = input.dropFirst(Int(length) + 1)
    while let size = rest.popFirst() {
        // Filled up to its length, so that what stands in it is read.
        let report = Array(rest.prefix(Int(size)))
        rest = rest.dropFirst(report.count)
        receive(.report(report + [UInt8](repeating: 0, count: max(0, min(scanner.longestReport, 256) - report.count))))
        if size == 0 { receive(.waited(number: number)) }
        if size == 0xFF { receive(.taken) }
    }
    receive(.waited(number: number))
    precondition(machine.isListening, "silence does not end it")
    return 0
}
