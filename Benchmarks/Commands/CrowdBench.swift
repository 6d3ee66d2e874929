import ArgumentParser
import Enrolment
import Foundation
import KioskCore
import SyncProtocol
import SyncTransport

/// How much memory a centre takes while many kiosks are connected.
struct CrowdBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "crowd",
        abstract: "Resident memory of a centre with many kiosks connected by mutual TLS, each with keys of its own.",
        discussion: "Each kiosk is enrolled, sends a batch, and waits for news on another connection, as it always does.")

    static var needs: [KeyPath<MeasuredProgram, String>] { [\.central] }

    @OptionGroup var options: BenchOptions

    @Option(help: "How many kiosks.")
    var kiosks = 1000

    @Option(help: "Entries that each one has sent.")
    var entries = 500

    var words: String { "--kiosks \(kiosks) --entries \(entries)" }

    func validate() throws {
        guard (1...15_000).contains(kiosks), (1...500).contains(entries) else {
            throw ValidationError("--kiosks takes 1 to 15000, --entries 1 to 500.")
        }
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        try OpenFiles.allow(kiosks * 2 + 500)
        let bodies = try MadeChain.Bodies(count: entries)
        let chains = (1...kiosks).map { MadeChain($0, bodies) }
        return try await MeasuredCentre.run(program) { centre in
            let process = ProcessFigures(pid: centre.pid)
            let empty = try process.memory()
            let keys = try await centre.enrol(chains.map { DeviceName(site: $0.name.site, kiosk: $0.name.kiosk) })
            let clients = keys.map { CentreClient(url: centre.url, credentials: $0) }
            let time = try await ContinuousClock().measure {
                _ = try await inTurn(Array(zip(clients, chains)), atOnce: 16) { client, chain in
                    try await client.send(chain.batch(after: .start, limit: Batch.maximumEntries))
                }
            }
            let waiting = keys.map { CentreClient(url: centre.url, credentials: $0, waits: true) }
            let tags = try await inTurn(Array(zip(waiting, chains)), atOnce: 16) { client, chain in
                try await client.notices(
                    NoticeRequest(site: chain.name.site, kiosk: chain.name.kiosk, known: nil, bundle: nil, emergency: nil)
                ).tag
            }
            let busy = try process.memory()
            let (after, sockets) = try await whileTheyWait(waiting, chains, tags, process)
            for client in waiting { try await client.close() }
            for client in clients { try await client.close() }
            return Measured(
                title: "a centre with \(kiosks) kiosks connected over mutual TLS, \(entries) entries of each",
                figures: [
                    Figure("resident, all connected and waiting for news", after.resident / 1e6, .megabytes, .atMost(150)),
                    Figure("just after their batches, most with two connections", busy.resident / 1e6, .megabytes),
                    Figure("the most at any time", try process.peak() / 1e6, .megabytes),
                    Figure("a kiosk more", (after.resident - empty.resident) / Double(kiosks), .bytes),
                    Figure("first batches with their handshakes", Double(kiosks) / time.seconds, .perSecond),
                    .beside("the centre before anybody came", empty.resident / 1e6, .megabytes),
                ], remarks: program.remarks + ["\(sockets) sockets were open at the centre at the end"])
        }
    }

    /// The centre's memory once all wait and have let go of their other connection; and how many sockets are left.
    private func whileTheyWait(
        _ waiting: [CentreClient], _ chains: [MadeChain], _ tags: [String], _ process: ProcessFigures
    ) async throws -> (ProcessFigures.Memory, sockets: Int) {
        try await withThrowingTaskGroup { group in
            for (client, (chain, tag)) in zip(waiting, zip(chains, tags)) {
                group.addTask {
                    let request = NoticeRequest(site: chain.name.site, kiosk: chain.name.kiosk, known: tag, bundle: nil, emergency: nil)
                    // Told that there is nothing new, it asks again.
                    while true { _ = try await client.notices(request) }
                }
            }
            for _ in 0..<600 {
                let sockets = try process.sockets()
                if sockets >= kiosks, sockets < kiosks + kiosks / 20 + 20 {
                    // The centre gives memory back every ten seconds.
                    try await Task.sleep(for: .seconds(15))
                    group.cancelAll()
                    return (try process.memory(), sockets)
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            throw Failed(description: "\(try process.sockets()) sockets are open at the centre after a minute")
        }
    }
}

/// A process may have as many files open as its limit says, which is low unless it asks.
enum OpenFiles {
    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    static func allow(_ count: Int) throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        guard limit.rlim_max >= rlim_t(count) else {
            throw Refused(description: "this takes \(count) open files and the limit is \(limit.rlim_max); raise it: ulimit -Hn \(count)")
        }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
