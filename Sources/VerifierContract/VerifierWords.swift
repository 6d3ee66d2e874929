public import Secrets

/// The contract between a kiosk and a verifier's program: see the README.
public enum VerifierProtocol {
    /// What both ends say in their hello.
    public static let version = 1
    /// The longest line, in octets.
    public static let longestLine = 4096
    /// For how long a request waits for a card, in seconds.
    public static let requestSeconds = 60
}

/// What a kiosk says to a verifier: one line of JSON each.
public enum HostWord: Hashable, Sendable {
    /// The first word of all.
    case hello
    /// Read the next document that somebody presents. At most one request is open.
    case verify(request: Int, seconds: Int)
    /// The request is not wanted any more.
    case cancel(request: Int)
    case ping(Int)

    /// UTF-8, with the line's end.
    public var line: [UInt8] {
        let object =
            switch self {
            case .hello: #"{"protocol":\#(VerifierProtocol.version),"type":"hello"}"#
            case .verify(let request, let seconds): #"{"request":\#(request),"seconds":\#(seconds),"type":"verify"}"#
            case .cancel(let request): #"{"request":\#(request),"type":"cancel"}"#
            case .ping(let number): #"{"number":\#(number),"type":"ping"}"#
            }
        return Array((object + "\n").utf8)
    }
}

/// What a verifier's program says: one line of JSON each.
public enum VerifierWord: Hashable, Sendable {
    /// The answer to the kiosk's hello.
    case hello(protocol: Int, name: String, version: String)
    /// Whether documents can be read now, and for technicians why not. A level: told at every change.
    case status(isReady: Bool, reason: String)
    /// Somebody should present a document now.
    case present(request: Int)
    /// A document proved itself and its holder. Ends the request.
    case verified(request: Int, nik: Secret)
    /// A document was presented and is not believed. Ends the request.
    case refused(request: Int, reason: String)
    /// Nobody presented anything in time, or the request was cancelled. Ends the request.
    case ended(request: Int)
    /// The request cannot be served; a status says when it can. Ends the request.
    case unavailable(request: Int, reason: String)
    case pong(Int)
    /// Of a later version: ignored.
    case other

    /// Why a line is none of the contract. Holds nothing of the line.
    public struct Garbled: Error, Hashable, Sendable {
        public var reason: String
        public init(_ reason: String) { self.reason = reason }
    }

    /// Reads one line, without its end.
    public init(decoding line: UnsafeBufferPointer<UInt8>) throws(Garbled) {
        guard line.count <= VerifierProtocol.longestLine else {
            throw Garbled("a line has more than \(VerifierProtocol.longestLine) octets")
        }
        guard let object = FlatObject(line), let type = object.text("type") else {
            throw Garbled("a line is no JSON object with a “type”")
        }
        func number(_ name: StaticString) throws(Garbled) -> Int {
            guard let number = object.number(name) else { throw Garbled("a “\(type)” without a whole number “\(name)”") }
            return number
        }
        func text(_ name: StaticString) throws(Garbled) -> String {
            guard let text = object.text(name), text.utf8.count <= 200 else {
                throw Garbled("a “\(type)” without a text “\(name)” of printable ASCII and at most 200 characters")
            }
            return text
        }
        switch type {
        case "hello": self = .hello(protocol: try number("protocol"), name: try text("name"), version: try text("version"))
        case "status":
            guard let isReady = object.flag("ready") else { throw Garbled("a “status” without “ready”") }
            self = .status(isReady: isReady, reason: isReady && !object.has("reason") ? "" : try text("reason"))
        case "present": self = .present(request: try number("request"))
        case "verified":
            guard let nik = object.secret("nik"), nik.count == 16, nik.withBytes({ $0.allSatisfy { (0x30...0x39).contains($0) } }) else {
                throw Garbled("a “verified” without a “nik” of 16 digits")
            }
            self = .verified(request: try number("request"), nik: nik)
        case "refused": self = .refused(request: try number("request"), reason: try text("reason"))
        case "ended": self = .ended(request: try number("request"))
        case "unavailable": self = .unavailable(request: try number("request"), reason: try text("reason"))
        case "pong": self = .pong(try number("number"))
        case _: self = .other
        }
    }
}
