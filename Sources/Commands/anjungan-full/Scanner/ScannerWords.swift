import Conditions
import DeviceLayer
import Doctor
import Foundation
import ProjectFiles
import ScanCodes
import Secrets
import SiteBundle

/// What the scanner commands say, in the technician's language.
struct ScannerWords: DeviceWords {
    let catalogue: ConditionCatalogue
    let language: Language

    init(_ language: Language) throws {
        catalogue = try Self.loadCatalogue()
        self.language = language
    }

    func table(_ scanners: [DeviceReport]) -> [String] {
        guard !scanners.isEmpty else {
            return [
                choose(
                    "Tidak ada pemindai yang dikenal. Colokkan; `lsusb` menunjukkan nomornya, yang harus ada di Devices/scanners.",
                    "There is no scanner that is known. Plug one in; `lsusb` shows its number, which must be in Devices/scanners.")
            ]
        }
        return scanners.flatMap { scanner in
            ["\(scanner.name)  \(scanner.model)  \(scanner.address)  \(state(scanner))"]
                + scanner.conditions.map { "  \(choose(catalogue[$0].remedy))" } + (scanner.detail.isEmpty ? [] : ["  \(scanner.detail)"])
        }
    }

    /// nil: not of a scanner.
    func event(_ event: ControlEvent) -> String? {
        switch event {
        case .status(let device): device.kind == .scanner ? "\(device.name)  \(device.address)  \(state(device))" : nil
        case .code(let code): self.code(code)
        case .ignored(let scanner, let reason):
            "\(scanner)  \(choose("diabaikan", "ignored")): \(KeystrokeMachine.Reason(rawValue: reason).map(self.reason) ?? reason)"
        case .card, .cardRemoved, .print: nil
        }
    }

    private func code(_ code: CodeReport) -> String {
        let text =
            code.octets?.withBytes { "“\(String(decoding: $0, as: UTF8.self))”" } ?? String(repeating: "•", count: min(code.length, 40))
        let length = choose("\(code.length) karakter", "\(code.length) characters")
        return ([code.scanner, kind(code.kind), text, length] + (code.symbology.map { [$0] } ?? [])).joined(separator: "  ")
    }

    private func kind(_ kind: CodeReport.Kind) -> String {
        switch kind {
        case .card: choose("nomor kartu", "card number")
        case .testSlip: choose("lembar uji", "test slip")
        case .booking: choose("reservasi", "booking")
        case .ticket: choose("tiket", "ticket")
        case .other: choose("kode lain", "another code")
        }
    }

    private func reason(_ reason: KeystrokeMachine.Reason) -> String {
        switch reason {
        case .tooSlow:
            choose(
                "terlalu lambat untuk pemindai: diketik orang, atau terpotong", "too slow for a scanner: typed by a person, or cut in two")
        case .unfinished:
            choose("tidak diakhiri seperti di Devices/scanners (suffix)", "not ended as Devices/scanners says (suffix)")
        case .tooShort: choose("terlalu pendek", "too short")
        case .tooLong: choose("terlalu panjang", "too long")
        case .incomplete: choose("ada yang hilang; pindai sekali lagi", "some of it was lost; scan again")
        case .unreadable: choose("tombol yang tidak ada dalam kode", "a key that no code has")
        case .noPrefix: choose("tidak diawali seperti di Devices/scanners (prefix)", "not begun as Devices/scanners says (prefix)")
        }
    }

    func json(_ scanners: [DeviceReport]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(scanners), as: UTF8.self)
    }
}
