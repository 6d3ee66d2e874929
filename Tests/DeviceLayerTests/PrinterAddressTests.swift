import DeviceLayer
import DeviceLines
import Testing

@Suite struct PrinterAddressTests {
    @Test(arguments: [
        ("192.168.1.20:9100", PrinterAddress.tcp(host: "192.168.1.20", port: 9100)),
        ("tcp:printer.local:9101", .tcp(host: "printer.local", port: 9101)),
        ("tcp:[fe80::1]:9100", .tcp(host: "fe80::1", port: 9100)),
        ("usb:04b8:0e15", .usb(USBPrinterAddress(vendor: 0x04B8, product: 0x0E15))),
        ("usb:04B8:0E15:J3:SG 1", .usb(USBPrinterAddress(vendor: 0x04B8, product: 0x0E15, serial: "J3:SG 1"))),
        ("serial:/dev/ttyS0", .serial(path: "/dev/ttyS0", SerialSettings(baud: .b9600, flow: .rts))),
        (
            "serial:/dev/ttyUSB0?baud=115200&flow=xonxoff",
            .serial(path: "/dev/ttyUSB0", SerialSettings(baud: .b115200, flow: .xonxoff))
        ),
        ("serial:/dev/ttyUSB0?flow=none", .serial(path: "/dev/ttyUSB0", SerialSettings(baud: .b9600, flow: .none))),
        ("file:/dev/usb/lp0", .file(path: "/dev/usb/lp0")),
    ]) func everyKindIsReadAndWrittenAgain(_ text: String, _ address: PrinterAddress) throws {
        #expect(try PrinterAddress(parsing: text) == address)
        #expect(try PrinterAddress(parsing: address.description) == address)
        #expect(PrinterAddress(text) == address)
    }

    @Test(arguments: [
        ("", "192.168.1.20:9100"),
        ("nowhere", "usb:04b8:0e15"),
        (":9100", "host is missing"),
        ("printer:0", "1 to 65535"),
        ("printer:nine", "1 to 65535"),
        ("tcp:printer", "1 to 65535"),
        ("usb:04b8", "hexadecimal"),
        ("usb:4b8:e15", "hexadecimal"),
        ("usb:04b8:0e15:", "serial number"),
        ("serial:ttyS0", "begin with /"),
        ("serial:/dev/ttyS0?baud=1200", "9600, 19200, 38400, 57600, 115200"),
        ("serial:/dev/ttyS0?flow=dtr", "rts, xonxoff, none"),
        ("serial:/dev/ttyS0?parity=even", "baud and flow"),
        ("serial:/dev/ttyS0?baud", "9600"),
        ("file:", "begin with /"),
    ]) func whatCannotBeReadIsExplained(_ text: String, _ words: String) {
        #expect(PrinterAddress(text) == nil)
        do {
            _ = try PrinterAddress(parsing: text)
            Issue.record("“\(text)” was read")
        } catch {
            #expect(error.description.contains(words) && error.text == text, "\(error)")
        }
    }
}
