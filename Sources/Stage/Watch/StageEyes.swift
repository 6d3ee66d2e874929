import KioskRuntime
import Logging
import ServiceLifecycle

/// Looks at kiosk, paper and centre, but only while somebody looks at the stage.
struct StageEyes: ServiceLifecycle.Service {
    let board: StageBoard
    let kiosk: any KioskVoice
    let screen: LoopbackDesk
    let paper: PaperDesk
    let centre: CentreDesk
    let stock: (any StockVoice)?
    let stockPaper: PaperDesk?
    let logger: Logger

    /// The shortest time between two looks.
    static let pause = Duration.milliseconds(250)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                for await _ in board.arrivals {
                    while board.isWatched {
                        await look()
                        try await Task.sleep(for: Self.pause)
                    }
                }
            }
        } catch is CancellationError {
            // The regular end.
        }
    }

    /// Brings the board up to date; not again when it has just been done.
    @concurrent func look() async {
        let now = ContinuousClock.now
        if let last = board.lastLook, now - last < Self.pause { return }
        let kiosk = await ask("the kiosk") {
            try await within(.seconds(2)) { try await self.kiosk.account() }
        }
        let day = kiosk?.status.day ?? board.day
        async let paper = ask("the emulated printer") { try await self.paper.account() }
        async let centre = ask("the centre") { try await self.centre.answer(day: day) }
        async let screen = ask("the screen") { try await self.screen.get("") }
        async let other = lookAtStock()
        let (seen, heard, shown, (account, sheets)) = await (paper, centre, screen, other)
        board.accept(
            StageBoard.Look(
                began: now, kiosk: kiosk, paper: seen, centre: heard?.report, centreAnswers: heard != nil,
                screenAnswers: shown != nil, stock: account, stockPaper: sheets))
    }

    /// The tray is looked at after CUPS was asked, so that a sheet of a job that CUPS calls completed can be there.
    @concurrent private func lookAtStock() async -> (StockAccount?, PaperAccount?) {
        guard let stock, let stockPaper else { return (nil, nil) }
        let account = await ask("the stock queue") { try await within(.seconds(2)) { try await stock.account() } }
        return (account, await ask("the stock lane's printer") { try await stockPaper.account() })
    }

    /// nil from whoever is away, which is what is shown of it; the log says why.
    @concurrent private func ask<Answer: Sendable>(
        _ name: String, _ question: @Sendable () async throws -> Answer
    ) async -> Answer? {
        do {
            return try await question()
        } catch {
            logger.debug("\(name) does not answer", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

/// What `body` returns, unless it takes longer than `patience`: then it is cancelled and throws.
func within<Value: Sendable>(
    _ patience: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: patience)
            return nil
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() ?? nil else { throw TookTooLong(patience: patience) }
        return value
    }
}

/// Something was given up because it did not end.
struct TookTooLong: Error, CustomStringConvertible {
    var patience: Duration
    var description: String { "nothing came within \(patience)" }
}
