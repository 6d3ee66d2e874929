import Glibc
import KioskCore
import KioskRuntime
import Logging
import ServiceLifecycle

/// Does what the buttons say: at once where that can be done at once, else in the background while the board shows it.
struct StageHands: ServiceLifecycle.Service {
    /// Something that takes time.
    enum Job: Sendable { case visits, huntForCupsd }

    /// Why a button does nothing now.
    struct Refusal: Error, Hashable {
        enum Reason: Hashable { case alreadyRunning, unavailable }
        var reason: Reason
        var sentence: Sentence
    }

    let board: StageBoard
    let relay: NetworkRelay
    let paper: PaperDesk
    /// The other printer, which the same hands reach.
    let stockPaper: PaperDesk?
    let rounds: VisitRound
    /// The service of the booking that can be shown.
    let booking: ServiceKey?
    /// The process of a program of the demo: `cupsd`, `run` or `central`.
    let pid: @Sendable (String) throws -> pid_t
    let logger: Logger
    private let jobs: AsyncStream<Job>
    private let job: AsyncStream<Job>.Continuation

    init(
        board: StageBoard, relay: NetworkRelay, paper: PaperDesk, stockPaper: PaperDesk? = nil, rounds: VisitRound,
        booking: ServiceKey? = nil, pid: @escaping @Sendable (String) throws -> pid_t,
        logger: Logger
    ) {
        self.board = board
        self.relay = relay
        self.paper = paper
        self.stockPaper = stockPaper
        self.rounds = rounds
        self.booking = booking
        self.pid = pid
        self.logger = logger
        // The board admits one of each kind at a time.
        (jobs, job) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingOldest(2))
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await job in jobs { group.addTask { await work(on: job) } }
            }
        }
    }

    /// - Returns: whether it is done; false while it goes on in the background.
    @concurrent func perform(_ action: StageAction) async throws -> Bool {
        switch action {
        case .fault(let name, let isOn): try await set([name], isOn)
        case .network(let isCut): setNetwork(isCut: isCut)
        case .killCupsd: return try startHunt()
        case .killKiosk: try kill("run", Sentence("anjungan dimatikan paksa", "kiosk killed"))
        case .killCentre: try kill("central", Sentence("pusat dimatikan paksa", "centre killed"))
        case .visits: return try startVisits()
        case .mend: try await mend()
        case .tap(let card): try await tap(card)
        case .scan: try await scan()
        }
        return true
    }

    private func mend() async throws {
        setNetwork(isCut: false)
        let faults: [String]
        do {
            faults = try await Array(Set(paper.account().printer.faults + (stockPaper?.account().printer.faults ?? []))).sorted()
        } catch {
            throw Self.paperAway(error)
        }
        try await set(faults, false)
        board.update { $0.news = Sentence("semua dipulihkan", "everything mended") }
    }

    private func set(_ faults: [String], _ isOn: Bool) async throws {
        do {
            for fault in faults {
                try await paper.set(fault, isOn)
                try await stockPaper?.set(fault, isOn)
            }
        } catch {
            throw Self.paperAway(error)
        }
        guard let fault = faults.first, let words = Self.words[fault] else { return }
        board.update { $0.news = isOn ? words.on : words.off }
    }

    private func tap(_ card: String) async throws {
        do { try await paper.tap(card) } catch { throw Self.paperAway(error) }
        let words = Self.cards[card]
        board.update { $0.news = words }
    }

    private static let cards: [String: Sentence] = [
        "enrolled": Sentence("kartu yang terdaftar ditempelkan", "the registered card was tapped"),
        "unknown": Sentence("kartu yang tidak terdaftar ditempelkan", "an unregistered card was tapped"),
        "random": Sentence("kartu dengan nomor acak ditempelkan", "a card with a random number was tapped"),
    ]

    private func scan() async throws {
        guard let booking else {
            throw Refusal(
                reason: .unavailable, sentence: Sentence("mal ini tidak punya layanan untuk dipesan", "this mall has no service to book"))
        }
        do { try await paper.show("\(Booking.prefix)\(booking):DEMO-2026") } catch { throw Self.paperAway(error) }
        board.update { $0.news = Sentence("kode pemesanan \(booking) ditunjukkan", "a booking code for \(booking) was shown") }
    }

    private func setNetwork(isCut: Bool) {
        if isCut { relay.cut() } else { relay.restore() }
        board.update {
            $0.news =
                isCut
                ? Sentence("jaringan diputus", "network cut")
                : Sentence("jaringan disambung", "network restored")
        }
    }

    private static let words: [String: (on: Sentence, off: Sentence)] = [
        "paper-out": (
            Sentence("kertas diambil", "paper taken"), Sentence("kertas dipasang", "paper put back")
        ),
        "cover-open": (
            Sentence("penutup dibuka", "cover opened"), Sentence("penutup ditutup", "cover closed")
        ),
        "power-off": (
            Sentence("printer dimatikan", "printer switched off"),
            Sentence("printer dinyalakan", "printer switched on")
        ),
    ]

    private static func paperAway(_ error: any Error) -> Refusal {
        Refusal(
            reason: .unavailable,
            sentence: Sentence(
                "printer emulasi tidak menjawab (\(error)); coba lagi sebentar lagi",
                "the emulated printer does not answer (\(error)); try again in a moment"))
    }
}

// MARK: - Killing

extension StageHands {
    /// `kill -9`: no farewell, no tidying up.
    private func kill(_ name: String, _ words: Sentence) throws {
        let process: pid_t
        do {
            process = try pid(name)
        } catch {
            throw Refusal(
                reason: .unavailable,
                sentence: Sentence(
                    "\(name) sedang tidak berjalan (\(error)); tunggu sampai menyala lagi",
                    "\(name) is not running (\(error)); wait until it is back"))
        }
        // 0 and below would be groups of processes, 1 the system's own.
        guard process > 1, Glibc.kill(process, SIGKILL) == 0 else {
            let why = process > 1 ? String(cString: strerror(errno)) : "no process of its own"
            throw Refusal(
                reason: .unavailable,
                sentence: Sentence(
                    "\(name) (proses \(process)) tidak dapat dimatikan: \(why)",
                    "\(name) (process \(process)) cannot be killed: \(why)"))
        }
        board.update { doings in
            // The hunt is over, though its visit goes on.
            if name == "cupsd" { doings.cupsdIsHunted = false }
            doings.news = Sentence("\(words.indonesian) (proses \(process))", "\(words.english) (process \(process))")
        }
    }

    private func startHunt() throws -> Bool {
        let isFirst = board.update { doings in
            defer { doings.cupsdIsHunted = true }
            return !doings.cupsdIsHunted
        }
        guard isFirst else {
            throw Refusal(
                reason: .alreadyRunning,
                sentence: Sentence(
                    "sudah menunggu pencetakan berikutnya", "already waiting for the next job to be under way"))
        }
        job.yield(.huntForCupsd)
        return false
    }

    private func startVisits() throws -> Bool {
        let running = board.update { doings -> VisitProgress? in
            guard !doings.visits.running else { return doings.visits }
            doings.visits = VisitProgress(running: true, of: rounds.count)
            return nil
        }
        if let running {
            throw Refusal(
                reason: .alreadyRunning,
                sentence: Sentence(
                    "\(running.of) kunjungan sedang berjalan, \(running.done) sudah selesai; tunggu sebentar",
                    "\(running.of) visits are under way, \(running.done) are done; wait a little"))
        }
        job.yield(.visits)
        return false
    }

    private func work(on job: Job) async {
        do {
            switch job {
            case .visits: try await rounds.run(board)
            case .huntForCupsd: try await hunt()
            }
            end(job, isDone: true)
        } catch is CancellationError {
            // The stage ends.
        } catch let refusal as Refusal {
            board.update { $0.news = refusal.sentence }
            end(job, isDone: false)
        } catch {
            logger.warning("a button's work was given up", metadata: ["error": "\(error)"])
            board.update { $0.news = Sentence("tidak berhasil: \(error)", "did not work: \(error)") }
            end(job, isDone: false)
        }
    }

    private func end(_ job: Job, isDone: Bool) {
        board.update { doings in
            switch job {
            case .visits: doings.visits.running = false
            // One that killed has said so itself; by now another may be under way.
            case .huntForCupsd: if !isDone { doings.cupsdIsHunted = false }
            }
        }
    }

    /// Longer than a visit with its paper.
    private static let huntPatience = Duration.seconds(40)

    /// Waits until the printer prints, making a visit of its own unless visits are being made, and kills cupsd under the job.
    private func hunt() async throws {
        let needsVisit = !board.state.visits.running
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await within(Self.huntPatience) { try await paper.waitUntilPrinting() }
                } catch is TookTooLong {
                    throw Refusal(
                        reason: .unavailable,
                        sentence: Sentence(
                            "tidak ada pencetakan yang berjalan, jadi cupsd tidak dimatikan; apakah printer siap?",
                            "nothing was printed, so cupsd was left alone; is the printer ready?"))
                }
                try kill(
                    "cupsd",
                    Sentence("cupsd dimatikan paksa di tengah pencetakan", "cupsd killed in the middle of a job")
                )
                return true
            }
            if needsVisit {
                group.addTask {
                    try await rounds.visitOnce()
                    return false
                }
            }
            // The visit goes on to its end; it is what shows what became of the job.
            while try await group.next() != nil {}
        }
    }
}
