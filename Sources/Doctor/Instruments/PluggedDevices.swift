public import ESCPOS
import Foundation
import Glibc

/// What the system says of the USB devices that are plugged in (sysfs), and who may open them.
public struct PluggedDevice: Hashable, Sendable {
    /// One way to it.
    public struct Node: Hashable, Sendable {
        public var path: String
        /// Whether this user may read and write it.
        public var isAllowed: Bool

        public init(_ path: String, isAllowed: Bool = true) { (self.path, self.isAllowed) = (path, isAllowed) }
    }

    public struct Interface: Hashable, Sendable {
        /// bInterfaceClass and bInterfaceSubClass.
        public var kind: UInt16
        /// The kernel's driver, or `usbfs` while a program has it; nil: nobody.
        public var driver: String?

        public init(kind: UInt16, driver: String? = nil) { (self.kind, self.driver) = (kind, driver) }
    }

    /// Where it is plugged in, such as `1-2.3`.
    public var port: String
    public var usb: PrinterModel.USBIdentity
    /// Maker and product as it says them.
    public var name: String
    public var interfaces: [Interface]
    /// For libusb.
    public var node: Node
    /// Of its keyboards.
    public var inputs: [Node]
    public var hidraws: [Node]

    public init(
        port: String, usb: PrinterModel.USBIdentity, name: String = "", interfaces: [Interface] = [], node: Node, inputs: [Node] = [],
        hidraws: [Node] = []
    ) {
        self.port = port
        self.usb = usb
        self.name = name
        self.interfaces = interfaces
        self.node = node
        self.inputs = inputs
        self.hidraws = hidraws
    }

    /// USB CCID 1.10, 4.1: class 0B.
    public var isReader: Bool { interfaces.contains { $0.kind >> 8 == 0x0B } }
    /// Class 07, subclass 01.
    public var isPrinter: Bool { interfaces.contains { $0.kind == 0x0701 } }
}

extension PluggedDevice {
    /// Every one of this machine; none where it has no USB.
    /// - Parameters:
    ///   - sysfs: where the system tells of devices.
    ///   - nodes: where their files are.
    static func all(sysfs: String = "/sys", nodes: String = "/dev") throws -> [PluggedDevice] {
        let bus = "\(sysfs)/bus/usb/devices"
        guard access(bus, F_OK) == 0 else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: bus).sorted().compactMap { port in
            // Hubs of the machine itself are usb1, usb2; interfaces have a colon.
            guard !port.hasPrefix("usb"), !port.contains(":") else { return nil }
            return PluggedDevice(port, "\(bus)/\(port)", nodes)
        }
    }

    /// nil: it was unplugged meanwhile.
    private init?(_ port: String, _ folder: String, _ nodes: String) {
        func text(_ name: String, in folder: String) -> String? {
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let vendor = text("idVendor", in: folder), let product = text("idProduct", in: folder),
            let usb = PrinterModel.USBIdentity("\(vendor):\(product)"), let bus = text("busnum", in: folder).flatMap(Int.init),
            let number = text("devnum", in: folder).flatMap(Int.init)
        else { return nil }
        var interfaces: [Interface] = []
        var (inputs, hidraws): ([Node], [Node]) = ([], [])
        for entry in Self.entries(folder) where entry.hasPrefix("\(port):") {
            let place = "\(folder)/\(entry)"
            guard let kind = text("bInterfaceClass", in: place), let part = text("bInterfaceSubClass", in: place),
                let number = UInt16(kind + part, radix: 16)
            else { continue }
            let driver = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(place)/driver")
            interfaces.append(Interface(kind: number, driver: driver.map { URL(fileURLWithPath: $0).lastPathComponent }))
            for device in Self.entries(place) {
                hidraws += Self.entries("\(place)/\(device)/hidraw").map { Self.node("\(nodes)/\($0)") }
                for input in Self.entries("\(place)/\(device)/input") {
                    let events = Self.entries("\(place)/\(device)/input/\(input)").filter { $0.hasPrefix("event") }
                    inputs += events.map { Self.node("\(nodes)/input/\($0)") }
                }
            }
        }
        self.init(
            port: port, usb: usb,
            name: [text("manufacturer", in: folder), text("product", in: folder)].compactMap(\.self).joined(separator: " "),
            interfaces: interfaces, node: Self.node("\(nodes)/bus/usb/\(Self.three(bus))/\(Self.three(number))"), inputs: inputs,
            hidraws: hidraws)
    }

    private static func entries(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func node(_ path: String) -> Node { Node(path, isAllowed: access(path, R_OK | W_OK) == 0) }

    private static func three(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }
}

/// Whether pcscd runs, which takes every reader that it sees.
enum PCSCDaemon {
    static func isRunning(_ file: String = "/run/pcscd/pcscd.pid") -> Bool {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return false }
        return kill(process, 0) == 0 || errno == EPERM
    }
}

/// The udev rules that are installed.
public struct InstalledRules: Hashable, Sendable {
    public var path: String
    public var text: String

    public init(path: String, text: String) { (self.path, self.text) = (path, text) }

    /// The one that udev takes: of files with one name the first of these folders' counts (udev(7)).
    static func find(_ name: String, in folders: [String] = ["/etc", "/run", "/usr/local/lib", "/usr/lib"]) -> InstalledRules? {
        for folder in folders {
            let path = "\(folder)/udev/rules.d/\(name)"
            if let text = try? String(contentsOfFile: path, encoding: .utf8) { return InstalledRules(path: path, text: text) }
        }
        return nil
    }
}
