import ArgumentParser
import Foundation
import Journal
import KioskCore

/// Durable commits of the journal, beside plain SQLite.
struct JournalBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Durable commits of the journal, single and grouped, beside the same statements in plain C SQLite.",
        discussion: """
            A commit is a ticket: number, entry, ticket and print intent. The peer has the same tables, settings, statements and disk, \
            and stores as real a chain, which a journal verifies afterwards; but it is one loop on one thread. The journal's callers run \
            where the kiosk's do, on its own thread, and once more elsewhere. All take 25 turns, and the median of each counts: a disk has moods.
            """)

    @OptionGroup var options: BenchOptions

    @Option(help: "Tickets in each turn.")
    var count = 1000

    @Option(help: "How many wait for the journal at the same time where commits are grouped.")
    var writers = 16

    var words: String { "--count \(count) --writers \(writers)" }

    func validate() throws {
        guard (100...1_000_000).contains(count), (2...64).contains(writers) else {
            throw ValidationError("--count takes 100 to 1000000, --writers 2 to 64.")
        }
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        let folder = "/tmp/anjungan-bench-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var (plain, journal, elsewhere) = ([Rates](), [Rates](), [Rates]())
        for turn in 0..<25 {
            plain.append(try await Self.plain("\(folder)/plain\(turn)", count, writers))
            journal.append(try await Self.journal("\(folder)/journal\(turn)", count, writers) { $0.callers })
            elsewhere.append(try await Self.journal("\(folder)/elsewhere\(turn)", count, writers) { _ in globalConcurrentExecutor })
        }
        let (theirs, ours, others) = (Rates.median(plain), Rates.median(journal), Rates.median(elsewhere))
        let disk = try Disk.durableWrites(500, in: folder)
        return Measured(
            title: "durable tickets of the journal, \(count) in each turn",
            figures: [
                Figure("single, of plain C", 100 * ours.single / theirs.single, .percent, .atLeast(90)),
                Figure("grouped, of plain C", 100 * ours.grouped / theirs.grouped, .percent, .atLeast(90)),
                Figure("single", ours.single, .perSecond), Figure("\(writers) writers", ours.grouped, .perSecond),
                Figure("single, from another thread", others.single, .perSecond),
                Figure("\(writers) writers, from other threads", others.grouped, .perSecond),
                .beside("plain C, one a transaction", theirs.single, .perSecond),
                .beside("plain C, \(writers) a transaction", theirs.grouped, .perSecond),
                .beside("4 kB written durably, p50", disk.median),
            ], remarks: program.remarks)
    }

    /// Tickets a second.
    private struct Rates {
        var single = 0.0
        var grouped = 0.0

        static func median(_ rates: [Rates]) -> Rates {
            let middle = { (rate: KeyPath<Rates, Double>) in rates.map { $0[keyPath: rate] }.sorted()[rates.count / 2] }
            return Rates(single: middle(\.single), grouped: middle(\.grouped))
        }
    }

    private static func open(_ folder: String) async throws -> (Journal, TicketRequest) {
        guard let site = SiteID("pekanbaru"), let kiosk = KioskID("mpp-1"), let service = ServiceKey("dukcapil/ktp-el") else {
            preconditionFailure("These are names")
        }
        let journal = try await Journal.open(directory: folder, site: site, kiosk: kiosk, zone: .jakarta, recipient: nil)
        return (journal, TicketRequest(service: service, series: "KKA", day: ServiceDay(number: 20_778)))
    }

    private static func journal(
        _ folder: String, _ count: Int, _ writers: Int, on callers: (Journal) -> any TaskExecutor
    ) async throws -> Rates {
        let (journal, request) = try await open(folder)
        let callers = callers(journal)
        let clock = ContinuousClock()
        let single = try await clock.measure {
            try await Task(executorPreference: callers) { for _ in 0..<count { _ = try await journal.issue(request) } }.value
        }
        let grouped = try await clock.measure {
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<writers {
                    group.addTask(executorPreference: callers) { for _ in 0..<count / writers { _ = try await journal.issue(request) } }
                }
            }
        }
        try await journal.close()
        return Rates(single: Double(count) / single.seconds, grouped: Double(count / writers * writers) / grouped.seconds)
    }

    private static func plain(_ folder: String, _ count: Int, _ writers: Int) async throws -> Rates {
        var (journal, request) = try await open(folder)
        request.leased = PlainTickets.firstOrdinal
        _ = try await journal.issue(request)
        try await journal.close()
        let rates = try plainRates("\(folder)/journal.sqlite", count, writers)
        // What the peer has stored is what a journal stores.
        (journal, _) = try await open(folder)
        let entries = try await journal.verify().entries
        try await journal.close()
        let expected = 1 + count + count / writers * writers
        guard entries == expected else { throw PlainTickets.Failed(description: "the peer stored \(entries) of \(expected) entries") }
        return rates
    }

    private static func plainRates(_ path: String, _ count: Int, _ writers: Int) throws -> Rates {
        let plain = try PlainTickets(path)
        let clock = ContinuousClock()
        let single = try clock.measure { for _ in 0..<count { try plain.commit(1) } }
        let grouped = try clock.measure { for _ in 0..<count / writers { try plain.commit(writers) } }
        return Rates(single: Double(count) / single.seconds, grouped: Double(count / writers * writers) / grouped.seconds)
    }
}
