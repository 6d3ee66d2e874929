import ArgumentParser
import Foundation
import Subprocess
import SystemPackage

/// What the driver of card readers costs, beside pcscd with libccid on the same emulated reader.
struct ReadersBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "readers", abstract: "Card readers over USB: round trips, cards that come, plugging, and idleness.",
        discussion: "From the project's root: the emulated bus is Tests/Support/USB/ccid_reader.py, under umockdev.")
    static var needs: [KeyPath<MeasuredProgram, String>] { [] }

    @OptionGroup var options: BenchOptions

    @Option(help: "Commands for each round trip's median.")
    var rounds = 2000

    @Option(help: "Cards for each median.")
    var cards = 40

    @Option(help: "How often a reader is plugged in and out.")
    var cycles = 1000

    @Option(help: "How long three readers are looked at while nobody uses them.")
    var seconds = 20

    @Flag(help: .hidden)
    var inside = false

    var words: String { "--rounds \(rounds) --cards \(cards) --cycles \(cycles) --seconds \(seconds)" }

    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    func validate() throws {
        guard rounds > 0, cards > 0, cycles > 10, seconds > 0 else {
            throw ValidationError("Each count must be above 0, and --cycles above 10.")
        }
    }

    func run() async throws {
        guard inside else {
            signal(SIGPIPE, SIG_IGN)
            let bench = self
            let report = try await unlessInterrupted { try await bench.report() }
            if options.json { try show(json: [report]) } else { show(report.table) }
            return
        }
        let figures = try await ReaderFigures.measure(rounds: rounds, cards: cards, cycles: cycles, seconds: seconds)
        show(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self) + "\n")
        // Threads of the emulated readers still wait for cables.
        Foundation.exit(0)
    }

    /// In a process of its own, which sees the emulated USB devices and nothing of the real ones.
    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let holder = FileManager.default.currentDirectoryPath + "/Tests/Support/USB/ccid_reader.py"
        guard access(holder, R_OK) == 0 else { throw Unusable(description: "\(holder) is missing; start this in the project's root") }
        let command = ["/usr/bin/python3", holder, own, "readers", "--inside"] + words.split(separator: " ").map(String.init)
        let result = try await Subprocess.run(
            .path("/usr/bin/umockdev-wrapper"), arguments: Arguments(command), output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw Unusable(
                description: "the measuring process failed; umockdev, pcscd and libccid must be installed: \(result.standardError)")
        }
        return measured(try JSONDecoder().decode(ReaderFigures.self, from: Data(result.standardOutput.utf8)), program)
    }

    private func measured(_ figures: ReaderFigures, _ program: MeasuredProgram) -> Measured {
        let theirs = figures.pcscd.roundTrip - figures.raw.roundTrip
        return Measured(
            title: "card readers",
            figures: [
                Figure("a command, above plain libusb", figures.ours.roundTrip - figures.raw.roundTrip, .milliseconds, .atMost(theirs / 2)),
                .beside("pcscd, above plain libusb", theirs, .milliseconds),
                .beside("a command, plain libusb in C", figures.raw.roundTrip, .milliseconds),
                Figure("card comes → identifier", figures.ours.card, .milliseconds, .atMost(figures.pcscd.card)),
                .beside("pcscd, card comes → identifier", figures.pcscd.card, .milliseconds),
                Figure(
                    "plugged in \(figures.cycles) times, recognised", Double(figures.recognised) / Double(figures.cycles) * 100, .percent,
                    .atLeast(100)),
                Figure("files left open by that", Double(figures.filesLeft), .files, .atMost(0)),
                Figure("memory left by that, last nine tenths", figures.memoryLeft / 1e6, .megabytes),
                Figure("idle with three readers", figures.idle, .percent, .atMost(0.3)),
            ], remarks: program.remarks)
    }
}
