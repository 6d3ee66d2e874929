import KioskCore
import NIOHTTP1
import Testing

@testable import KioskRuntime

@Suite struct PageMessageTests {
    static let touches: [Touch] = [
        .start, .agency(AgencyID("polresta")!), .service(ServiceID("skck")!), .digit(0), .digit(9), .erase, .ok, .back, .cancel, .yes, .no,
        .done, .retry, .language(.english),
    ]

    @Test(arguments: touches) func everyTouchSurvivesTheWire(_ touch: Touch) throws {
        let message = PageMessage(visit: VisitID(3), revision: 4, .touch(touch))
        #expect(try PageMessage(decoding: message.encoded()) == message)
    }

    @Test func aDrawnScreenSurvivesTheWire() throws {
        let message = PageMessage(visit: VisitID(3), revision: 4, .rendered)
        #expect(try PageMessage(decoding: message.encoded()) == message)
    }

    @Test(arguments: [
        "", "{", "[]", #"{"visit":1}"#, #"{"visit":1,"revision":1}"#, #"{"visit":1,"revision":1,"rendered":false}"#,
        #"{"visit":1,"revision":1,"touch":{"kind":"digit","value":"10"}}"#,
        #"{"visit":1,"revision":1,"touch":{"kind":"digit","value":"-1"}}"#,
        #"{"visit":1,"revision":1,"touch":{"kind":"agency","value":"../etc"}}"#, #"{"visit":1,"revision":1,"touch":{"kind":"agency"}}"#,
        #"{"visit":1,"revision":1,"touch":{"kind":"open"}}"#, #"{"visit":"1","revision":1,"touch":{"kind":"start"}}"#,
        #"{"visit":99999999999999999999,"revision":1,"touch":{"kind":"start"}}"#,
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(throws: PageMessageError.self) { try PageMessage(decoding: Array(text.utf8)) }
    }
}

/// The socket is for our own page only.
@Suite struct OriginTests {
    static func allows(host: String?, origin: String?, path: String = ScreenServer.socketPath) -> Bool {
        var headers = HTTPHeaders()
        if let host { headers.add(name: "Host", value: host) }
        if let origin { headers.add(name: "Origin", value: origin) }
        return ScreenServer.allows(HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers))
    }

    @Test(arguments: ["127.0.0.1:7070", "localhost:7070", "[::1]:7070"])
    func ourPageMayConnect(_ host: String) { #expect(Self.allows(host: host, origin: "http://\(host)")) }

    @Test func aProgramWithoutAnOriginMayConnect() { #expect(Self.allows(host: "127.0.0.1:7070", origin: nil)) }

    @Test(arguments: [
        ("127.0.0.1:7070", "http://127.0.0.1:7071"), ("127.0.0.1:7070", "https://127.0.0.1:7070"), ("127.0.0.1:7070", "null"),
        ("127.0.0.1:7070", "http://evil.example"), ("evil.example:7070", "http://evil.example:7070"), (nil, "http://127.0.0.1:7070"),
        ("127.0.0.1.evil.example", "http://127.0.0.1.evil.example"),
    ])
    func anotherPageMayNot(_ host: String?, _ origin: String) { #expect(!Self.allows(host: host, origin: origin)) }

    @Test func thereIsOneSocket() { #expect(!Self.allows(host: "127.0.0.1:7070", origin: nil, path: "/")) }
}
