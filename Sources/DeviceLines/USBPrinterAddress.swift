/// Which USB printer is meant.
public struct USBPrinterAddress: Hashable, Sendable, CustomStringConvertible {
    public var vendor: UInt16
    public var product: UInt16
    /// The serial number that the device tells; nil: the first one that is found.
    public var serial: String?

    public init(vendor: UInt16, product: UInt16, serial: String? = nil) {
        self.vendor = vendor
        self.product = product
        self.serial = serial
    }

    public var description: String { "\(Self.hex(vendor)):\(Self.hex(product))" + (serial.map { ":\($0)" } ?? "") }

    private static func hex(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
