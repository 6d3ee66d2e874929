import HTTPTypes
import Hummingbird
import Logging
import LoopbackWeb
import NIOCore
import ReceiptMarkup
import ServiceLifecycle

/// The paper page: what has come out of the printer, and buttons for what can go wrong with it.
struct PaperPage: Sendable {
    let printer: EmulatedPrinter
    private let address: ListenAddress
    private let files: PageFiles?

    /// Sheets of which the page and its pictures show something.
    private static let shownSheets = 12
    /// Rows in `paper.png`: one metre.
    static let shownRows = 8000

    init(printer: EmulatedPrinter, address: ListenAddress, directory: String?, framedBy: String?) throws(EmulatorError) {
        guard address.isLoopback else {
            throw EmulatorError(
                .notLoopback,
                "The paper page shows what was printed and is for this machine only: use --paper 127.0.0.1:\(address.port), not \(address)."
            )
        }
        self.printer = printer
        self.address = address
        do throws(PageFiles.Missing) {
            files = try directory.map { path throws(PageFiles.Missing) in try PageFiles(directory: path, framedBy: framedBy) }
        } catch {
            throw EmulatorError(.pageMissing, "\(error) Or name the page's own folder with --page DIRECTORY.")
        }
    }

    func run() async throws {
        let router = Router()
        router.add(middleware: LocalOnly("paper page"))
        addPages(to: router)
        addPictures(to: router)
        addHands(to: router)
        addDesk(to: router)
        let application = Application(
            router: router, server: .page,
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

    private func addPages(to router: Router<BasicRequestContext>) {
        files?.add(to: router)
        router.get("/paper.json") { _, _ in
            Response.fresh("application/json", try printer.look { PaperReport.whole($0, printer.wallStart) }.json())
        }
        router.get("/events") { request, _ in
            let (changes, onlooker) = printer.onlook()
            return Response.events(request, changes) { _ in
                let report = printer.look { PaperReport.glance($0, printer.wallStart, sheets: Self.shownSheets) }
                return String(decoding: try report.json(), as: UTF8.self)
            } onClose: {
                onlooker.finish()
            }
        }
    }
}
