import ArgumentParser
import Foundation
import Journal
import KioskCore
import KioskRuntime

/// `anjungan journal`: the kiosk's durable memory, for technicians.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "See, prove and carry the kiosk's journal, with or without a running kiosk.",
        discussion: """
            Asks the running kiosk over its technician socket. When none runs, the command opens the journal itself, and its lock keeps \
            a kiosk from starting meanwhile. --journal names the folder of a journal that was moved aside. Personal data is never \
            shown. Exit: 0 done, 1 not done or not whole, 64 wrong use.
            """,
        subcommands: [
            JournalVerify.self, JournalShow.self, JournalExport.self, JournalAcknowledge.self, JournalStatsCommand.self,
            JournalClock.self, JournalEpoch.self, JournalRenew.self,
        ])
}

/// Which journal.
struct JournalOptions: ParsableArguments {
    @OptionGroup var place: ConfigurationOptions

    @Option(help: ArgumentHelp("Open the journal in this folder instead of asking a kiosk.", valueName: "directory"))
    var journal: String?

    func configuration() throws -> Configuration { try place.configuration() }
}

/// `anjungan journal verify`.
struct JournalVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Follow every chain from the first entry that is kept to the last. Exit 1 at the first fault.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let entries = try await JournalAccess.open(options) { try await $0.verify() }
        announce("whole: \(entries == 1 ? "1 entry" : "\(entries) entries"), every hash holds")
    }
}

/// `anjungan journal stats`.
struct JournalStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Say how full the journal is, how far its chains have got, and what the centre has of them.")

    @OptionGroup var options: JournalOptions

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let figures = try await JournalAccess.open(options) { try await $0.figures() }
        if json {
            announce(try JournalWords.json(figures))
        } else {
            for line in JournalWords.table(figures, at: Date()) { announce(line) }
        }
    }
}

/// `anjungan journal acknowledge`.
struct JournalAcknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Bring the journal what the centre has written of an export: from now on it counts as shipped.",
        discussion: """
            FILE is what `anjungan-central import` writes. An entry that is not the journal's own is refused, as it is online; what is \
            about another kiosk's journal is left for that kiosk.
            """)

    @OptionGroup var options: JournalOptions

    @Argument(help: "The acknowledgements.", completion: .file())
    var file: String

    func run() async throws {
        let answers = try AcknowledgementFile.read(file)
        let receipts = try await JournalAccess.open(options) { try await $0.acknowledge(answers) }
        for receipt in receipts {
            let name = "\(receipt.lane) of epoch \(receipt.epoch)"
            guard !receipt.isOfAnother else {
                announce("left     \(name): it is of another kiosk's journal; take the file there, too")
                continue
            }
            announce(receipt.refusal.map { "REFUSED  \(name): \($0)" } ?? "taken    \(name): the centre has it up to entry \(receipt.upto)")
        }
        if receipts.allSatisfy(\.isOfAnother) {
            complain("\(file) has nothing for this kiosk; bring the acknowledgements.json that lies beside this kiosk's own files")
            throw ExitCode.failure
        }
        if receipts.contains(where: { $0.refusal != nil }) { throw ExitCode.failure }
    }
}

/// `anjungan journal clock`.
struct JournalClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: "Say whether the journal believes the clock. Exit 1 when it does not.",
        discussion: "It does not after a leap of more than 26 hours that no time service and no centre has confirmed.")

    @OptionGroup var options: JournalOptions

    @Flag(help: "You have compared the kiosk's date with a calendar, and it is right.")
    var right = false

    func run() async throws {
        let figures = try await JournalAccess.open(options) { [right] access in
            right ? try await access.confirmClock() : try await access.figures()
        }
        guard let doubt = figures.clock else { return announce("the clock is believed") }
        announce("\(doubt); compare the date with a calendar: if it is wrong, set it with timedatectl, else run this again with --right")
        throw ExitCode.failure
    }
}

/// `anjungan journal epoch`.
struct JournalEpoch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epoch",
        abstract: "Begin a new epoch: for a journal that was restored from an old copy or cloned to a second kiosk (chain-forked).",
        discussion: "The old chains are kept and wait to be exported; numbers go on where this journal has them.")

    @OptionGroup var options: JournalOptions

    @Option(help: "Why, in a few words, for the centre's people; nothing personal.")
    var reason: String

    func run() async throws {
        let figures = try await JournalAccess.open(options) { [reason] in try await $0.beginNewEpoch(reason: reason) }
        announce("the journal's epoch is \(figures.epoch) from now on")
    }
}

/// `anjungan journal renew`.
struct JournalRenew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Put a damaged journal aside for the centre and begin a new one (journal-damaged). The kiosk must be stopped.",
        discussion: "The numbers of the new one go on behind all that can still be read in the old one. Do not only move the folder away.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let configuration = try options.configuration()
        let renewal = try await Journal.renew(
            directory: options.journal ?? "\(configuration.stateDirectory)/journal", site: configuration.site, kiosk: configuration.kiosk,
            zone: .jakarta)
        announce("the old journal is \(renewal.aside); keep it for the centre")
        announce(
            "a new one has begun, epoch \(renewal.epoch); its first entry tells the centre that it follows \(renewal.former ?? "one whose epoch cannot be read")"
        )
        if renewal.numbers.isEmpty {
            announce("NO NUMBERS could be read: today's begin again at 1; ask the centre which were given, before anybody takes one")
        }
        for (series, last) in renewal.numbers.sorted(by: { $0.key < $1.key }) { announce("\(series) goes on behind \(last)") }
    }
}
