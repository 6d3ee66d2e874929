import Foundation

extension CertificateStore {
    /// Everything in a folder whose name ends in `.cer`, `.crt`, `.der`, `.pem`, `.crl` or `.ml`; other files may lie beside them.
    /// - Parameter folder: a path.
    public convenience init(folder: String) throws(CertificateFileError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw CertificateFileError(
                file: folder, reason: "the folder of CSCA certificates cannot be read (\(error.localizedDescription))")
        }
        var files: [(name: String, octets: [UInt8])] = []
        for name in names where Self.endings.contains((name as NSString).pathExtension.lowercased()) {
            let path = "\(folder)/\(name)"
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CertificateFileError(file: path, reason: "it cannot be read")
            }
            files.append((path, [UInt8](data)))
        }
        try self.init(files)
    }

    private static let endings: Set<String> = ["cer", "crt", "der", "pem", "crl", "ml"]
}
