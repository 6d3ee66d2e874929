import Testing

@testable import Stage

/// What a client of CUPS says, read along.
@Suite struct PrintJobTapTests {
    private static let document = Array("\u{1B}@ticket\u{1B}".utf8)

    /// An attribute (RFC 8010 clause 3.1.4).
    private static func attribute(_ tag: UInt8, _ name: String, _ value: String) -> [UInt8] {
        [tag, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [0, UInt8(value.utf8.count)] + Array(value.utf8)
    }

    private static func printJob(_ name: String, operation: UInt8 = 2) -> [UInt8] {
        [2, 0, 0, operation, 0, 0, 0, 1, 1] + attribute(0x47, "attributes-charset", "utf-8") + attribute(0x42, "job-name", name)
            + [2] + attribute(0x21, "copies", "\u{0}\u{0}\u{0}\u{1}") + [3] + document
    }

    private static func request(_ body: [UInt8], to resource: String = "/printers/ticket", isChunked: Bool = false) -> [UInt8] {
        let head = "POST \(resource) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nExpect: 100-continue\r\n"
        guard isChunked else { return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body }
        let (first, second) = (body.prefix(20), body.dropFirst(20))
        return Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8) + Array("14\r\n".utf8) + first
            + Array("\r\n\(String(second.count, radix: 16))\r\n".utf8) + second + Array("\r\n0\r\n\r\n".utf8)
    }

    @Test(arguments: [1, 7, 100_000], [false, true]) func aJobIsFoundHoweverItIsCutIntoPieces(size: Int, isChunked: Bool) {
        let stream =
            Self.request(Self.printJob("A.1", operation: 0x0B)) + Self.request(Self.printJob("A.1"), isChunked: isChunked)
            + Self.request(Self.printJob("B.1"))
        var tap = PrintJobTap(queue: "ticket")
        var jobs: [SubmittedJob] = []
        for start in stride(from: 0, to: stream.count, by: size) { jobs += tap.feed(stream[start..<min(stream.count, start + size)]) }
        #expect(jobs == [SubmittedJob(name: "A.1", document: Self.document), SubmittedJob(name: "B.1", document: Self.document)])
    }

    @Test func jobsOfOtherQueuesAndHalfRequestsAreNone() {
        var tap = PrintJobTap(queue: "ticket")
        #expect(tap.feed(Self.request(Self.printJob("A.1"), to: "/printers/stock")) == [])
        #expect(tap.feed(Self.request(Self.printJob("B.1")).dropLast()) == [])
    }

    @Test func whatIsNoHTTPMakesItDeafAndNotWrong() {
        var tap = PrintJobTap(queue: "ticket")
        #expect(tap.feed(Array("nonsense\r\n\r\n".utf8)) == [])
        #expect(tap.feed(Self.request(Self.printJob("A.1"))) == [])
    }

    @Test func aRequestWhoseAttributesEndTooEarlyIsNoJob() {
        let whole = Self.printJob("A.1")
        for length in 0..<(whole.count - Self.document.count) { #expect(SubmittedJob(printJob: Array(whole.prefix(length))) == nil) }
    }
}
