import DeviceLayer
import Journal
import Logging
import ScanCodes
import ServiceLifecycle

/// Proves a roll when somebody holds its test slip before the kiosk's own scanner, as `anjungan printer confirm` does.
struct SlipWatch: ServiceLifecycle.Service {
    let scanners: Scanners
    let rolls: RollDesk
    /// The printer whose slip it is.
    let printer: String
    let logger: Logger

    func run() async throws {
        for await event in scanners.events().cancelOnGracefulShutdown() {
            guard case .code(let code) = event, case .testSlip(let slip) = code.kind else { continue }
            do {
                tell(try await rolls.prove(printer, code: slip).verdict, code.source.name)
            } catch {
                logger.error(
                    "a test slip was scanned and could not be noted; hold it there again",
                    metadata: ["printer": "\(printer)", "error": "\(error)"])
            }
        }
    }

    private func tell(_ verdict: SlipVerdict, _ scanner: String) {
        let metadata: Logger.Metadata = ["printer": "\(printer)", "scanner": "\(scanner)"]
        switch verdict {
        case .proven: logger.notice("a test slip was scanned: the roll can be read", metadata: metadata)
        case .otherCode:
            logger.warning(
                "a test slip was scanned that is not the last; print another: anjungan printer test \(printer)", metadata: metadata)
        case .noSlip:
            logger.warning("a test slip of another roll was scanned; print one: anjungan printer test \(printer)", metadata: metadata)
        }
    }
}
