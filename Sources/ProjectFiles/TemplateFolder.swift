import Foundation

/// A folder of templates. They may hold device commands, so nothing is taken from it through a link that leads out of it.
public struct TemplateFolder: Sendable {
    /// As it was given; so messages call it.
    public let path: String
    /// The same without symbolic links.
    public let realPath: String

    /// Nil when there is no such folder.
    public init?(_ path: String) {
        guard let real = Self.real(path) else { return nil }
        (self.path, realPath) = (path, real)
    }

    /// The folder that a file really lies in; nil when there is no such file.
    public init?(of file: String) {
        guard let real = Self.real(file), let slash = real.lastIndex(of: "/") else { return nil }
        realPath = String(real[..<slash])
        path = realPath
    }

    /// The text of `NAME.receipt` and how messages call it; nil when it is not a file of this very folder.
    public func partial(_ name: String) -> (source: String, file: String)? {
        let file = "\(path)/\(name).receipt"
        guard Self(of: file)?.realPath == realPath, let bytes = FileManager.default.contents(atPath: file) else { return nil }
        return (String(decoding: bytes, as: UTF8.self), file)
    }

    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
