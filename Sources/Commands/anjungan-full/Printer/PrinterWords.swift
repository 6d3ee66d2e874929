import Conditions
import DeviceSocket
import Doctor
import Foundation
import KioskRuntime
import SiteBundle

/// What the printer commands say, in the technician's language.
struct PrinterWords: Sendable {
    let catalogue: ConditionCatalogue
    let language: Language

    init(_ configuration: Configuration, _ language: Language) throws {
        catalogue = try ConditionFile.load("\(configuration.kioskDirectory)/conditions.yaml")
        self.language = language
    }

    func choose(_ indonesian: String, _ english: String) -> String { language == .indonesian ? indonesian : english }
    private func choose(_ words: Words) -> String { choose(words.indonesian, words.english) }

    /// Ready or not, and why, in one line.
    func state(_ status: PrinterStatus) -> String {
        let ready = status.isReady ? choose("siap", "ready") : choose("TIDAK SIAP", "NOT READY")
        return ([ready] + conditions(status).map { choose($0.technician) }).joined(separator: "  ")
    }

    /// What to do next, one line for each thing that is wrong.
    func remedies(_ status: PrinterStatus) -> [String] { conditions(status).map { choose($0.remedy) } }

    private func conditions(_ status: PrinterStatus) -> [Condition] {
        status.conditions.sorted { $0.rawValue < $1.rawValue }.map { catalogue[$0] }
    }

    func table(_ devices: [DeviceDescription]) -> [String] {
        let head = language == .indonesian ? ["NAMA", "MODEL", "ALAMAT", "KEADAAN"] : ["NAME", "MODEL", "ADDRESS", "STATE"]
        let rows = [head] + devices.map { [$0.name, $0.modelName, $0.address, state($0.status)] }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }.joined() + row[3]
        }
    }

    /// How a print ended, and what that means for whoever stands at the printer.
    func outcome(_ result: PrintResult) -> String {
        let words =
            switch result.outcome {
            case .printed: choose("tercetak: printer memastikan semuanya keluar", "printed: the printer confirmed all of it")
            case .processed: choose("diproses: printer menerima semuanya", "processed: the printer took all of it")
            case .sent:
                choose(
                    "terkirim: printer ini tidak dapat menjawab; periksa kertasnya", "sent: this printer cannot answer; look at the paper")
            case .failed: choose("GAGAL: tidak keluar utuh", "FAILED: it did not come out whole")
            case .unknown: choose("TIDAK DIKETAHUI: periksa kertasnya", "UNKNOWN: look at the paper")
            }
        return ([words] + [result.reason.map { choose(catalogue[$0].technician) } ?? "", result.detail]).filter { !$0.isEmpty }
            .joined(separator: ". ")
    }

    // MARK: JSON

    private struct Record: Encodable {
        var name: String
        var model: String
        var modelName: String
        var address: String
        var ready: Bool
        var conditions: [String]

        enum CodingKeys: String, CodingKey {
            case name, model, address, ready, conditions
            case modelName = "model_name"
        }

        init(_ device: DeviceDescription) {
            name = device.name
            model = device.model
            modelName = device.modelName
            address = device.address
            ready = device.status.isReady
            conditions = device.status.conditions.map(\.rawValue).sorted()
        }
    }

    func json(_ device: DeviceDescription) throws -> String { try Self.encode(Record(device)) }
    func json(_ devices: [DeviceDescription]) throws -> String { try Self.encode(devices.map(Record.init)) }

    private static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
