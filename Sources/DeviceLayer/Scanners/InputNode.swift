import DeviceProfiles
import ESCPOS
import Glibc

/// A device file by which a USB device's typing or reports are read, as sysfs shows it.
struct InputNode: Hashable {
    enum Way: Hashable {
        /// `/dev/input/eventN` of something with the digits and Enter.
        case keyboard
        /// `/dev/hidrawN`, with its report descriptor.
        case reports(descriptor: [UInt8])
    }

    var path: String
    var way: Way
    var usb: USBIdentity
    /// Empty where the device has none.
    var serial: String
    /// Such as `1-2.3`: bus and ports.
    var port: String
    /// Such as `1.0`: configuration and interface.
    var interface: String

    /// What it may be called, the best first.
    var names: [String] {
        let plain = serial.isEmpty ? [] : ["\(usb):\(serial)"]
        return plain + ["\(usb)@\(port)", "\(usb)@\(port):\(interface)", "\(usb)@\(port):\(interface):\(path)"]
    }

    /// All of this machine, in the order of their paths. Never a device that is not USB.
    static func all() -> [InputNode] {
        let keyboards = SystemFiles.names("/sys/class/input").filter { $0.hasPrefix("event") }.compactMap { keyboard($0) }
        let reports = SystemFiles.names("/sys/class/hidraw").compactMap { reporter($0) }
        return (keyboards + reports).sorted { $0.path < $1.path }
    }

    private static func keyboard(_ name: String) -> InputNode? {
        guard let place = SystemFiles.realPath("/sys/class/input/\(name)"), let device = SystemFiles.parent(of: place),
            let keys = SystemFiles.text("\(device)/capabilities/key"), isKeyboard(keys)
        else { return nil }
        return InputNode("/dev/input/\(name)", .keyboard, below: device)
    }

    private static func reporter(_ name: String) -> InputNode? {
        // …/INTERFACE/HID DEVICE/hidraw/hidrawN
        guard let place = SystemFiles.realPath("/sys/class/hidraw/\(name)"), let folder = SystemFiles.parent(of: place),
            let device = SystemFiles.parent(of: folder), let descriptor = SystemFiles.octets("\(device)/report_descriptor")
        else { return nil }
        return InputNode("/dev/\(name)", .reports(descriptor: descriptor), below: device)
    }

    private init?(_ path: String, _ way: Way, below place: String) {
        var folder = place
        var interface = ""
        while !SystemFiles.exists("\(folder)/idVendor") {
            if let colon = folder.lastIndex(of: ":"), SystemFiles.exists("\(folder)/bInterfaceNumber") {
                interface = String(folder[folder.index(after: colon)...])
            }
            guard let parent = SystemFiles.parent(of: folder) else { return nil }
            folder = parent
        }
        guard let vendor = SystemFiles.text("\(folder)/idVendor"), let product = SystemFiles.text("\(folder)/idProduct"),
            let usb = USBIdentity("\(vendor):\(product)")
        else { return nil }
        self.path = path
        self.way = way
        self.usb = usb
        self.interface = interface
        serial = SystemFiles.text("\(folder)/serial") ?? ""
        port = String(folder.split(separator: "/").last ?? "")
    }

    /// Whether `capabilities/key`, hexadecimal words with the highest first, has 1 to 0 (bits 2 to 11) and Enter (28).
    static func isKeyboard(_ capabilities: String) -> Bool {
        guard let word = capabilities.split(separator: " ").last, let bits = UInt64(word, radix: 16) else { return false }
        let wanted = (2...11).reduce(UInt64(1) << 28) { $0 | 1 << $1 }
        return bits & wanted == wanted
    }
}

/// Small files that the kernel makes, and folders of them.
enum SystemFiles {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Of the folder that this is in; nil for what is not below `/sys/devices`.
    static func parent(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), path.hasPrefix("/sys/devices/") else { return nil }
        return String(path[..<slash])
    }

    static func realPath(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// Sorted; none where there is no such folder.
    static func names(_ folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                UnsafeRawPointer($0).withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// At most 8 KiB; nil where it cannot be read.
    static func octets(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var octets: [UInt8] = []
        while octets.count < 8192 {
            var count = 0
            octets += [UInt8](unsafeUninitializedCapacity: 4096) { buffer, size in
                count = read(descriptor, buffer.baseAddress, 4096)
                size = max(count, 0)
            }
            if count < 0 { return nil }
            if count == 0 { break }
        }
        return octets
    }

    /// Without what stands around it.
    static func text(_ path: String) -> String? {
        octets(path).map { octets in
            let isSpace = { (octet: UInt8) in octet <= 0x20 }
            return String(decoding: octets.drop(while: isSpace).reversed().drop(while: isSpace).reversed(), as: UTF8.self)
        }
    }
}
