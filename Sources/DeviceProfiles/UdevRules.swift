public import ESCPOS
public import StrictYAML

/// The file for `/etc/udev/rules.d` that gives one group the devices that `Devices/` names, and nothing else.
///
/// A pure text of the models: the same files make the same octets. Emulated models are left out: no machine of an agency has them.
public struct UdevRules: Sendable {
    /// The group that may use the devices.
    public static let group = "anjungan"
    /// The file's name. It comes after `70-uaccess.rules`, which gives card readers to whoever sits at the screen, and before
    /// `73-seat-late.rules`, which does it.
    public static let fileName = "71-anjungan.rules"

    private let printers: [USBIdentity]
    private let readers: [USBIdentity]
    private let wedges: [USBIdentity]
    private let posScanners: [USBIdentity]

    public init(printers: [PrinterModel], readers: [ReaderModel], scanners: [ScannerModel]) {
        self.printers = Self.identities(printers.flatMap { Self.isReal($0) ? $0.usb : [] })
        self.readers = Self.identities(readers.flatMap { Self.isReal($0) ? $0.usb : [] })
        wedges = Self.identities(scanners.flatMap { Self.isReal($0) ? $0.wedge : [] })
        posScanners = Self.identities(scanners.flatMap { Self.isReal($0) ? $0.posScanner : [] })
    }

    private static func isReal(_ model: some DeviceModel) -> Bool { !model.id.hasPrefix("emulated-") }

    private static func identities(_ all: [USBIdentity]) -> [USBIdentity] { Set(all).sorted { $0.description < $1.description } }

    /// The whole file.
    public var text: String {
        """
        # The group anjungan may use the printers, card readers and scanners that Devices/ names, and nothing else.
        # Written by: anjungan udev generate; a test compares it with Devices/.
        # Install: groupadd --system anjungan; copy this to /etc/udev/rules.d under this name, whose number matters (below);
        # udevadm control --reload; plug the devices in again.
        ACTION=="remove", GOTO="anjungan_end"
        SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", GOTO="anjungan_lp"
        SUBSYSTEM=="input", KERNEL=="event[0-9]*", GOTO="anjungan_wedge"
        SUBSYSTEM=="hidraw", GOTO="anjungan_pos_scanner"
        SUBSYSTEM!="usb", GOTO="anjungan_end"
        ENV{DEVTYPE}!="usb_device", GOTO="anjungan_end"
        # Only what has the interface, a card reader's (class 0B) or a printer's (class 07, subclass 01): a maker's other devices stay closed.
        ENV{ID_USB_INTERFACES}=="*:0b????:*", GOTO="anjungan_reader"
        ENV{ID_USB_INTERFACES}=="*:0701??:*", GOTO="anjungan_printer"
        GOTO="anjungan_end"

        LABEL="anjungan_printer"
        ENV{ANJUNGAN_CLASS}="printer"
        GOTO="anjungan_printers"
        LABEL="anjungan_lp"
        ENV{ANJUNGAN_CLASS}="lp"
        LABEL="anjungan_printers"
        \(Self.rules(printers))

        LABEL="anjungan_reader"
        ENV{ANJUNGAN_CLASS}="reader"
        \(Self.rules(readers))

        LABEL="anjungan_pos_scanner"
        ENV{ANJUNGAN_CLASS}="pos-scanner"
        \(Self.rules(posScanners))

        LABEL="anjungan_wedge"
        ENV{ANJUNGAN_CLASS}="wedge"
        \(Self.rules(wedges, goto: nil))
        # What they type is for the kiosk and never for the screen, also while no kiosk runs.
        ENV{ANJUNGAN_PORT}=="?*", ENV{LIBINPUT_IGNORE_DEVICE}="1"
        # A name for the keyboard; some have a mouse beside it.
        ENV{ANJUNGAN_PORT}=="?*", ENV{ID_INPUT_KEYBOARD}!="1", ENV{ANJUNGAN_CLASS}="wedge-other"

        # Final, so that no later file widens it. uaccess would let whoever sits at the screen, the browser, read cards.
        LABEL="anjungan_grant"
        ENV{ANJUNGAN_PORT}!="?*", ENV{ANJUNGAN_CLASS}="", GOTO="anjungan_end"
        GROUP:="\(Self.group)", MODE:="0660", TAG-="uaccess", SYMLINK+="anjungan/$env{ANJUNGAN_CLASS}-$env{ANJUNGAN_PORT}"
        LABEL="anjungan_end"

        """
    }

    /// Notes the port of each listed device; a device that is not listed has none.
    private static func rules(_ identities: [USBIdentity], goto label: String? = "anjungan_grant") -> String {
        let rules = identities.map { usb in
            let parts = usb.description.split(separator: ":")
            return "ATTRS{idVendor}==\"\(parts[0])\", ATTRS{idProduct}==\"\(parts[1])\", ENV{ANJUNGAN_PORT}=\"$id\""
        }
        return (rules + (label.map { ["GOTO=\"\($0)\""] } ?? [])).joined(separator: "\n")
    }
}

extension DeviceProfiles {
    /// The rules for every device of `directory`.
    public static func udevRules(in directory: String) throws(YAMLError) -> UdevRules {
        UdevRules(
            printers: try printers(in: directory), readers: try readers(in: directory), scanners: try scanners(in: directory))
    }
}
