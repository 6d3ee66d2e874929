import ArgumentParser
import KioskRuntime
import SyncProtocol

/// `anjungan journal show`.
struct JournalShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show entries, one line each, in the order of their sequence; never anything personal.")

    @OptionGroup var options: JournalOptions

    @Option(help: "transactions or telemetry; without it both, one after the other.", transform: Self.lane)
    var lane: Lane?

    @Option(help: "The first sequence.")
    var from: UInt64 = 1

    @Option(help: "The last sequence.")
    var to: UInt64 = .max

    @Option(help: ArgumentHelp("Only those of this service day.", valueName: "YYYY-MM-DD"))
    var day: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        guard from >= 1, from <= to else { throw ValidationError("--from is at least 1 and not behind --to.") }
        guard day?.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil || day == nil else {
            throw ValidationError("--day takes a day written as YYYY-MM-DD, like 2026-11-22; it got “\(day ?? "")”.")
        }
    }

    func run() async throws {
        let command = self
        try await JournalAccess.open(options) { try await command.show($0) }
    }

    private func show(_ access: JournalAccess) async throws {
        let figures = try await access.figures()
        for chain in figures.chains where chain.last >= chain.first {
            guard let place = ChainPlace(chain), lane == nil || lane == place.lane else { continue }
            if !json, chain.epoch != figures.epoch { announce("earlier epoch \(chain.epoch):") }
            var after = from - 1
            while after < to {
                let portion = try await access.entries(after: after, place)
                for entry in portion where entry.sequence <= to && (day == nil || day == entry.day) {
                    announce(json ? try JournalWords.object(entry) : JournalWords.line(entry))
                }
                guard let last = portion.last else { break }
                after = last.sequence
            }
        }
    }

    @Sendable private static func lane(_ text: String) throws -> Lane {
        guard let lane = Lane.allCases.first(where: { $0.description == text }) else {
            throw ValidationError("--lane takes transactions or telemetry; it got “\(text)”.")
        }
        return lane
    }
}
