import Foundation
public import KioskCore

/// One screen value as the page receives it: JSON without anything personal.
///
/// `{"visit":1,"revision":2,"language":"id","notice":null,"remark":null,"invitations":[],"screen":{"kind":"greeting",…}}`;
/// which fields a kind has stands at ``ScreenMessage/Body``.
public struct ScreenMessage: Hashable, Sendable, Codable {
    public var visit: Int
    public var revision: Int
    public var language: Language
    public var notice: Notice?
    /// What the page says of the card or code that was presented.
    public var remark: Remark?
    /// What else than touching is possible.
    public var invitations: [Invitation] = []
    public var screen: Body

    /// What is wrong, in the citizen's words.
    public struct Notice: Hashable, Sendable, Codable {
        public var code: String
        public var text: String
    }

    /// What the page invites to, where a device for it is ready.
    public enum Invitation: String, Hashable, Sendable, Codable, CaseIterable {
        case card, code, verifier

        var invitation: Invitations {
            switch self {
            case .card: .card
            case .code: .code
            case .verifier: .verifier
            }
        }
    }

    public struct Item: Hashable, Sendable, Codable {
        public var id: String
        public var name: String
    }

    public struct Line: Hashable, Sendable, Codable {
        public var language: Language
        public var text: String
    }

    /// The fields of a screen; those that a kind does not have are absent.
    public struct Body: Hashable, Sendable, Codable {
        public enum Kind: String, Hashable, Sendable, Codable {
            case greeting, closed, emergency, agencies, services, identify, confirm, recording, printing, trouble, askPaper, ticket, closing
        }
        public var kind: Kind
        /// greeting, closed.
        public var mall: String?
        public var city: String?
        public var place: String?
        /// emergency: what everybody must read, in every language at once, since nobody knows who stands there.
        public var words: [Line]?
        /// agencies, services: what can be touched.
        public var items: [Item]?
        /// services and everything after.
        public var agency: Item?
        public var service: Item?
        /// identify: how many digits are typed, of how many, and what is wrong with them.
        public var entered: Int?
        public var length: Int?
        public var problem: NIK.Problem?
        /// confirm: whether it is known who the visitor is, and how.
        public var identified: Bool?
        public var method: Identity.Method?
        /// From printing on: the citizen's number.
        public var number: String?
        /// ticket.
        public var paper: Screen.Paper?
        public var salinan: Bool?
        public var canRetry: Bool?

        init(_ kind: Kind) { self.kind = kind }
    }
}

extension ScreenMessage {
    /// The message as UTF-8 text.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    public init(decoding text: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(text))
    }
}
