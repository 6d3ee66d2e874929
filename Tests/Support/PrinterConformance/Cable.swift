import DeviceLines
import Foundation
import TransportConformance

/// The cable to the emulated USB device, which `usb_printer.py` holds: lines out, an answer each.
enum Cable {
    /// As what the emulated device shows itself.
    static let printer = USBPrinterAddress(vendor: 0x04B8, product: 0x0E15, serial: "A0001")

    /// Tells it, waits until it has done so, and returns its answer.
    @discardableResult static func say(_ line: String) throws -> String {
        print(line)
        guard let answer = readLine() else { throw Misbehaviour("nobody holds the cable; run this under usb_printer.py") }
        return answer
    }

    /// For whoever reads the test's output.
    static func print(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}
