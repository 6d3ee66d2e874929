import KioskCore

/// What a technician has ended: the answer to `POST /v1/emergency/end`.
public struct EndedEmergency: Hashable, Sendable, Codable {
    /// When it was called; nil: none held.
    public var calledAt: String?

    init(_ emergency: Emergency?) {
        calledAt = emergency.map { WallTime(milliseconds: $0.since).iso }
    }
}
