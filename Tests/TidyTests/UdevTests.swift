import Foundation
import Testing

/// What the technician installs in `/etc/udev/rules.d` gives the group the printers that `Devices/` knows, and nothing else.
@Suite struct UdevTests {
    private static let file = "udev/60-anjungan.rules"

    /// `vvvv:pppp` of every printer in Devices/.
    private static func known() throws -> Set<String> {
        var ids: Set<String> = []
        for file in try Checkout.files("Devices/printers", ".yaml") {
            for line in file.lines where line.hasPrefix("usb:") {
                for match in line.matches(of: /([0-9a-f]{4}):([0-9a-f]{4})/) { ids.insert("\(match.1):\(match.2)") }
            }
        }
        return ids
    }

    /// The rules for these printers, as they must stand in the file.
    private static func rules(_ ids: Set<String>) -> String {
        let head = """
            # The group anjungan may use the receipt printers that Devices/printers knows, and nothing else.
            # Install: groupadd --system anjungan; copy this to /etc/udev/rules.d; udevadm control --reload; plug the printer in again.
            # Made from the field “usb” of Devices/printers/*.yaml; a test compares the two.
            ACTION=="remove", GOTO="anjungan_end"
            SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", GOTO="anjungan_printers"
            # Only what has a printer interface (class 07, subclass 01): a maker's other devices stay closed.
            SUBSYSTEM!="usb", GOTO="anjungan_end"
            ENV{DEVTYPE}!="usb_device", GOTO="anjungan_end"
            ENV{ID_USB_INTERFACES}!="*:0701??:*", GOTO="anjungan_end"
            LABEL="anjungan_printers"

            """
        let lines = ids.sorted().map { id in
            let parts = id.split(separator: ":")
            return "ATTRS{idVendor}==\"\(parts[0])\", ATTRS{idProduct}==\"\(parts[1])\", GROUP=\"anjungan\", MODE=\"0660\"\n"
        }
        return head + lines.joined() + "LABEL=\"anjungan_end\"\n"
    }

    @Test func theRulesNameEveryPrinterOfDevicesAndNoOther() throws {
        let wanted = Self.rules(try Self.known())
        let path = "\(Checkout.root)/\(Self.file)"
        let standing = try? String(contentsOfFile: path, encoding: .utf8)
        guard standing != wanted else { return }
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            try wanted.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("\(Self.file) was recorded; look at it, then run again without ANJUNGAN_RECORD")
        } else {
            Issue.record("\(Self.file) differs from Devices/printers; run again with ANJUNGAN_RECORD=1 and look at what changed")
        }
    }
}
