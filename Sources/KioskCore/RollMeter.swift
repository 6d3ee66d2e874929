/// Counts the paper of one printer's roll and says how much is left, as far as that can be known.
///
/// A pure value. It is told what was printed and what the sensors report; it knows a change of the roll when it sees one, and learns from each
/// how long rolls are and how much is left when the near-end sensor reports. All lengths are micrometres.
public struct RollMeter: Hashable, Sendable, Codable {
    /// What is believed of a roll before anything was learned.
    public struct Assumptions: Hashable, Sendable {
        /// Of a new roll.
        public var length: Int
        /// What is left when the near-end sensor begins to report.
        public var nearEnd: Int

        /// - Parameters:
        ///   - metres: of a new roll.
        ///   - nearEndMetres: left when the near-end sensor begins to report.
        public init(metres: Int, nearEndMetres: Int) {
            length = metres * 1_000_000
            nearEnd = nearEndMetres * 1_000_000
        }
    }

    /// What the printer's sensors say, while the printer answers.
    public struct Report: Hashable, Sendable {
        public var isLow: Bool
        public var isOut: Bool
        /// With the cover open the sensors say nothing about the roll.
        public var coverIsOpen: Bool

        public init(isLow: Bool = false, isOut: Bool = false, coverIsOpen: Bool = false) {
            self.isLow = isLow
            self.isOut = isOut
            self.coverIsOpen = coverIsOpen
        }
    }

    /// Something that people want to know of.
    public enum Event: String, Hashable, Sendable, Codable {
        /// The near-end sensor reports for the first time on this roll.
        case low
        /// The roll has come to its end.
        case out
        /// There is another roll.
        case changed
    }

    /// How much is left.
    public enum Estimate: Hashable, Sendable {
        /// Nobody can say.
        case unknown
        /// The beginning of this roll was not seen.
        case atMost(Int)
        case about(Int)
    }

    /// Printed on this roll since it was put in, or since counting began.
    public private(set) var used = 0
    /// The change that brought this roll was seen, so that ``used`` counts from its beginning.
    public private(set) var isFromBeginning = false
    /// How many changes were seen.
    public private(set) var changes = 0
    /// What was used when the near-end sensor began to report on this roll.
    public private(set) var lowSince: Int?
    /// The roll has come to its end.
    public private(set) var hasEnded = false
    /// As earlier rolls were: the newest counts a quarter.
    public private(set) var learnedLength: Int?
    public private(set) var learnedNearEnd: Int?
    /// The mean length of what is printed: the newest counts an eighth.
    public private(set) var meanTicket: Int?
    /// The cover was opened since the sensors last saw paper with it closed.
    private var coverWasOpen = false
    /// When the sensors began to say so, in milliseconds of a wall clock; nil too for what an earlier version counted.
    private var endedAt: Int64?

    /// Slack paper lets go of the paper-end sensor for a moment. In a shorter time, in milliseconds, nobody puts in a roll
    /// without opening the cover.
    static let longestFlicker: Int64 = 5000

    public init() {}

    /// The near-end sensor reports, or the roll has ended.
    public var isLow: Bool { hasEnded || lowSince != nil }

    /// Something of that length came out, or may have.
    public mutating func printed(_ length: Int) {
        guard length > 0 else { return }
        used += length
        meanTicket = meanTicket.map { ($0 * 7 + length) / 8 } ?? length
    }

    /// The sensors report.
    ///
    /// - Parameter now: milliseconds of a wall clock.
    /// - Returns: what that means; nothing also when an end was none after all, and the roll goes on as it was.
    public mutating func saw(_ report: Report, at now: Int64, _ assumptions: Assumptions) -> [Event] {
        if report.coverIsOpen {
            coverWasOpen = true
            return []
        }
        if report.isOut {
            guard !hasEnded else { return [] }
            (hasEnded, endedAt) = (true, now)
            return [.out]
        }
        defer { coverWasOpen = false }
        var events: [Event] = []
        if hasEnded, coverWasOpen || endLasted(until: now) {
            change(assumptions)
            events.append(.changed)
        } else if hasEnded {
            (hasEnded, endedAt) = (false, nil)
        } else if lowSince != nil, !report.isLow, coverWasOpen {
            // Without the cover having been open, a sensor that has let go is only shaky.
            learnFromEarlyChange(assumptions)
            change(assumptions)
            events.append(.changed)
        }
        if report.isLow, lowSince == nil {
            lowSince = used
            events.append(.low)
        }
        return events
    }

    /// A clock that was set meanwhile cannot say how long it was: an end is rather believed.
    private func endLasted(until now: Int64) -> Bool {
        guard let endedAt, now >= endedAt else { return true }
        return now - endedAt >= Self.longestFlicker
    }

    /// Another roll is in, as the sensors or somebody says. What the last one teaches, if it had come to its end, is learned now.
    public mutating func change(_ assumptions: Assumptions) {
        if hasEnded { learnFromEnd(assumptions) }
        used = 0
        isFromBeginning = true
        changes += 1
        lowSince = nil
        (hasEnded, endedAt) = (false, nil)
    }

    /// What is left of this roll.
    public func left(_ assumptions: Assumptions) -> Estimate {
        if hasEnded { return .about(0) }
        if let lowSince { return .about(max(0, (learnedNearEnd ?? assumptions.nearEnd) - (used - lowSince))) }
        let left = (learnedLength ?? assumptions.length) - used
        // A roll that has lasted longer than rolls do is another kind of roll.
        guard left > 0 else { return .unknown }
        return isFromBeginning ? .about(left) : .atMost(left)
    }

    /// How many tickets of the usual length that is, of a length from ``left(_:)``; nil before the first ticket.
    public func tickets(_ length: Int) -> Int? { meanTicket.map { Self.rounded(length / $0) } }

    /// Two figures, downwards: nobody knows it better.
    static func rounded(_ number: Int) -> Int {
        var unit = 1
        while number / unit >= 100 { unit *= 10 }
        return number / unit * unit
    }
}

// MARK: - Learning

extension RollMeter {
    private mutating func learnFromEnd(_ assumptions: Assumptions) {
        if let lowSince { learn(\.learnedNearEnd, used - lowSince, in: 1...assumptions.length / 4) }
        learnLength(used, assumptions)
    }

    private mutating func learnFromEarlyChange(_ assumptions: Assumptions) {
        guard let lowSince else { return }
        learnLength(lowSince + (learnedNearEnd ?? assumptions.nearEnd), assumptions)
    }

    /// A roll that ended after less than a quarter of the usual length, or more than twice that, was a remnant or was torn off.
    private mutating func learnLength(_ length: Int, _ assumptions: Assumptions) {
        guard isFromBeginning else { return }
        learn(\.learnedLength, length, in: assumptions.length / 4...assumptions.length * 2)
    }

    private mutating func learn(_ path: WritableKeyPath<Self, Int?>, _ value: Int, in plausible: ClosedRange<Int>) {
        guard plausible.contains(value) else { return }
        self[keyPath: path] = self[keyPath: path].map { ($0 * 3 + value) / 4 } ?? value
    }
}
