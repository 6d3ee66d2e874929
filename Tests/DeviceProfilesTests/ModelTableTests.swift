import DeviceProfiles
import ESCPOS
import Foundation
import Testing

/// The tables of `Devices/README.md` that follow from the files stand between two comments and are held true here.
/// `ANJUNGAN_RECORD=1` writes them anew; such a run fails.
@Suite(.serialized) struct ModelTableTests {
    @Test func theListOfModelsIsTrue() throws {
        let rows = try DeviceProfiles.printers(in: DeviceProfilesTests.devices).map { model in
            [
                "`\(model.id)`", model.name, "\(model.paperWidth.rawValue)", "\(model.dots)", "\(model.columns)", model.qr.rawValue,
                model.proof.rawValue, model.cutter.rawValue, model.usb.map(\.description).joined(separator: " "),
            ]
        }
        try expect(
            section: "models", header: ["file", "printer", "mm", "dots", "columns", "QR", "proof", "knife", "USB"], rows: rows)
    }

    @Test func theIdentitiesThatSeveralModelsShareAreNamed() throws {
        let models = try DeviceProfiles.printers(in: DeviceProfilesTests.devices)
        let shared = Dictionary(grouping: models.flatMap { model in model.usb.map { ($0.description, model.id) } }, by: \.0)
            .filter { $0.value.count > 1 }
        let rows = shared.keys.sorted().map { [$0, (shared[$0] ?? []).map { "`\($0.1)`" }.joined(separator: ", ")] }
        try expect(section: "shared", header: ["USB", "printers"], rows: rows)
    }

    @Test func theListOfReadersIsTrue() throws {
        let rows = try DeviceProfiles.readers(in: DeviceProfilesTests.devices).map { model in
            let interfaces = model.interfaces.map { $0.map(\.rawValue).joined(separator: " ") }.joined(separator: " + ")
            return [
                "`\(model.id)`", model.name, interfaces, model.usb.map(\.description).joined(separator: " "),
                model.quirks.map { "`\($0.rawValue)`" }.sorted().joined(separator: " "),
            ]
        }
        try expect(section: "readers", header: ["file", "reader", "slots", "USB", "quirks"], rows: rows)
    }

    @Test func theListOfScannersIsTrue() throws {
        let rows = try DeviceProfiles.scanners(in: DeviceProfilesTests.devices).map { model in
            let content =
                switch model.content {
                case .code(let symbologies): (["code"] + symbologies.map(\.rawValue)).joined(separator: " ")
                case .cardNumber(let form): "card number, \(form.notation), \(form.order.rawValue), \(form.octets) octets"
                }
            return [
                "`\(model.id)`", model.name, content, model.suffix.map(\.rawValue).joined(separator: " "),
                model.wedge.map(\.description).joined(separator: " "), model.posScanner.map(\.description).joined(separator: " "),
            ]
        }
        try expect(section: "scanners", header: ["file", "scanner", "sends", "ends with", "USB, keyboard", "USB, HID POS"], rows: rows)
    }

    private func expect(section: String, header: [String], rows: [[String]]) throws {
        let path = DeviceProfilesTests.devices + "/README.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let (begin, end) = ("<!-- \(section): written by ModelTableTests -->\n", "<!-- end of \(section) -->")
        let start = try #require(text.range(of: begin)?.upperBound, "README.md has no place for \(section)")
        let stop = try #require(text.range(of: end, range: start..<text.endIndex)?.lowerBound)
        let lines = [header, header.map { _ in "---" }] + rows
        let table = lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
        if ProcessInfo.processInfo.environment["ANJUNGAN_RECORD"] == "1" {
            try text.replacingCharacters(in: start..<stop, with: table).write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("wrote \(section) into \(path): read it, then run without ANJUNGAN_RECORD")
            return
        }
        #expect(String(text[start..<stop]) == table, "ANJUNGAN_RECORD=1 swift test --filter ModelTableTests writes it anew")
    }
}
