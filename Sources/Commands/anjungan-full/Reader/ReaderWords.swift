import Conditions
import DeviceLayer
import DeviceProfiles
import Doctor
import Foundation
import ProjectFiles
import SiteBundle
import SmartCard

/// What the reader commands say, in the technician's language.
struct ReaderWords: DeviceWords {
    let catalogue: ConditionCatalogue
    let language: Language

    init(_ language: Language) throws {
        catalogue = try Self.loadCatalogue()
        self.language = language
    }

    func slot(_ slot: DeviceReport.Slot) -> String {
        switch slot.state {
        case .empty: choose("kosong", "empty")
        case .activating: choose("kartu sedang dinyalakan", "a card is getting power")
        case .ready: choose("kartu siap", "card ready") + ", \(slot.transmission ?? "?"), ATR \(slot.answerToReset ?? "?")"
        case .failed: choose("KARTU TIDAK DAPAT DIPAKAI: ", "CARD UNUSABLE: ") + (slot.detail ?? "?")
        }
    }

    func table(_ readers: [DeviceReport]) -> [String] {
        guard !readers.isEmpty else {
            return [choose("Tidak ada pembaca kartu. Colokkan, lalu ulangi.", "There is no card reader. Plug one in, then repeat.")]
        }
        var lines: [String] = []
        for reader in readers {
            lines.append("\(reader.name)  \(reader.model)  \(reader.usb.map { "\($0)  " } ?? "")\(reader.address)  \(state(reader))")
            lines += reader.slots.enumerated().map { "  slot \($0.offset): \(slot($0.element))" }
            lines += reader.conditions.map { "  \(choose(catalogue[$0].remedy))" }
            if !reader.isReady, !reader.detail.isEmpty { lines.append("  \(reader.detail)") }
        }
        return lines
    }

    /// nil: not of a reader.
    func event(_ event: ControlEvent) -> String? {
        switch event {
        case .status(let device):
            guard device.kind == .reader else { return nil }
            return ([device.name, state(device)] + device.slots.enumerated().map { "slot \($0.offset): \(slot($0.element))" })
                .joined(separator: "  ")
        case .card(let reader, let slot, let answer, let isContactless):
            let how = isContactless ? choose("ditempelkan", "in the field") : choose("dimasukkan", "inserted")
            return "\(reader)  slot \(slot): \(choose("kartu", "card")) \(how), ATR \(answer.hexadecimal)"
        case .cardRemoved(let reader, let slot): return "\(reader)  slot \(slot): \(choose("kartu diambil", "card removed"))"
        case .print, .code, .ignored: return nil
        }
    }

    var noPointer: String {
        choose(
            "Kartu ini tidak menyebut nomornya: kartu kontak tidak punya UID, atau tidak ada kartu di atas pembaca.",
            "This card tells no number: a card with contacts has no UID, or there is none in the field.")
    }

    func pointer(_ pointer: CardPointer, _ octets: [UInt8]) -> String {
        var lines = [octets.hexadecimal]
        if pointer.isRandom {
            lines.append(
                choose(
                    "Acak: berganti setiap ditempelkan, tidak dapat didaftarkan.", "Random: another at each tap, so it cannot be enrolled.")
            )
        } else if pointer.isEnumerable {
            lines.append(
                choose("Hanya 4 oktet: dapat dicoba semuanya, jadi data pribadi.", "Only 4 octets: all can be tried, so it is personal."))
        }
        lines.append(
            choose("Penunjuk, bukan bukti: siapa pun dapat menyalinnya.", "A pointer, never a proof: anybody can copy it."))
        return lines.joined(separator: "\n")
    }

    // MARK: What a reader is

    func identity(_ reader: DeviceReport, _ models: [ReaderProfile], firmware: String?) -> [String] {
        var lines = ["\(reader.name)  \(reader.model)  \(reader.address)", state(reader)]
        if let firmware { lines.append(choose("Perangkat keras menyebut: ", "It says of itself: ") + firmware) }
        guard let usb = reader.usb else { return lines }
        guard !models.isEmpty else {
            return lines + [
                "USB \(usb): "
                    + choose(
                        "tidak ada berkas di Devices/readers. Pembaca tetap dapat dipakai; buat berkas agar aturan udev mengizinkannya.",
                        "no file in Devices/readers. It can be used all the same; add a file, so that the udev rules let it.")
            ]
        }
        for model in models {
            lines.append("USB \(usb): \(model.name) (\(model.id))")
            for (number, slots) in model.interfaces.enumerated() {
                lines.append("  \(choose("antarmuka", "interface")) \(number): \(slots.map(use).joined(separator: ", "))")
            }
            lines += model.quirks.map(\.rawValue).sorted().map { "  \(choose("keanehan", "quirk")): \($0)" }
        }
        return lines
    }

    private func use(_ slot: ReaderProfile.SlotUse) -> String {
        switch slot {
        case .contact: choose("kartu dengan kontak", "cards with contacts")
        case .contactless: choose("kartu tanpa kontak", "cards without contacts")
        case .sam: choose("modul keamanan (SAM)", "security module (SAM)")
        }
    }
}

// MARK: - JSON

extension ReaderWords {
    func json(_ readers: [DeviceReport]) throws -> String { try Self.encode(readers) }

    private struct Identity: Encodable {
        var reader: DeviceReport
        var models: [String]
        var firmware: String?
    }

    func json(_ reader: DeviceReport, _ models: [String], firmware: String?) throws -> String {
        try Self.encode(Identity(reader: reader, models: models, firmware: firmware))
    }

    private struct Pointer: Encodable {
        var uid: String
        var random: Bool
        var enumerable: Bool
    }

    func json(_ pointer: CardPointer, _ octets: [UInt8]) throws -> String {
        try Self.encode(Pointer(uid: octets.hexadecimal, random: pointer.isRandom, enumerable: pointer.isEnumerable))
    }

    private struct Exchange: Encodable {
        var command: String
        var data: String
        var status: String
        var meaning: String
    }

    func json(_ command: [UInt8], _ response: ResponseAPDU) throws -> String {
        try Self.encode(
            Exchange(
                command: command.hexadecimal, data: response.data.hexadecimal, status: "\(response.status)",
                meaning: status(response.status)))
    }

    private struct Answer: Encodable {
        var atr: String
        var protocols: [String]
        var historical: String
        var lines: [String]
    }

    func json(_ answer: AnswerToReset) throws -> String {
        try Self.encode(
            Answer(
                atr: answer.octets.hexadecimal, protocols: answer.protocols.map(\.description), historical: answer.historical.hexadecimal,
                lines: explain(answer)))
    }

    private static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
