import AsyncHTTPClient
import Foundation
import Glibc

/// The name and the password that a proxy asks for (HTTP Basic, RFC 7617), from a file that nobody but its owner may read.
///
/// It shows neither, wherever it is printed.
public struct ProxyLogin: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where it stands.
    public let file: String
    let authorization: HTTPClient.Authorization

    /// Reads a file of mode 0600 with one line, `NAME:PASSWORD`.
    public init(file path: String) throws(EnrolmentError) {
        // The attributes of a link would be its own.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard access(path, R_OK) == 0, let data = FileManager.default.contents(atPath: path),
            let mode = try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int
        else {
            throw EnrolmentError(
                .file, "\(path) cannot be read: \(String(cString: strerror(errno))); write NAME:PASSWORD of the proxy into it, mode 0600")
        }
        guard mode & 0o077 == 0 else {
            throw EnrolmentError(.file, "\(path) has a password in it, and others may read it: chmod 600 \(path)")
        }
        // RFC 7617 clause 2: the first colon ends the name, and no control character belongs to either.
        guard let text = String(data: data, encoding: .utf8)?.trimmingCharacters(in: .newlines), let colon = text.firstIndex(of: ":"),
            colon > text.startIndex, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw EnrolmentError(.malformed, "\(path) holds no login of a proxy; write one line into it: NAME:PASSWORD") }
        file = path
        authorization = .basic(username: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }

    public var description: String { "the login in \(file)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["file": file]) }
}
