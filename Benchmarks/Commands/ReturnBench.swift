import ArgumentParser
import Foundation
import Logging
import RatePlot
import SyncProtocol
import SyncTransport
import Synchronization

/// What happens when all kiosks of a country come back at once.
struct ReturnBench: Bench {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "Kiosks that were away for a day all start in the same moment, each with a backlog, against a real centre.",
        discussion: """
            Each kiosk is the real sync with made entries; they share this process and a bounded number of connections over plain HTTP \
            on loopback, because the handshakes of ten thousand identities would be most of the measurement. The centre is \
            `anjungan-central run` as a process of its own. All entries are counted in its store at the end.
            """)

    static var needs: [KeyPath<MeasuredProgram, String>] { [\.central] }

    @OptionGroup var options: BenchOptions

    @Option(help: "How many kiosks.")
    var kiosks = 10_000

    @Option(help: "How many entries each has.")
    var entries = 500

    @Option(help: "Over how many seconds the kiosks' slots are spread; 120 is what kiosks do.")
    var spread = 120

    @Option(help: "Where to write a plot of what came in each second (SVG).")
    var plot: String?

    var words: String { "--kiosks \(kiosks) --entries \(entries) --spread \(spread)" + (plot.map { " --plot \($0)" } ?? "") }

    func validate() throws {
        guard (1...100_000).contains(kiosks), (1...10_000).contains(entries), (0...900).contains(spread) else {
            throw ValidationError("--kiosks takes 1 to 100000, --entries 1 to 10000, --spread 0 to 900.")
        }
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// Connections are shared by so many clients, of eight connections each.
    private static let clients = 32

    func measure(_ program: MeasuredProgram) async throws -> Measured {
        try OpenFiles.allow(Self.clients * 16 + 500)
        return try await MeasuredCentre.run(program, tls: false) { centre in
            let process = ProcessFigures(pid: centre.pid)
            let empty = try process.memory()
            let before = try process.processorTime()
            let tally = Tally(kiosks: kiosks)
            let clients = (0..<Self.clients).map { _ in CentreClient(url: centre.url) }
            let time = try await ContinuousClock().measure { try await comeBack(to: clients, process, tally) }
            for client in clients { try await client.close() }
            let stored = try PlainStore.ask(centre.database, "SELECT count(*) FROM entries")
            let whole = try PlainStore.ask(centre.database, "SELECT count(*) FROM chains WHERE upto = \(entries)")
            let incidents = try PlainStore.ask(centre.database, "SELECT count(*) FROM incidents")
            guard stored == kiosks * entries, whole == kiosks, incidents == 0 else {
                throw Failed(
                    description: "the centre has \(stored) entries of \(kiosks * entries), \(whole) whole chains, \(incidents) incidents")
            }
            let seconds = tally.seconds
            if let plot { try draw(seconds).write(toFile: plot, atomically: true, encoding: .utf8) }
            let requests = seconds.reduce(0) { $0 + $1.requests }
            return Measured(
                title: "\(kiosks) kiosks come back with \(entries) entries each",
                figures: [
                    Figure("resident, the most at any time", try process.peak() / 1e6, .megabytes, .atMost(150)),
                    Figure("until the last one had caught up", time), Figure("entries", Double(stored) / time.seconds, .perSecond),
                    Figure("requests in the busiest second", Double(seconds.map(\.requests).max() ?? 0), .perSecond),
                    Figure(
                        "of all requests, turned away", 100 * Double(seconds.reduce(0) { $0 + $1.turnedAway }) / Double(requests), .percent),
                    Figure("processor time of the centre", try process.processorTime() - before),
                    .beside("the centre before anybody came", empty.resident / 1e6, .megabytes),
                    .beside(
                        "requests in each second, if they came evenly", Double(kiosks * ((entries + 499) / 500)) / Double(max(spread, 1)),
                        .perSecond),
                ], remarks: program.remarks + ["\(stored) entries counted in the store, each once; plain HTTP on loopback"])
        }
    }

    /// Until every chain is at the centre.
    private func comeBack(to clients: [CentreClient], _ centre: ProcessFigures, _ tally: Tally) async throws {
        let bodies = try MadeChain.Bodies(count: entries)
        let timing = SyncTiming(spread: .seconds(spread))
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                while (try? await ContinuousClock().sleep(for: .seconds(1))) != nil {
                    tally.look(memory: try centre.memory().resident)
                }
            }
            for number in 0..<kiosks {
                let chain = MadeChain(number + 1, bodies) { tally.count(\.requests) }
                let sync = ChainSync(
                    chain, to: clients[number % clients.count], timing: timing, logger: logger,
                    onReport: { if case .refused = $0 { tally.count(\.turnedAway) } else if $0 != .well { tally.count(\.failed) } },
                    onAnswer: { tally.heard(number, $0, whole: $0.upto == UInt64(entries)) })
                group.addTask { try await sync.run() }
            }
            for await _ in tally.done { break }
            group.cancelAll()
        }
        tally.look(memory: try centre.memory().resident)
    }

    private func draw(_ seconds: [Tally.Second]) -> String {
        RatePlot(
            title: "\(kiosks) kiosks start in one moment after a day away, \(entries) entries each; a real centre",
            panels: [
                .init(
                    "requests a second; red: turned away, or not answered", seconds.map { Double($0.requests) },
                    part: seconds.map { Double($0.turnedAway + $0.failed) }),
                .init("entries stored a second", seconds.map { Double($0.entries) }),
                .init("MB resident at the centre", seconds.map { $0.memory / 1e6 }),
            ]
        ).svg
    }
}

/// What happened in each second.
private final class Tally: Sendable {
    struct Second: Sendable {
        var requests = 0
        var turnedAway = 0
        var failed = 0
        var entries = 0
        var memory = 0.0
    }

    private struct State {
        let begun = ContinuousClock.now
        var seconds = [Second()]

        /// By the clock, since a busy machine does not wake anybody in time.
        mutating func now(_ body: (inout Second) -> Void) {
            let second = Int((ContinuousClock.now - begun).components.seconds)
            while seconds.count <= second { seconds.append(Second(memory: seconds.last?.memory ?? 0)) }
            body(&seconds[second])
        }

        /// Of each kiosk, how far it is at the centre.
        var upto: [UInt64]
        var missing: Int
    }

    private let state: Mutex<State>
    /// Ends when all kiosks are whole.
    let done: AsyncStream<Void>
    private let inbox: AsyncStream<Void>.Continuation

    init(kiosks: Int) {
        state = Mutex(State(upto: [UInt64](repeating: 0, count: kiosks), missing: kiosks))
        (done, inbox) = AsyncStream.makeStream(of: Void.self)
    }

    var seconds: [Second] { state.withLock(\.seconds) }

    func count(_ what: WritableKeyPath<Second, Int>) {
        state.withLock { state in state.now { $0[keyPath: what] += 1 } }
    }

    func heard(_ kiosk: Int, _ answer: Acknowledgement, whole isWhole: Bool) {
        let isDone = state.withLock { state in
            let news = Int(answer.upto - min(answer.upto, state.upto[kiosk]))
            state.now { $0.entries += news }
            if isWhole, state.upto[kiosk] < answer.upto { state.missing -= 1 }
            state.upto[kiosk] = answer.upto
            return state.missing == 0
        }
        if isDone { inbox.finish() }
    }

    /// What the centre takes now, in octets.
    func look(memory: Double) { state.withLock { state in state.now { $0.memory = memory } } }
}
