import ArgumentParser
import CentralServer
import Enrolment
import Foundation
import Journal
import KioskCore
import KioskRuntime
import Logging
import NIOSSL
import SyncProtocol
import SyncTransport

/// How fast a kiosk's backlog gets to its centre.
struct BacklogBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "backlog",
        abstract: "Entries a second from a kiosk's journal into a centre's store, over mutual TLS on loopback.",
        discussion: """
            A real journal with visits, the kiosk's own sync, and `anjungan-central run --tls` as a process of its own: read, signed, \
            sent, checked, stored and counted there in durable transactions, acknowledged, and remembered durably in the journal. \
            One batch is under way at a time. The pause of a long backlog for the kiosk's slot is left out.
            """)

    static var needs: [KeyPath<MeasuredProgram, String>] { [\.central] }

    @OptionGroup var options: BenchOptions

    @Option(help: "Entries that wait in the journal.")
    var entries = 10_000

    var words: String { "--entries \(entries)" }

    func validate() throws {
        guard (500...1_000_000).contains(entries) else { throw ValidationError("--entries takes 500 to 1000000, not \(entries).") }
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        guard let site = SiteID("pekanbaru"), let kiosk = KioskID("mpp-1") else { preconditionFailure("These are names") }
        return try await MeasuredCentre.run(program) { centre in
            let journal = try await VisitedJournal.make("\(centre.folder)/journal", (site, kiosk), entries: entries)
            let batches = try await Self.batches(of: journal)
            guard let keys = try await centre.enrol([DeviceName(site: site, kiosk: kiosk)]).first else {
                throw Failed(description: "the centre enrolled nobody")
            }
            let before = try ProcessFigures(pid: centre.pid).processorTime()
            let own = ProcessFigures(pid: getpid())
            let ownBefore = try own.processorTime()
            let time = try await Self.ship(journal, to: centre.url, keys)
            let centreTime = try ProcessFigures(pid: centre.pid).processorTime() - before
            let ownTime = try own.processorTime() - ownBefore
            let count = batches.reduce(0) { $0 + $1.entries.count }
            let stored = try PlainStore.ask(centre.database, "SELECT count(*) FROM entries")
            guard stored == count else { throw Failed(description: "the centre has \(stored) entries of \(count)") }
            try await journal.close()

            let plain = try await Self.plain(centre, batches.count)
            let line = try await Self.line(batches)
            let octets = batches.reduce(0) { $0 + $1.octets.count }
            return Measured(
                title: "a backlog of \(count) entries, \(octets / count) octets each, in \(batches.count) batches over TLS",
                figures: [
                    Figure("entries, durable at the centre", Double(count) / time.seconds, .perSecond, .atLeast(40_000)),
                    Figure("all of them", time), Figure("processor time of the centre", centreTime),
                    Figure("processor time of the kiosk's end", ownTime),
                    .beside("plain C SQLite, the same rows and transactions", Double(count) / plain.seconds, .perSecond),
                    .beside("the same octets over TLS, answered at once", Double(count) / line.seconds, .perSecond),
                    .beside("4 kB written durably, p50", try Disk.durableWrites(500, in: centre.folder).median),
                ], remarks: program.remarks)
        }
    }

    private static func batches(of journal: Journal) async throws -> [Batch] {
        var (batches, place): ([Batch], ChainPosition) = ([], .start)
        while true {
            let batch = try await journal.batch(after: place, lane: .transactions)
            guard !batch.entries.isEmpty else { return batches }
            batches.append(batch)
            let last = place.sequence + UInt64(batch.entries.count)
            place = ChainPosition(sequence: last, hash: try await journal.hash(of: last, lane: .transactions) ?? .none)
        }
    }

    /// Until the centre has acknowledged the last entry.
    private static func ship(_ journal: Journal, to url: String, _ keys: Credentials) async throws -> Duration {
        let client = CentreClient(url: url, credentials: keys)
        let head = try await journal.head(of: .transactions)
        let (answers, inbox) = AsyncThrowingStream.makeStream(of: Acknowledgement.self)
        let sync = ChainSync(
            JournalLane(journal: journal, lane: .transactions), to: client, timing: SyncTiming(spread: .zero),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() },
            onReport: { if $0 != .well { inbox.finish(throwing: Failed(description: "\($0)")) } }, onAnswer: { inbox.yield($0) })
        let time = try await ContinuousClock().measure {
            try await withThrowingTaskGroup { group in
                group.addTask { try await sync.run() }
                for try await answer in answers where answer.position == head { break }
                group.cancelAll()
            }
        }
        try await client.close()
        return time
    }

    private static func plain(_ centre: MeasuredCentre, _ transactions: Int) async throws -> Duration {
        var best: Duration?
        for turn in 0..<3 {
            let time = try PlainStore(like: centre.database, at: "\(centre.folder)/plain\(turn).sqlite").write(transactions: transactions)
            best = min(best ?? time, time)
        }
        return best ?? .zero
    }

    private static func line(_ batches: [Batch]) async throws -> Duration {
        let authority = try CertificateAuthority(now: .now)
        let tls = Echo.TLS(
            server: try authority.serverTLS(names: ["127.0.0.1"]), client: try ClientTLS.trusting(authority.certificate))
        // An answer has some three hundred octets.
        let exchanges = batches.map { Echo.Exchange(question: $0.octets.count, answer: 300) }
        return try await Echo.roundTrips(exchanges, pausing: .zero, tls: tls).sum
    }
}
