public import DeviceEmulators
import Foundation
import SmartCard

/// An emulated USB reader and its cable, which `ccid_reader.py` holds: lines on standard output, an answer each on standard input.
public struct ReaderCable: Sendable {
    /// What the kernel would see of the device.
    public struct Traits: Sendable {
        /// Empty: it has none.
        public var serial: String
        public var product = "Emulated reader"
        public var vendor: UInt16 = 0x072F
        public var productNumber: UInt16 = 0x2200
        /// wMaxPacketSize of the bulk endpoints, and of the interrupt endpoint.
        public var packet = 64
        public var noticePacket = 8
        /// An interrupt transfer that is longer than the endpoint's packets never ends, as on many controllers.
        public var isStrict = false
        /// The kernel driver that holds the interface; `usbfs` stands for another program.
        public var driver = ""

        public init(serial: String = "R0001") { self.serial = serial }
    }

    public let wire: ReaderWire
    public var traits: Traits
    public var model: ReaderModel { wire.model }

    public init(_ model: ReaderModel = ReaderModel(isPlugged: false), _ traits: Traits = Traits()) throws {
        wire = try ReaderWire(model)
        self.traits = traits
    }

    /// Into the root hub's port of this number.
    public func plug(port: Int = 1) throws {
        let descriptor = model.description.octets.map { String(String(256 + Int($0), radix: 16).dropFirst()) }.joined()
        let words = [
            "reader", "plug", "\(port)", wire.path, "descriptor=\(descriptor)", "notices=\(model.hasNotices ? 1 : 0)",
            "serial=\(traits.serial)", "product=\(traits.product.replacingOccurrences(of: " ", with: "_"))",
            "vendor=\(traits.vendor)", "number=\(traits.productNumber)", "packet=\(traits.packet)", "noticepacket=\(traits.noticePacket)",
            "driver=\(traits.driver)", "strict=\(traits.isStrict ? 1 : 0)",
        ]
        try Self.say(words.joined(separator: " "))
    }

    /// Pulls the cable, whatever is under way; answered when the kernel has told everybody.
    public func unplug() throws { try Self.say("reader unplug \(wire.path)") }

    /// Pulls every cable.
    public static func clear() throws { try say("reader clear") }

    /// Whoever is said to hold its interface lets it go.
    public func free() throws { try Self.say("reader free \(wire.path)") }

    /// What has been asked of the device since it was plugged in first.
    public func log() throws -> [String] {
        try Self.say("reader log \(wire.path)").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Tells the holder of the cables, waits until it has done so, and returns its answer.
    @discardableResult public static func say(_ line: String) throws -> String {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
        guard let answer = readLine() else {
            throw ReaderMisbehaviour("nobody holds the cable; run this under Tests/Support/USB/ccid_reader.py")
        }
        guard !answer.hasPrefix("error ") else { throw ReaderMisbehaviour(answer) }
        return answer
    }
}
