import Conditions
import DeviceLayer
import DeviceProfiles
import ESCPOS
import KioskRuntime

/// Whether cards could be read: as whoever has the readers knows it, else as the system does.
enum ReaderCheck {
    static func examine(
        _ configuration: Configuration, _ reports: Result<[DeviceReport], any Error>, _ plugged: Result<[PluggedDevice], any Error>,
        pcscdRuns: Bool
    ) -> [Finding] {
        guard configuration.cardReaders else { return [.sound(.readers, Words("tidak dipakai (card_readers)", "not used (card_readers)"))] }
        if let reports = try? reports.get() { return judge(reports.filter { $0.kind == .reader }) }
        switch plugged {
        case .failure(let error): return [.skipped(.readers, Words(both: "\(error)"))]
        case .success(let devices): return judge(devices.filter(\.isReader), pcscdRuns: pcscdRuns)
        }
    }

    private static let none = Words("tidak ada yang tersambung", "none is plugged in")

    /// As the device layer has them.
    private static func judge(_ readers: [DeviceReport]) -> [Finding] {
        guard !readers.isEmpty else { return [.sound(.readers, none)] }
        var findings: [Finding] = []
        for reader in readers {
            let name = "\(reader.name) (\(reader.model), \(reader.address))"
            findings += reader.conditions.map { .wrong(.readers, $0, Words(both: "\(name): \(reader.detail)")) }
            for (number, slot) in reader.slots.enumerated() where slot.state == .failed {
                findings.append(.wrong(.readers, .cardUnusable, Words(both: "\(name), slot \(number): \(slot.detail ?? "?")")))
            }
        }
        return findings.isEmpty ? [.sound(.readers, readers.map(describe).joined(separator: "; "))] : findings
    }

    private static func describe(_ reader: DeviceReport) -> Words {
        let slots = reader.slots.map { slot in
            switch slot.state {
            case .empty: Words("kosong", "empty")
            case .activating, .ready, .failed: Words("ada kartu", "a card is there")
            }
        }
        return Words("\(reader.name) (\(reader.model)) siap: ", "\(reader.name) (\(reader.model)) is ready: ")
            + slots.joined(separator: ", ")
    }

    /// As the system has them, while nobody of ours does.
    private static func judge(_ readers: [PluggedDevice], pcscdRuns: Bool) -> [Finding] {
        guard !readers.isEmpty else { return [.sound(.readers, none)] }
        var findings: [Finding] = []
        for reader in readers {
            let name = "usb \(reader.port) \(reader.name) (\(reader.usb))"
            let isHeld = reader.interfaces.contains { $0.kind >> 8 == 0x0B && $0.driver == "usbfs" }
            if !reader.node.isAllowed {
                findings.append(.wrong(.readers, .readerNotAllowed, Words(both: "\(name): \(reader.node.path)")))
            } else if isHeld || pcscdRuns {
                let holder =
                    pcscdRuns
                    ? Words("pcscd berjalan", "pcscd runs") : Words("sebuah program memegangnya", "a program has it")
                findings.append(.wrong(.readers, .readerBusy, Words(both: "\(name): ") + holder))
            }
        }
        return findings.isEmpty ? [.sound(.readers, readers.map(describe).joined(separator: "; "))] : findings
    }

    private static func describe(_ reader: PluggedDevice) -> Words {
        let name = Words(both: "usb \(reader.port) \(reader.name) (\(reader.usb)), \(reader.node.path)")
        guard let driver = reader.interfaces.first(where: { $0.kind >> 8 == 0x0B })?.driver else {
            return name + Words(": boleh dibuka", ": may be opened")
        }
        return name
            + Words(
                ": driver kernel \(driver) dilepas selama dipakai", ": the kernel's driver \(driver) is detached while it is used")
    }
}

/// Whether the scanners that `Devices/` lists may be taken.
enum ScannerCheck {
    static func examine(
        _ configuration: Configuration, _ models: [ScannerModel], _ plugged: Result<[PluggedDevice], any Error>
    ) -> [Finding] {
        guard configuration.scanners else { return [.sound(.scanners, Words("tidak dipakai (scanners)", "not used (scanners)"))] }
        let devices: [PluggedDevice]
        switch plugged {
        case .failure(let error): return [.skipped(.scanners, Words(both: "\(error)"))]
        case .success(let all): devices = all
        }
        var findings: [Finding] = []
        var sound: [Words] = []
        for device in devices {
            for model in models.matching(usb: device.usb) {
                let name = "usb \(device.port) \(model.name) (\(model.id))"
                let nodes = model.kind(as: device.usb) == .wedge ? device.inputs : device.hidraws
                let closed = nodes.filter { !$0.isAllowed }.map(\.path)
                if nodes.isEmpty {
                    findings.append(
                        .wrong(.scanners, .scannerUnsuitable, Words("\(name): tanpa berkas perangkat", "\(name): it has no device file")))
                } else if !closed.isEmpty {
                    findings.append(.wrong(.scanners, .scannerNotAllowed, Words(both: "\(name): \(closed.joined(separator: ", "))")))
                } else {
                    sound.append(Words(both: "\(name), \(nodes.map(\.path).joined(separator: ", "))"))
                }
            }
        }
        guard findings.isEmpty else { return findings }
        return [.sound(.scanners, sound.isEmpty ? Words("tidak ada yang tersambung", "none is plugged in") : sound.joined(separator: "; "))]
    }
}

/// Whether the installed udev rules are those of `Devices/`.
enum RulesCheck {
    static func examine(
        _ installed: InstalledRules?, _ rules: UdevRules, _ listed: Set<USBIdentity>, _ plugged: Result<[PluggedDevice], any Error>
    ) -> Finding {
        let ours = ((try? plugged.get()) ?? []).filter { listed.contains($0.usb) }
        let names = ours.map { "\($0.name) (\($0.usb))" }.joined(separator: ", ")
        guard let installed else {
            guard !ours.isEmpty else {
                return .sound(
                    .rules,
                    Words("tidak perlu: tidak ada perangkat USB dari Devices", "not needed: no USB device of Devices is plugged in"))
            }
            return .wrong(.rules, .rulesMissing, Words(both: names))
        }
        guard installed.text == rules.text else { return .wrong(.rules, .rulesOutdated, Words(both: installed.path)) }
        return .sound(.rules, Words(both: installed.path))
    }
}
