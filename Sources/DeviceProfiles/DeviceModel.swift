public import ESCPOS

/// `idVendor` and `idProduct`, as `lsusb` writes them.
public typealias USBIdentity = PrinterModel.USBIdentity

/// What every file below `Devices/` says, whatever it describes.
public protocol DeviceModel: Hashable, Sendable {
    /// The slug of its file.
    var id: String { get }
    /// What stands on its box.
    var name: String { get }
    /// As what it shows itself on USB.
    var usb: [USBIdentity] { get }
    /// Where the facts come from, in words.
    var sources: [String] { get }
}

extension PrinterModel: DeviceModel {}

extension Sequence where Element: DeviceModel {
    /// The models that show themselves as `usb`: several where makers share an identity, so the answer is a list to choose from.
    public func matching(usb: USBIdentity) -> [Element] { filter { $0.usb.contains(usb) } }
}
