import Foundation
import LocalFiles

/// Replaces a file at once, and makes the folder for it.
enum AtomicFile {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func write(_ octets: [UInt8], to path: String) throws(Failure) {
        let target = URL(fileURLWithPath: path).path
        let directory = WholeFile.folder(of: target)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw Failure(description: "cannot make \(directory): \((error as NSError).localizedDescription)")
        }
        do throws(FileFailure) {
            try WholeFile.write(octets, to: target, mode: 0o644)
        } catch {
            throw Failure(description: "\(error)")
        }
    }
}
