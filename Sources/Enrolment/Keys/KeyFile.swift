import Foundation
import Glibc
import LocalFiles

/// A file with a key in it: mode 0600, written as a whole or not at all, durable.
public struct KeyFile: Sendable {
    let path: String

    /// The text of the file at `path`, which is made where it is missing; of two processes the faster one's holds.
    public static func made(at path: String, _ text: () -> String) throws(EnrolmentError) -> String {
        let file = KeyFile(path: path)
        if let there = try file.read() { return there }
        let fresh = text()
        return try file.writeFirst(fresh) ? fresh : try file.read() ?? ""
    }

    /// Replaces the text of the file at `path` by another, durable.
    public static func replace(_ path: String, with text: String) throws(EnrolmentError) { try KeyFile(path: path).write(text) }

    /// The text; nil where there is no such file.
    func read() throws(EnrolmentError) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else {
            guard access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR else { throw refusal("cannot be read") }
            return nil
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Replaces what is there.
    func write(_ text: String) throws(EnrolmentError) {
        let draft = try writeDraft(text)
        try on { () throws(FileFailure) in try WholeFile.name(draft, path) }
        try syncFolder()
    }

    /// Writes it unless another process was faster. Returns whether it was written.
    func writeFirst(_ text: String) throws(EnrolmentError) -> Bool {
        let draft = try writeDraft(text)
        defer { unlink(draft) }
        guard link(draft, path) == 0 else {
            guard errno == EEXIST else { throw refusal("cannot be put in its place") }
            return false
        }
        try syncFolder()
        return true
    }

    private func writeDraft(_ text: String) throws(EnrolmentError) -> String {
        let folder = WholeFile.folder(of: path)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw EnrolmentError(.file, "\(folder) cannot be made: \(error.localizedDescription); give its parent folder to this user")
        }
        let draft = "\(path).\(UUID().uuidString.prefix(8)).new"
        try on { () throws(FileFailure) in try WholeFile.writeDraft(Array(text.utf8), to: draft, mode: 0o600) }
        return draft
    }

    private func syncFolder() throws(EnrolmentError) {
        try on { () throws(FileFailure) in try WholeFile.sync(folder: WholeFile.folder(of: path)) }
    }

    /// Does something with the file; what the system refuses becomes the error of enrolment.
    private func on(_ work: () throws(FileFailure) -> Void) throws(EnrolmentError) {
        do throws(FileFailure) {
            try work()
        } catch {
            throw EnrolmentError(.file, "\(error); give the folder to this program's user")
        }
    }

    private func refusal(_ what: String) -> EnrolmentError {
        EnrolmentError(.file, "\(path) \(what): \(String(cString: strerror(errno))); give the folder to this program's user")
    }
}
