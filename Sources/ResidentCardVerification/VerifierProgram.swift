import Broadcasting
import Conditions
public import Logging
import ServiceLifecycle
import VerifierContract

/// A verifier that is a program of its own, started and asked by the contract of `VerifierContract`.
///
/// The shell around ``VerifierMachine``: one task that owns it. What the program writes on standard error goes nowhere, since nobody can say
/// what is in it.
public final class VerifierProgram: ResidentCardVerifier {
    private let command: [String]
    private let logger: Logger
    private let words: AsyncStream<Word>
    private let inbox: AsyncStream<Word>.Continuation
    private let onlookers = Onlookers<VerifierEvent>(keeping: .every)

    /// An event, and of which start of the program it is; nil: of none.
    private struct Word: Sendable {
        var event: VerifierMachine.Event
        var launch: Int?
    }

    /// - Parameter command: the program's absolute path and its arguments.
    public init(_ command: [String], logger: Logger) {
        precondition(!command.isEmpty, "a program has a path")
        self.command = command
        var logger = logger
        logger[metadataKey: "verifier"] = "\(command[0])"
        self.logger = logger
        (words, inbox) = AsyncStream.makeStream(of: Word.self)
    }

    public func events() -> AsyncStream<VerifierEvent> { onlookers.add().stream }

    public func want(_ visit: Int?) { inbox.yield(Word(event: .want(visit), launch: nil)) }

    /// Serves until shut down or cancelled; the program has ended when it returns.
    public func run() async throws {
        inbox.yield(Word(event: .start, launch: nil))
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await converse()
            } onGracefulShutdown: {
                self.inbox.yield(Word(event: .shutDown, launch: nil))
            }
        } onCancel: {
            inbox.yield(Word(event: .shutDown, launch: nil))
        }
        onlookers.finish()
    }

    private func converse() async {
        await withDiscardingTaskGroup { group in
            var machine = VerifierMachine()
            var process: ChildProcess?
            var launch = 0
            for await word in words {
                // Of a program that was replaced.
                if let of = word.launch, of != launch { continue }
                for effect in machine.handle(word.event) {
                    switch effect {
                    case .launch:
                        launch += 1
                        process = start(launch)
                    case .send(let word):
                        if process?.send(word.line) == false { tell(.garbled("it does not take what it is told"), launch) }
                    case .close: process?.closeInput()
                    case .kill: process?.kill()
                    case .startTimer(let timer, let duration): wait(duration, for: timer, in: &group)
                    case .report(let status): report(status)
                    case .result(let visit, let nik): onlookers.tell(.result(visit: visit, nik: nik))
                    case .finish: inbox.finish()
                    }
                }
            }
            // A cancelled task hears of no shutdown: what it has started ends with it all the same.
            process?.kill()
            group.cancelAll()
        }
    }

    private func tell(_ event: VerifierMachine.Event, _ launch: Int) { inbox.yield(Word(event: event, launch: launch)) }

    private func start(_ launch: Int) -> ChildProcess? {
        do throws(ChildProcess.NotStarted) {
            return try ChildProcess(command) { [weak self] news in
                switch news {
                case .said(let word): self?.tell(.said(word), launch)
                case .garbled(let reason): self?.tell(.garbled(reason), launch)
                case .ended(let words): self?.tell(.ended(words), launch)
                }
            }
        } catch {
            tell(.ended(error.description), launch)
            return nil
        }
    }

    /// The machine listens to the latest setting of a timer only; an old one is gone within about a minute.
    private func wait(_ duration: Duration, for timer: VerifierMachine.TimerID, in group: inout DiscardingTaskGroup) {
        group.addTask { [inbox] in
            do {
                try await ContinuousClock().sleep(for: duration)
                inbox.yield(Word(event: .due(timer), launch: nil))
            } catch {
                // Cancelled: the verifier has ended.
            }
        }
    }

    private func report(_ status: VerifierStatus) {
        logger.info(
            "verifier status", metadata: ["condition": "\(status.condition?.rawValue ?? "ready")", "detail": "\(status.detail)"])
        onlookers.tell(.status(status))
    }
}
