import Secrets

/// Where a HID POS scanner's reports hold what was scanned.
///
/// Source: USB HID Point of Sale Usage Tables 1.02, clause 3 (usage page 8Ch): Scanned Data Report 12h with Decoded Data FEh, Symbology
/// Identifier 1 to 3 FBh to FDh and Decode Data Continued FFh; its length is the Byte Count 3Bh of the page Generic Desktop (HID Usage Tables 1.5, clause 4).
public struct POSScanner: Hashable, Sendable {
    typealias Usage = HIDReportDescriptor.Usage

    /// The page of bar code scanners.
    public static let page: UInt16 = 0x8C
    static let scanner = Usage(page, 0x02)
    private static let data = Usage(page, 0xFE)
    private static let isContinued = Usage(page, 0xFF)
    private static let length = Usage(0x01, 0x3B)
    private static let initiate = Usage(page, 0x60)

    /// One control in a report.
    struct Place: Hashable, Sendable {
        var field: HIDReportDescriptor.Field
        var controls: Range<Int>
    }

    /// The number of the scanned data report; nil where the device has only one.
    public let report: UInt8?
    /// Octets of the longest of its reports.
    public let longestReport: Int
    let data: Place
    let length: Place?
    let symbology: [Place]
    let isContinued: Place?
    /// By which it is told to read a code now; nil where it cannot be.
    private let trigger: Place?
    private let triggerLength: Int

    /// nil where the device is no bar code scanner, or does not say where what it scanned stands.
    public init?(_ descriptor: HIDReportDescriptor) {
        guard descriptor.applications.contains(where: { $0.page == Self.page }) else { return nil }
        let find = { (usage: Usage, direction: HIDReportDescriptor.Direction) in
            descriptor.fields.lazy.filter { $0.direction == direction && !$0.isConstant }
                .compactMap { field in field.controls(of: usage).map { Place(field: field, controls: $0) } }
        }
        guard let data = find(Self.data, .input).first, data.field.size == 8 else { return nil }
        let beside = { (usage: Usage) in find(usage, .input).first { $0.field.report == data.field.report } }
        self.data = data
        report = data.field.report
        length = beside(Self.length)
        isContinued = beside(Self.isContinued)
        symbology = [0xFB, 0xFC, 0xFD].compactMap { beside(Usage(Self.page, $0)) }
        trigger = find(Self.initiate, .output).first
        triggerLength = trigger.map { descriptor.length(of: $0.field.report, .output) } ?? 0
        longestReport = descriptor.fields.filter { $0.direction == .input }.map { descriptor.length(of: $0.report) }.max() ?? 0
    }

    /// What one report holds.
    struct Part: Hashable, Sendable {
        var data: Secret
        var identifier: AIMIdentifier?
        var isContinued: Bool
    }

    /// nil where it is another report, or shorter than the descriptor says.
    func part(_ octets: some RandomAccessCollection<UInt8>) -> Part? {
        if let report { guard octets.first == report else { return nil } }
        guard data.field.value(of: data.controls.upperBound - 1, in: octets) != nil else { return nil }
        let value = { (place: Place?) -> UInt32? in place.flatMap { $0.field.value(of: $0.controls.lowerBound, in: octets) } }
        let characters = data.controls.lazy.map { UInt8(truncatingIfNeeded: data.field.value(of: $0, in: octets) ?? 0) }
        // Without a length the rest is filled with zeroes.
        let filled = { characters.lastIndex { $0 != 0 }.map { $0 - characters.startIndex + 1 } ?? 0 }
        let count = value(length).map { min(Int($0), characters.count) } ?? filled()
        let identifier = symbology.map { UInt8(truncatingIfNeeded: value($0) ?? 0) }
        return Part(
            data: Secret(characters.prefix(count)), identifier: AIMIdentifier(identifier), isContinued: value(isContinued) ?? 0 != 0)
    }

    /// The output report that lets it read a code now, or stop that; nil where it cannot be told.
    public func trigger(_ isOn: Bool) -> [UInt8]? {
        guard let trigger else { return nil }
        var report = [UInt8](repeating: 0, count: triggerLength)
        if let number = trigger.field.report { report[0] = number }
        let bit = trigger.field.bitOffset + trigger.controls.lowerBound * trigger.field.size
        if isOn { report[bit / 8] |= 1 << (bit % 8) }
        return report
    }
}
