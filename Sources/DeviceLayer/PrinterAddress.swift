public import DeviceLines
import USBTransport

/// By what way a printer is reached.
///
/// Written as text it is one of
/// `tcp:HOST:PORT` (or plain `HOST:PORT`), `usb:VVVV:PPPP[:SERIAL]` (vendor and product in hexadecimal digits, as `lsusb` shows
/// them), `serial:/dev/ttyS0?baud=19200&flow=rts`, `file:/dev/usb/lp0`.
public enum PrinterAddress: Hashable, Sendable {
    /// A network printer: a name or an address, and a port, 9100 by custom.
    case tcp(host: String, port: Int)
    /// A printer of the USB printer class, through libusb.
    case usb(USBPrinterAddress)
    /// A serial device.
    case serial(path: String, SerialSettings)
    /// A character device that takes the bytes as they are, such as `/dev/usb/lp0`.
    case file(path: String)

    /// A network printer.
    public init(host: String, port: Int) { self = .tcp(host: host, port: port) }
}

/// A printer's address that cannot be read.
public struct PrinterAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stood there.
    public var text: String
    /// What is wrong with it and how it would be right.
    public var detail: String
    public var description: String { "“\(text)”: \(detail)" }
}

extension PrinterAddress: LosslessStringConvertible {
    /// The text that ``init(parsing:)`` reads.
    public var description: String {
        switch self {
        case .tcp(let host, let port): "tcp:\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .usb(let address): "usb:\(address)"
        case .serial(let path, let settings): "serial:\(path)?baud=\(settings.baud.rawValue)&flow=\(settings.flow.rawValue)"
        case .file(let path): "file:\(path)"
        }
    }

    /// As ``init(parsing:)``, without the reason.
    public init?(_ text: String) {
        guard let address = try? Self(parsing: text) else { return nil }
        self = address
    }

    /// Reads an address as it stands in a configuration.
    public init(parsing text: String) throws(PrinterAddressError) {
        func wrong(_ detail: String) -> PrinterAddressError { PrinterAddressError(text: text, detail: detail) }
        let colon = text.firstIndex(of: ":")
        let rest = colon.map { String(text[text.index(after: $0)...]) } ?? ""
        switch colon.map({ text[..<$0] }) {
        case "tcp": self = try Self.network(rest, wrong)
        case "usb": self = .usb(try Self.usb(rest, wrong))
        case "serial": self = try Self.serial(rest, wrong)
        case "file": self = .file(path: try Self.devicePath(rest, "file:/dev/usb/lp0", wrong))
        case _?: self = try Self.network(text, wrong)
        case nil:
            throw wrong(
                "a printer's address is like 192.168.1.20:9100, usb:04b8:0e15, serial:/dev/ttyUSB0?baud=19200&flow=rts or file:/dev/usb/lp0"
            )
        }
    }

    private typealias Wrong = (String) -> PrinterAddressError

    private static func network(_ text: String, _ wrong: Wrong) throws(PrinterAddressError) -> Self {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw wrong("a port from 1 to 65535 must stand behind the last colon, as in 192.168.1.20:9100")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw wrong("the host is missing before the port, as in 192.168.1.20:9100") }
        return .tcp(host: host, port: port)
    }

    private static func usb(_ text: String, _ wrong: Wrong) throws(PrinterAddressError) -> USBPrinterAddress {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        let numbers = parts.prefix(2).compactMap { $0.utf8.count == 4 ? UInt16($0, radix: 16) : nil }
        guard numbers.count == 2 else {
            throw wrong("vendor and product are four hexadecimal digits each, as in usb:04b8:0e15; `lsusb` shows them")
        }
        let serial = parts.count == 3 ? String(parts[2]) : nil
        guard serial != "" else { throw wrong("the serial number behind the last colon is empty; write it, or leave the colon out") }
        return USBPrinterAddress(vendor: numbers[0], product: numbers[1], serial: serial)
    }

    private static func serial(_ text: String, _ wrong: Wrong) throws(PrinterAddressError) -> Self {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = try devicePath(parts[0], "serial:/dev/ttyUSB0?baud=19200&flow=rts", wrong)
        var settings = SerialSettings()
        for option in parts.dropFirst().joined().split(separator: "&") {
            let pair = option.split(separator: "=", maxSplits: 1).map(String.init)
            switch (pair.first, pair.last) {
            case ("baud", let value?):
                guard let baud = Int(value).flatMap(SerialSettings.Baud.init) else {
                    throw wrong("baud is one of \(SerialSettings.Baud.allCases.map { String($0.rawValue) }.joined(separator: ", "))")
                }
                settings.baud = baud
            case ("flow", let value?):
                guard let flow = SerialSettings.FlowControl(rawValue: value) else {
                    throw wrong("flow is one of \(SerialSettings.FlowControl.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                settings.flow = flow
            case (_, _): throw wrong("“\(option)” is no setting of a serial line; there are baud and flow")
            }
        }
        return .serial(path: path, settings)
    }

    private static func devicePath(_ text: String, _ example: String, _ wrong: Wrong) throws(PrinterAddressError) -> String {
        guard text.hasPrefix("/"), text.utf8.count > 1 else { throw wrong("the device's path must begin with /, as in \(example)") }
        return text
    }
}

extension PrinterAddress {
    /// A new way to the printer; no connection is made yet.
    func line() -> any DeviceLine {
        switch self {
        case .tcp(let host, let port): NetworkLine(host: host, port: port)
        case .usb(let address): USBPrinterLine(address)
        case .serial(let path, let settings): FileLine(path: path, serial: settings)
        case .file(let path): FileLine(path: path, serial: nil)
        }
    }
}

extension PrinterAddress {
    /// Opens a connection and closes it again. Where nobody can have two of them, it fails with ``LineError/Code/busy``
    /// while a device layer runs.
    public func tryConnection() async throws(LineError) {
        let line = line()
        defer { line.end() }
        let (news, report) = AsyncStream.makeStream(of: LineNews.self)
        line.connect(after: .zero) { report.yield($0) }
        for await first in news {
            switch first {
            case .connected, .received, .signals: return
            case .disconnected(let error): throw error
            }
        }
        throw LineError(.closed, "nobody waits for an answer any more")
    }
}
