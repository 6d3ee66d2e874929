import Crypto
import Foundation
public import KioskCore

/// A compiled site: canonical JSON under its own hash, which `anjungan run` loads and proves.
///
/// The file is `{"format":1,"sha256":"HEX","site":SITE}` and a line feed, with sorted keys and nothing between them;
/// HEX is the SHA-256 of the octets of SITE. The same site gives the same octets.
/// The hash finds damage and half-made changes; it is no signature.
public struct CompiledSite: Hashable, Sendable {
    public static let format = 1

    public let site: Site
    /// 64 hexadecimal digits.
    public let sha256: String
    /// The whole file.
    public let octets: [UInt8]

    /// Compiles a site.
    public init(_ site: Site) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content: [UInt8]
        do {
            content = [UInt8](try encoder.encode(site))
        } catch {
            preconditionFailure("A site is texts and lists, which JSON can always hold: \(error)")
        }
        self.site = site
        sha256 = Self.hash(content)
        octets = Self.head(sha256) + content + Self.tail
    }

    /// Loads a bundle and proves that it is whole and unchanged.
    public static func load(_ path: String) throws(BundleError) -> CompiledSite {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw BundleError(.unreadable, path, (error as NSError).localizedDescription)
        }
        return try CompiledSite(octets: [UInt8](data), path: path)
    }

    init(octets: [UInt8], path: String) throws(BundleError) {
        let headCount = Self.head(String(repeating: "0", count: 64)).count
        guard octets.starts(with: Self.opening.utf8) else {
            throw BundleError(.notABundle, path, "it does not begin with “\(Self.opening)”")
        }
        guard octets.count > headCount + Self.tail.count, octets.suffix(Self.tail.count) == Self.tail[...] else {
            throw BundleError(.damaged, path, "its end is missing")
        }
        let content = Array(octets[headCount..<(octets.count - Self.tail.count)])
        sha256 = Self.hash(content)
        guard octets.starts(with: Self.head(sha256)) else {
            throw BundleError(.damaged, path, "its content has the hash \(sha256), but it names another")
        }
        do {
            site = try JSONDecoder().decode(Site.self, from: Data(content))
        } catch {
            throw BundleError(.notABundle, path, "its content is no site of format \(Self.format): \(error)")
        }
        self.octets = octets
    }

    /// Writes the file so that a reader finds the old one or the new one, whole, also after a power cut.
    public func write(to path: String) throws(BundleError) {
        do {
            try AtomicFile.write(octets, to: path)
        } catch {
            throw BundleError(.unwritable, path, error.description)
        }
    }

    private static let opening = "{\"format\":\(format),\"sha256\":\""
    private static let tail = Array("}\n".utf8)

    private static func head(_ sha256: String) -> [UInt8] { Array("\(opening)\(sha256)\",\"site\":".utf8) }

    private static func hash(_ octets: [UInt8]) -> String {
        SHA256.hash(data: octets).map { octet in
            let digits = String(octet, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

/// Why a bundle cannot be loaded or written. Equality is by code.
public struct BundleError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The file is missing or may not be read.
        case unreadable
        /// The file is something else, or of another format.
        case notABundle
        /// The file was cut short or changed.
        case damaged
        /// The file cannot be written.
        case unwritable
    }
    public var code: Code
    public var path: String
    public var detail: String

    public init(_ code: Code, _ path: String, _ detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// `FILE: reason; remedy`.
    public var description: String {
        switch code {
        case .unreadable:
            "\(path): the site bundle cannot be read: \(detail); compile it with “anjungan site check NAME”"
        case .notABundle:
            "\(path): this is no site bundle of format \(CompiledSite.format): \(detail); compile it again with “anjungan site check NAME”"
        case .damaged:
            "\(path): the site bundle was changed or cut short: \(detail); compile it again with “anjungan site check NAME”"
        case .unwritable:
            "\(path): the site bundle cannot be written: \(detail); check the directory's permissions and the free space, or use --output"
        }
    }

    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
