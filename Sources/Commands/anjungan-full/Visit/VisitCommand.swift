import ArgumentParser
import Foundation
import KioskCore
import KioskRuntime
import Secrets

/// `anjungan visit`: a citizen without a finger.
struct VisitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "visit",
        abstract: "Do whole visits on a running kiosk, as its page does.",
        discussion: """
            Waits for the greeting, touches through to the ticket and prints one line a visit: number, outcome, \
            milliseconds until the number was on the screen, and until the visit ended.

            Outcomes: printed, processed, sent (what the printer reported); screen (the number was shown, no paper came); \
            unknown (the kiosk asked whether paper came out); refused; interrupted. \
            Exit: 0 every visit got a number, 1 one did not, 64 wrong use.
            """)

    @Argument(help: "What to ask for, as AGENCY/SERVICE; see --list.")
    var service: String?

    @Option(help: "“-” reads a NIK from standard input; it is never taken from the command line.")
    var nik: String?

    @Option(help: "How many visits, one after another.")
    var count = 1

    @Option(help: "What to answer when the kiosk asks whether the paper came out: yes, no or leave.")
    var answer = VisitScript.Reply.leave

    @Flag(help: "One JSON object a line.")
    var json = false

    @Flag(help: "Name the services of the kiosk and end.")
    var list = false

    @Option(help: "The screen's port; without it the first of ANJUNGAN_PORTS, or 7070.")
    var port: Int?

    func validate() throws {
        guard list || service.flatMap(ServiceKey.init) != nil else {
            throw ValidationError("Name a service as AGENCY/SERVICE, for example disdukcapil/kartu-keluarga; --list names them all.")
        }
        guard nik == nil || nik == "-" else {
            throw ValidationError("A NIK on the command line could be read by everybody: use --nik - and standard input.")
        }
        guard count > 0 else { throw ValidationError("--count takes a whole number from 1.") }
    }

    func run() async throws {
        let client = ScreenClient(port: try port ?? Ports.fromEnvironment().screen)
        if list { return try await ServiceList(client: client).print() }
        guard let service = service.flatMap(ServiceKey.init) else { return }
        let script = VisitScript(service: service, nik: try nik.map { _ in try Self.readNIK() }, reply: answer)
        var worst = ExitCode.success
        for number in 0..<count {
            // In a series the kiosk was there and will be again; at the beginning its absence is worth a sentence at once.
            let report = try await VisitRunner(client: client).visit(script, patience: number == 0 ? .zero : .seconds(60))
            print(json ? try Self.json(report, service) : Self.line(report))
            if report.ending.number == nil { worst = .failure }
        }
        if worst != .success { throw worst }
    }

    /// The first line of standard input, straight into a secret.
    private static func readNIK() throws -> Secret {
        var bytes: [UInt8] = []
        defer { for index in bytes.indices { bytes[index] = 0 } }
        bytes.reserveCapacity(64)
        var byte: UInt8 = 0
        while bytes.count < 64, read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.count == NIK.length, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ValidationError("Standard input must hold a NIK of 16 digits on its first line.")
        }
        return Secret(bytes)
    }

    private static func line(_ report: VisitRunner.Report) -> String {
        let number = report.ending.number ?? "-"
        let salinan = report.ending.salinan ? " SALINAN" : ""
        let shown = report.untilNumber.map { "\($0.milliseconds) ms" } ?? "-"
        return "\(number)\t\(report.ending.outcome.rawValue)\(salinan)\t\(shown)\t\(report.untilEnd.milliseconds) ms"
    }

    private struct Record: Encodable {
        var service: String
        var number: String?
        var outcome: String
        var salinan: Bool
        var untilNumber: Int?
        var untilEnd: Int

        enum CodingKeys: String, CodingKey {
            case service, number, outcome, salinan
            case untilNumber = "number_ms"
            case untilEnd = "total_ms"
        }
    }

    private static func json(_ report: VisitRunner.Report, _ service: ServiceKey) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let record = Record(
            service: service.description, number: report.ending.number, outcome: report.ending.outcome.rawValue,
            salinan: report.ending.salinan, untilNumber: report.untilNumber?.milliseconds, untilEnd: report.untilEnd.milliseconds)
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int { Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) }
}
