import FoundationEssentials
import HTTPTypes
public import Hummingbird
import NIOCore
import ServiceLifecycle

/// The files of one page, read into memory at the start: `index.html` is served as `/`, the others by their names.
public struct PageFiles: Sendable {
    private struct File: Sendable {
        var type: String
        var bytes: [UInt8]
    }

    private let files: [String: File]
    private let policy: String

    /// Why a page cannot be served.
    public struct Missing: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "svg": "image/svg+xml", "png": "image/png",
    ]

    /// Reads all files of `directory` whose type a page may have; its folders are not served.
    ///
    /// - Parameters:
    ///   - framedBy: the origin of another page that may show this one in a frame.
    ///   - frames: origins that this page shows in frames.
    public init(directory: String, framedBy: String? = nil, frames: [String] = []) throws(Missing) {
        do {
            var files: [String: File] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                guard let type = Self.types[String(name.split(separator: ".").last ?? "")] else { continue }
                files[name] = File(type: type, bytes: Array(try Data(contentsOf: URL(filePath: directory).appending(path: name))))
            }
            guard files["index.html"] != nil else { throw CocoaError(.fileReadNoSuchFile) }
            self.files = files
        } catch {
            throw Missing(
                description: "The page's files are not in \(directory) (\(error)). Start from the project's directory, or name the "
                    + "folder Kiosk with ANJUNGAN_KIOSK_DIR.")
        }
        policy = Self.policy(framedBy: framedBy, frames: frames)
    }

    /// Nothing is loaded from elsewhere, and nobody else frames the page.
    public static func policy(framedBy: String? = nil, frames: [String] = []) -> String {
        let ancestors = (["'self'"] + [framedBy].compactMap(\.self)).joined(separator: " ")
        let shown = frames.isEmpty ? "" : "; frame-src \(frames.joined(separator: " "))"
        return "default-src 'self'; img-src 'self' data:; frame-ancestors \(ancestors); base-uri 'none'; form-action 'none'\(shown)"
    }

    /// Adds a route for each file.
    public func add(to router: Router<some RequestContext>) {
        for (name, file) in files {
            router.get(RouterPath(name == "index.html" ? "/" : "/\(name)")) { _, _ in
                var response = Response.fresh(file.type, file.bytes)
                response.headers[.contentSecurityPolicy] = policy
                return response
            }
        }
    }
}

extension Response {
    /// Octets that nobody may keep.
    public static func fresh(_ type: String, _ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Server-sent events (HTML standard, clause 9.2): one `data:` line for each change, until the client or the server goes.
    ///
    /// A slow client holds back `changes`, so give it levels in a stream that keeps the newest only.
    ///
    /// - Parameters:
    ///   - text: what is said of a change, in one line.
    ///   - onClose: ends `changes`; called when the client has gone.
    public static func events<Change: Sendable>(
        _ request: Request, _ changes: AsyncStream<Change>, text: @escaping @Sendable (Change) async throws -> String,
        onClose: @escaping @Sendable () -> Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await request.body.consumeWithInboundCloseHandler { _ in
                    for await change in changes.cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(string: "data: \(text(change))\n\n"))
                    }
                } onInboundClosed: {
                    onClose()
                }
                try await writer.finish(nil)
            })
    }
}
