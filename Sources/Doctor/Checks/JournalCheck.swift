import Conditions
import Journal
import KioskCore
import KioskRuntime

/// Whether the journal is whole, commits durably and has room.
enum JournalCheck {
    /// A long journal takes a while to walk; a wedged one must not hang the doctor.
    static let limit = Duration.seconds(60)

    /// What was found, and when the newest entry was written where that is known.
    struct Outcome {
        var finding: Finding
        var newest: WallTime?
    }

    /// Has the running kiosk walk it, because only one process may open a journal; without one, opens it.
    static func examine(
        _ configuration: Configuration, _ status: KioskStatus?, _ zone: TimeZoneOfIndonesia, _ instruments: Instruments
    ) async -> Outcome {
        if let status {
            let walk = await within(limit) { try await instruments.kioskVerification(configuration.technicianSocket) }
            let tickets = try? await within(.seconds(3)) { try await instruments.kioskTickets(configuration.technicianSocket) }.get()
            let times = [status.startedAt] + (tickets ?? []).map(\.issuedAt)
            return Outcome(finding: judge(walk, status.journal), newest: times.compactMap { WallTime(iso8601: $0) }.max())
        }
        let walk = await within(limit) { try await instruments.journalWalk(configuration, zone) }
        return Outcome(finding: judge(walk, configuration), newest: (try? walk.get())?.newest)
    }

    private static func judge(_ walk: Result<JournalVerification, any Error>, _ state: KioskStatus.JournalState) -> Finding {
        switch walk {
        case .failure(is TimedOut):
            // The kiosk has just read from it, to say how it is: it is long, not wedged.
            let seconds = limit.components.seconds
            return .skipped(
                .journal,
                Words("rantainya tidak selesai diperiksa dalam \(seconds) s, ", "its chain was not walked to the end within \(seconds) s, ")
                    + room(state.size, state.capacity))
        case .failure(let error):
            return .wrong(.journal, .journalFailed, Words(both: "\(error)"))
        case .success(let walk):
            if let fault = walk.fault { return .wrong(.journal, .journalDamaged, Words(both: fault)) }
            let mode = "synchronous=\(walk.synchronous), journal_mode=\(walk.journalMode)"
            guard walk.synchronous >= 2, walk.journalMode == "wal" else { return .wrong(.journal, .journalNotDurable, Words(both: mode)) }
            if let refusal = state.refusal { return .wrong(.journal, refusal.condition, Words(both: refusal.detail)) }
            let commit = decimal(walk.commitMilliseconds)
            return .sound(
                .journal,
                whole(walk.entries) + Words(both: ", \(mode), ") + Words("satu commit ", "one commit ") + commit + Words(both: " ms, ")
                    + room(state.size, state.capacity))
        }
    }

    private static func judge(_ walk: Result<JournalWalk, any Error>, _ configuration: Configuration) -> Finding {
        switch walk {
        case .failure(let error as JournalError) where error.code == .owned:
            // A kiosk that does not answer may still hold it; that is said of the kiosk.
            return .skipped(.journal, Words("tidak diperiksa: ", "not examined: ") + Words(both: error.detail))
        case .failure(let error as JournalError):
            return .wrong(.journal, condition(error), Words(both: error.detail))
        case .failure(let error):
            return .wrong(.journal, .journalFailed, Words(both: "\(configuration.stateDirectory)/journal: \(error)"))
        case .success(let walk):
            guard walk.exists else {
                let place = "\(configuration.stateDirectory)/journal"
                return .sound(
                    .journal,
                    Words("\(place) belum ada; anjungan membuatnya saat pertama dijalankan", "\(place) is made when the kiosk first runs"))
            }
            if let refusal = walk.refusal { return .wrong(.journal, condition(refusal), Words(both: refusal.detail)) }
            return .sound(.journal, whole(walk.entries) + Words(both: ", ") + room(walk.size, walk.capacity))
        }
    }

    private static func whole(_ entries: UInt64) -> Words { Words("\(entries) catatan utuh", "\(entries) entries, all whole") }

    private static func room(_ size: Int64, _ capacity: Int64) -> Words {
        octets(size) + Words(" dari ", " of ") + octets(capacity)
    }

    /// ``JournalError/condition`` is for citizens, who need not tell damage from a failure.
    static func condition(_ error: JournalError) -> ConditionCode {
        switch error.code {
        case .corrupted: .journalDamaged
        case .notDurable: .journalNotDurable
        case .full: .journalFull
        case .foreign: .configurationInvalid
        case .owned, .newer, .readOnly, .inputOutput, .indeterminate, .closed, .failed, .noRecipient, .sealing, .unknownTicket,
            .unknownPrinter, .numberTaken,
            .alreadyDelivered, .alreadyVoid, .printUnfinished:
            .journalFailed
        }
    }
}
