/// Why enrolment, a key file or a certificate was refused. Equal when the codes are.
public struct EnrolmentError: Error, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The code that somebody typed is none, or mistyped.
        case code
        /// The octets are no certificate, key or request of this program.
        case malformed
        /// A file cannot be read or written.
        case file
        /// Whoever answers is not the centre that the code is of.
        case centre
        /// The centre did not answer, or answered something else.
        case answer
        /// The centre refused.
        case refused
    }

    public var code: Code
    /// What was wrong, where, and what to do next. Holds no secret.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { detail }
}

extension EnrolmentError: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
