import Foundation
public import KioskCore

/// What a page says: a touch, or that it has drawn a screen.
///
/// `{"visit":1,"revision":2,"touch":{"kind":"digit","value":"7"}}` or `{"visit":1,"revision":2,"rendered":true}`.
public struct PageMessage: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case touch(Touch)
        case rendered
    }
    public var visit: VisitID
    public var revision: Int
    public var content: Content

    public init(visit: VisitID, revision: Int, _ content: Content) {
        self.visit = visit
        self.revision = revision
        self.content = content
    }

    /// The event it is for the session machine.
    var event: SessionMachine.Event {
        switch content {
        case .touch(let touch): .touched(touch, visit: visit, revision: revision)
        case .rendered: .rendered(visit: visit, revision: revision)
        }
    }
}

/// Why a message from a page was not understood. Never carries its text, which may be personal.
struct PageMessageError: Error {
    var reason: String
}

extension PageMessage {
    private struct Wire: Codable {
        struct Touched: Codable {
            var kind: String
            var value: String?
        }
        var visit: Int
        var revision: Int
        var touch: Touched?
        var rendered: Bool?
    }

    init(decoding text: [UInt8]) throws(PageMessageError) {
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: Data(text))
        } catch {
            throw PageMessageError(reason: "not a message of the page: JSON with visit, revision and touch or rendered is expected")
        }
        visit = VisitID(wire.visit)
        revision = wire.revision
        if let touch = wire.touch {
            content = .touch(try Self.touch(touch.kind, touch.value ?? ""))
        } else if wire.rendered == true {
            content = .rendered
        } else {
            throw PageMessageError(reason: "neither touch nor rendered")
        }
    }

    private static func touch(_ kind: String, _ value: String) throws(PageMessageError) -> Touch {
        switch kind {
        case "start": return .start
        case "erase": return .erase
        case "ok": return .ok
        case "back": return .back
        case "cancel": return .cancel
        case "yes": return .yes
        case "no": return .no
        case "done": return .done
        case "retry": return .retry
        case "useCard": return .useCard
        case "agency": if let id = AgencyID(value) { return .agency(id) }
        case "service": if let id = ServiceID(value) { return .service(id) }
        case "digit": if let digit = UInt8(value), digit <= 9 { return .digit(digit) }
        case "language": if let language = Language(rawValue: value) { return .language(language) }
        default: throw PageMessageError(reason: "an unknown kind of touch")
        }
        throw PageMessageError(reason: "a touch “\(kind)” with a value that it cannot have")
    }

    /// The message as a page sends it.
    public func encoded() throws -> [UInt8] {
        var wire = Wire(visit: visit.rawValue, revision: revision)
        switch content {
        case .rendered: wire.rendered = true
        case .touch(let touch): wire.touch = Self.wire(touch)
        }
        return Array(try JSONEncoder().encode(wire))
    }

    private static func wire(_ touch: Touch) -> Wire.Touched {
        switch touch {
        case .start: .init(kind: "start")
        case .agency(let id): .init(kind: "agency", value: id.rawValue)
        case .service(let id): .init(kind: "service", value: id.rawValue)
        case .digit(let digit): .init(kind: "digit", value: String(digit))
        case .erase: .init(kind: "erase")
        case .ok: .init(kind: "ok")
        case .back: .init(kind: "back")
        case .cancel: .init(kind: "cancel")
        case .yes: .init(kind: "yes")
        case .no: .init(kind: "no")
        case .done: .init(kind: "done")
        case .retry: .init(kind: "retry")
        case .useCard: .init(kind: "useCard")
        case .language(let language): .init(kind: "language", value: language.rawValue)
        }
    }
}
