import Foundation
public import KioskCore
public import StrictYAML

/// Reads a mall as its people write it: `Kiosk/sites/NAME/site.yaml`, documented in `Kiosk/sites/README.md`.
///
/// One file holds a whole mall. Whatever is wrong in it is reported at once, each with its line.
public enum SiteSource {
    /// Reads and checks the site in `directory/NAME/site.yaml`.
    /// - Throws: ``YAMLError`` with everything that is wrong; an unknown name lists the known ones.
    public static func read(_ name: String, in directory: String) throws(YAMLError) -> Site {
        let file = "\(directory)/\(name)/site.yaml"
        guard let id = SiteID(name) else {
            throw unknown(name, in: directory, because: "“\(name)” is not a site's name")
        }
        guard FileManager.default.fileExists(atPath: file) else {
            throw unknown(name, in: directory, because: "there is no site “\(name)”")
        }
        return try read(YAMLDocument(file: file), as: id)
    }

    /// Reads and checks a document as the site `id`.
    public static func read(_ document: YAMLDocument, as id: SiteID) throws(YAMLError) -> Site {
        try document.read { root in SiteReader(id: id, root: root).read() }
    }

    /// The names of the sites in a directory, sorted.
    public static func names(in directory: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return entries.filter { FileManager.default.fileExists(atPath: "\(directory)/\($0)/site.yaml") }.sorted()
    }

    private static func unknown(_ name: String, in directory: String, because reason: String) -> YAMLError {
        let known = names(in: directory)
        let remedy =
            known.isEmpty
            ? "write \(directory)/NAME/site.yaml, or name another --kiosk-dir"
            : "use one of \(known.joined(separator: ", ")), or write \(directory)/NAME/site.yaml"
        return YAMLError(YAMLProblem(YAMLPlace(file: directory), reason, remedy: remedy))
    }
}
