import Conditions
import Enrolment
import KioskCore
import Logging
import SyncProtocol
import Synchronization

/// How the way to the centre is, as the lanes report it.
final class CentreBoard: Sendable {
    private struct State {
        var reports: [Lane: SyncMachine.Report] = [:]
        var answeredAt: WallTime?
        var offset: Duration?
        /// What the centre's clock showed, and when.
        var clock: (shown: WallTime, at: ContinuousClock.Instant)?
    }

    private let state = Mutex(State())
    /// nil: a centre on this machine, without keys.
    private let credentials: Credentials?
    private let logger: Logger

    init(credentials: Credentials? = nil, logger: Logger) {
        self.credentials = credentials
        self.logger = logger
    }

    func report(_ report: SyncMachine.Report, of lane: Lane) {
        let isNews = state.withLock { state in
            if report.isAnswer {
                state.answeredAt = .now
                // A lane that found nobody may be pausing still; that somebody answers the other is newer.
                for case (let other, .away) in state.reports { state.reports[other] = .well }
            }
            return state.reports.updateValue(report, forKey: lane) != report
        }
        guard isNews else { return }
        let metadata: Logger.Metadata = ["lane": "\(lane)"]
        switch report {
        case .well: logger.info("the centre takes entries", metadata: metadata)
        case .busy(let why): logger.info("the centre asks for patience: \(why)", metadata: metadata)
        case .away(let why), .refused(let why): logger.warning("the centre does not take entries: \(why)", metadata: metadata)
        case .unread(let why): logger.error("the journal cannot be read for the centre: \(why)", metadata: metadata)
        case .forked(let why, let newEpoch):
            logger.error(
                "centre and journal know different histories: \(why)\(newEpoch ? "; a new epoch is wanted" : "")", metadata: metadata)
        }
    }

    /// Takes down how far the centre's clock is from this one; the way of the answer is part of it.
    func heard(_ answer: Acknowledgement) {
        guard let clock = answer.clock else { return }
        state.withLock {
            $0.offset = .milliseconds(clock - WallTime.now.milliseconds)
            $0.clock = (WallTime(milliseconds: clock), .now)
        }
    }

    /// What the centre's clock shows now, whatever this machine's wall clock does; nil where it was not heard.
    var clock: WallTime? {
        state.withLock { state in
            state.clock.map { WallTime(milliseconds: $0.shown.milliseconds + Int64((.now - $0.at) / .milliseconds(1))) }
        }
    }

    /// The worst of the lanes.
    func status(url: String?) -> KioskStatus.Centre {
        let (reports, answeredAt, offset) = state.withLock { ($0.reports, $0.answeredAt, $0.offset) }
        let troubles = reports.values.compactMap(\.trouble) + [credentials?.trouble?.condition].compactMap(\.self)
        let worst = troubles.max { Self.severity($0.0) < Self.severity($1.0) }
        return KioskStatus.Centre(
            url: url, condition: worst?.0, detail: worst?.1, answeredAt: answeredAt?.iso,
            clockOffset: offset.map { Int($0 / .milliseconds(1)) }, certificateEnds: credentials?.identity?.certificate.ends.iso)
    }

    private static func severity(_ code: ConditionCode) -> Int {
        // Why the centre refuses tells more than that it does.
        let order: [ConditionCode] = [
            .certificateEnding, .centreBusy, .centreAway, .centreRefused, .centreUntrusted, .certificateForeign, .certificateRevoked,
            .certificateReplaced, .certificateExpired, .certificateEarly, .certificateMissing, .journalFailed, .chainForked,
        ]
        return order.firstIndex(of: code) ?? 0
    }
}

extension SyncMachine.Report {
    /// The centre said something.
    fileprivate var isAnswer: Bool {
        switch self {
        case .well, .busy, .refused, .forked: true
        case .away, .unread: false
        }
    }

    fileprivate var trouble: (ConditionCode, String)? {
        switch self {
        case .well: nil
        case .away(let why): (.centreAway, why)
        case .busy(let why): (.centreBusy, why)
        case .refused(let why): (.centreRefused, why)
        case .unread(let why): (.journalFailed, why)
        case .forked(let why, _): (.chainForked, why)
        }
    }
}
