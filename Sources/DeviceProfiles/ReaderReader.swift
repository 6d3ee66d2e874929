import ESCPOS
import StrictYAML

/// Turns the mapping of one file of `readers/` into a ``ReaderModel``.
struct ReaderReader {
    let name: String
    let keys: YAMLMapping

    func read() -> ReaderModel? {
        keys.readIdentity(of: name)
        let title = keys.readName()
        let usb = keys.readIdentities("usb")
        let interfaces = readInterfaces()
        let quirks = keys.list("quirks", of: 0...20) { $0.oneOf(ReaderModel.Quirk.self) }
        let firmware = readFirmware()
        let sources = keys.readSources()
        guard let title, let usb, let interfaces, let quirks, let firmware, let sources else { return nil }
        if interfaces.count < 2, quirks.contains(.oneInterfaceAtATime) {
            keys.optional("quirks")?.refuse(
                "“one-interface-at-a-time” needs two interfaces", remedy: "write all of them in “interfaces”, or remove it")
        }
        return ReaderModel(
            id: name, name: title, usb: usb, interfaces: interfaces, quirks: Set(quirks), firmware: firmware.question, sources: sources)
    }

    private func readInterfaces() -> [[ReaderModel.SlotUse]]? {
        guard let value = keys.optional("interfaces") else { return [] }
        return value.list(count: 1...4) { slots in slots.list(count: 1...8) { $0.oneOf(ReaderModel.SlotUse.self) } }
    }

    /// The question, or that there is none.
    private struct Firmware { var question: ReaderModel.FirmwareQuestion? }

    private func readFirmware() -> Firmware? {
        guard let value = keys.optional("firmware") else { return Firmware() }
        return value.mapping { keys in
            let escape = keys.required("escape")?.octets(1...32)
            let skip = keys.required("skip")?.integer(in: 0...32)
            guard let escape, let skip else { return nil }
            return Firmware(question: .init(escape: escape, skip: skip))
        }
    }
}
