import ArgumentParser
import CUPSPrinting
import Conditions
import DeviceProfiles
import DeviceSocket
import Foundation
import KioskRuntime
import ProjectFiles
import UnixSignals

/// Where a technician's slip goes, and how long it may take.
struct PrintTarget: ParsableArguments {
    @Argument(help: "The printer's name; may be left out where there is one.")
    var name: String?

    @Option(help: "Seconds after which it is taken back.")
    var wait = 60
}

/// One print of a technician, from the command line.
struct TechnicianPrint: Sendable {
    let words: PrinterWords
    /// Seconds until it is taken back.
    let patience: Int

    /// Prints, says how it ended, and fails unless it surely, or as surely as this printer can tell, came out.
    func run(
        _ bytes: [UInt8], title: String, as id: PrintID = PrinterDesk.newID(), on name: String, at desk: PrinterDesk
    ) async throws -> PrintResult {
        let (cancellations, cancel) = AsyncStream.makeStream(of: Void.self)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let result = try await withThrowingTaskGroup(of: PrintResult?.self) { group in
            group.addTask { [patience] in
                try await desk.print(bytes, title: title, as: id, on: name, patience: patience, cancellations: cancellations) { status in
                    if !status.isReady { complain(words.state(status)) }
                }
            }
            group.addTask {
                // Ctrl-C and the end of patience take it back, so that nothing comes out after the technician has left.
                for await _ in signals { cancel.yield() }
                return nil
            }
            group.addTask { [patience] in
                try await ContinuousClock().sleep(for: .seconds(patience))
                complain(
                    words.choose("belum tercetak setelah \(patience) detik; dibatalkan", "not printed after \(patience) s; cancelling"))
                cancel.yield()
                return nil
            }
            defer { group.cancelAll() }
            while let answer = try await group.next() { if let answer { return answer } }
            throw CancellationError()
        }
        announce(words.outcome(result))
        return result
    }
}

extension PrintResult {
    /// It did not surely come out.
    var failure: ExitCode? {
        switch outcome {
        case .printed, .processed, .sent: nil
        case .failed, .unknown: .failure
        }
    }
}

/// `anjungan printer raw`.
struct PrinterRaw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw", abstract: "Send the bytes of a file, or of standard input, to a printer as one print.")

    @OptionGroup var options: PrinterOptions

    @Argument(help: "The printer's name.")
    var name: String

    @Argument(help: "The file; “-” is standard input.")
    var file: String

    @Option(help: "Seconds after which it is taken back.")
    var wait = 60

    func run() async throws {
        let configuration = try options.configuration()
        let words = try PrinterWords(configuration, options.lang)
        let bytes = [UInt8](
            try file == "-" ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: file)))
        guard !bytes.isEmpty else { throw ValidationError("\(file) is empty; there is nothing to print.") }
        let result = try await PrinterDesk.open(configuration) { [name, wait] desk in
            let device = try await desk.device(name)
            return try await TechnicianPrint(words: words, patience: wait).run(bytes, title: "raw", on: device.name, at: desk)
        }
        if let failure = result.failure { throw failure }
    }
}

/// `anjungan printer ppd`.
struct PrinterPPD: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ppd", abstract: "Write the description of a printer model for a CUPS queue, for `lpadmin -P`.")

    @Argument(help: "The model: a file of Devices/printers.")
    var model: String

    func run() throws {
        let model = try DeviceProfiles.printer(named: model, in: ProjectFolders.find().devices)
        print(QueueDescription(model).ppd, terminator: "")
    }
}
