public import Foundation
public import KioskCore

/// What a kiosk asks its centre about a card: `POST /v1/cards/lookup`, as JSON, octets in base64.
///
/// `{"encapsulated":"…","key":"…","kiosk":"mpp-1","sealed":"…","site":"pekanbaru"}`. Nothing in it is readable on the way, nor by whoever
/// ends the TLS connection before the centre.
public struct CardQuestion: Hashable, Sendable, Codable {
    public var site: SiteID
    public var kiosk: KioskID
    /// Which of the centre's keys it is sealed to: the first 8 octets of the SHA-256 of its SubjectPublicKeyInfo.
    public var key: Data
    /// HPKE's encapsulated key, 65 octets.
    public var encapsulated: Data
    /// The card's number under that key, as long as the longest.
    public var sealed: Data
}

/// The centre's answer, sealed to the question's own context, so that only who asked can open it: `{"sealed":"…"}`.
///
/// As long for a card that nobody enrolled as for one that somebody did.
public struct CardAnswer: Hashable, Sendable, Codable {
    /// Nonce (12) · ciphertext (32) · tag (16).
    public var sealed: Data
}

/// Why a question or an answer cannot be read. Holds nothing personal.
public struct CardLookupError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// It was sealed to another key of the centre's.
        case otherKey
        /// It was changed, or is of another version.
        case unreadable
        /// The centre's public key cannot be used.
        case noKey
    }

    public var code: Code
    /// What was wrong, and what to do next.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { detail }
}
