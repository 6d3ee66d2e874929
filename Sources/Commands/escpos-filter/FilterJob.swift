import DeviceProfiles
import ESCPOS
import Glibc
import StrictYAML

/// One document as cupsd hands it over.
struct FilterJob {
    let document: [UInt8]
    let copies: Int
    /// The type of what was submitted; an earlier filter may have made something else of it.
    let contentType: String
    let model: PrinterModel

    /// The bytes of the longest document.
    private static let longestDocument = 64 << 20
    private static let standardDevices = "/usr/share/anjungan/Devices"

    init(arguments: [String], environment: (String) -> String?) throws(FilterError) {
        guard (6...7).contains(arguments.count), let copies = Int(arguments[4]), (1...100).contains(copies) else {
            throw FilterError("usage: PPD=FILE \(arguments[0]) job-id user title copies options [file], with 1 to 100 copies")
        }
        self.copies = copies
        contentType = environment("CONTENT_TYPE") ?? ""
        model = try Self.model(ppd: environment("PPD"), devices: environment("ANJUNGAN_DEVICES_DIR") ?? Self.standardDevices)
        document =
            arguments.count == 7
            ? try Files.read(file: arguments[6], limit: Self.longestDocument)
            : try Files.read(STDIN_FILENO, "standard input", limit: Self.longestDocument)
    }

    private static func model(ppd: String?, devices: String) throws(FilterError) -> PrinterModel {
        guard let ppd else { throw FilterError("the queue has no PPD; make one with `anjungan printer ppd MODEL` and `lpadmin -P`") }
        let text = String(decoding: try Files.read(file: ppd, limit: 1 << 20), as: UTF8.self)
        let key = "*AnjunganModel:"
        guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(key) }),
            let name = line.split(separator: "\"").dropFirst().first
        else { throw FilterError("\(ppd) has no line \(key); make it with `anjungan printer ppd MODEL`") }
        do throws(YAMLError) {
            return try DeviceProfiles.printer(named: String(name), in: devices)
        } catch {
            let why = error.problems.map(\.description).joined(separator: "; ")
            throw FilterError("\(why); install the folder Devices at \(standardDevices), or name it by SetEnv ANJUNGAN_DEVICES_DIR")
        }
    }
}
