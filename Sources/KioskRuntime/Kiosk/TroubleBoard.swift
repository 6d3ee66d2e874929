import Conditions
import DeviceLayer
import KioskCore
import Logging
import ServiceLifecycle
import Synchronization

/// Gathers what keeps tickets from coming out, and tells the session machine the one trouble that matters most.
final class TroubleBoard: Sendable {
    private struct State {
        /// Nobody has looked at it before its first status.
        var printer = PrinterStatus(isReady: false, conditions: [])
        var printerTrouble: ConditionCode?
        var spooler: ConditionCode?
    }

    private let state = Mutex(State())
    private let inbox: AsyncStream<SessionMachine.Event>.Continuation

    init(inbox: AsyncStream<SessionMachine.Event>.Continuation) {
        self.inbox = inbox
    }

    func printer(_ status: PrinterStatus) {
        change { state in
            state.printer = status
            state.printerTrouble = PrinterWatch.trouble(status)
        }
    }
    func spooler(_ trouble: ConditionCode?) { change { $0.spooler = trouble } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            // Inside the lock, so that the machine hears levels in the order they were set.
            inbox.yield(.printer(state.printerTrouble ?? state.spooler))
        }
    }
}

extension TroubleBoard {
    /// As technicians are told.
    func printerStatus(named name: String) -> KioskStatus.Printer {
        state.withLock { state in
            KioskStatus.Printer(
                name: name, isReady: state.printer.isReady, conditions: state.printer.conditions.sorted { $0.rawValue < $1.rawValue },
                spooler: state.spooler)
        }
    }
}

/// Brings the printer's status to the ``TroubleBoard``.
struct PrinterWatch: ServiceLifecycle.Service {
    let device: PrinterDevice
    let board: TroubleBoard
    let mark: SheetMark
    let logger: Logger

    /// What the citizen should hear first when several things are wrong: what somebody at hand can mend.
    static let byUrgency: [ConditionCode] = [
        .coverOpen, .mediaEmpty, .cutterError, .printerError, .printerSilent, .printerOffline,
    ]

    func run() async throws {
        for await status in device.statuses().cancelOnGracefulShutdown() {
            // It is not called ready before it was made to let go of everything.
            if status.isReady, mark.isSet {
                do throws(DeviceSocketError) {
                    try mark.clear()
                } catch {
                    logger.warning("the next start will clear the printer once more", metadata: ["detail": "\(error)"])
                }
            }
            board.printer(status)
        }
    }

    /// Waits until the printer has let go of what the last run left in it, so that no half sheet of the last visitor
    /// comes out before the next one's eyes. A printer that cannot print now is not waited for: the kiosk serves without it.
    static func untilClean(_ device: PrinterDevice) async {
        await withTaskGroup { group in
            group.addTask {
                for await status in device.statuses() where status.isReady { return }
            }
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: .seconds(5))
                } catch {
                    // The printer was faster.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    static func trouble(_ status: PrinterStatus) -> ConditionCode? {
        status.isReady ? nil : byUrgency.first(where: status.conditions.contains) ?? .printerOffline
    }
}
