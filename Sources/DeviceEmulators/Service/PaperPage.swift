import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ReceiptMarkup
import ServiceLifecycle

/// The paper page: what has come out of the printer, and buttons for what can go wrong with it.
struct PaperPage: Sendable {
    let printer: EmulatedPrinter
    private let address: ListenAddress
    private let files: [String: PageFile]

    struct PageFile: Sendable {
        var type: String
        var bytes: [UInt8]
    }

    /// Sheets of which the page and its pictures show something.
    private static let shownSheets = 12
    /// Rows in `paper.png`: one metre.
    static let shownRows = 8000

    init(printer: EmulatedPrinter, address: ListenAddress, directory: String?) throws(EmulatorError) {
        guard address.isLoopback else {
            throw EmulatorError(
                .notLoopback,
                "The paper page shows what was printed and is for this machine only: use --paper 127.0.0.1:\(address.port), not \(address)."
            )
        }
        self.printer = printer
        self.address = address
        files = try directory.map(Self.load) ?? [:]
    }

    func run() async throws {
        let router = Router()
        router.add(middleware: LocalOnly())
        addPages(to: router)
        addPictures(to: router)
        addHands(to: router)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in
                printer.binding.paperListens(on: ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: quietLogger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw EmulatorError.listening(on: address, option: "--paper", errnoCode: error.errnoCode)
        }
    }

    /// The server's own chatter is of no use to whoever looks at paper.
    private var quietLogger: Logger {
        var logger = printer.logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    // MARK: Files

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    ]

    private static func load(_ directory: String) throws(EmulatorError) -> [String: PageFile] {
        do {
            var files: [String: PageFile] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                guard let type = types[String(name.split(separator: ".").last ?? "")] else { continue }
                files[name] = PageFile(type: type, bytes: Array(try Data(contentsOf: URL(filePath: directory).appending(path: name))))
            }
            guard files["index.html"] != nil else { throw CocoaError(.fileReadNoSuchFile) }
            return files
        } catch {
            throw EmulatorError(
                .pageMissing,
                """
                The paper page's files are not in \(directory) (\(error)). Start from the project's directory, name the folder Kiosk \
                with ANJUNGAN_KIOSK_DIR, or the page's own with --page DIRECTORY.
                """
            )
        }
    }

    private func addPages(to router: Router<BasicRequestContext>) {
        for (name, file) in files {
            router.get(RouterPath(name == "index.html" ? "/" : "/\(name)")) { _, _ in Self.response(file.type, file.bytes) }
        }
        router.get("/paper.json") { _, _ in
            Self.response("application/json", try printer.look { PaperReport.whole($0, printer.wallStart) }.json())
        }
        router.get("/events") { request, _ in
            Response(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    try await sendEvents(request, &writer)
                    try await writer.finish(nil)
                })
        }
    }

    private func sendEvents(_ request: Request, _ writer: inout any ResponseBodyWriter) async throws {
        let (changes, onlooker) = printer.onlook()
        try await request.body.consumeWithInboundCloseHandler { _ in
            for await _ in changes.cancelOnGracefulShutdown() {
                let report = printer.look { PaperReport.glance($0, printer.wallStart, sheets: Self.shownSheets) }
                try await writer.write(ByteBuffer(string: "data: \(String(decoding: try report.json(), as: UTF8.self))\n\n"))
            }
        } onInboundClosed: {
            onlooker.finish()
        }
    }
}
