import Logging
import LoopbackWeb
import NIOCore
import Testing

@testable import Stage

@Suite(.timeLimit(.minutes(15))) struct NetworkRelayTests {
    /// Runs a relay before a server while `body` works with the relay's port.
    static func withRelay(
        _ conversation: @escaping @Sendable (inout Wire) async throws -> Void,
        _ body: @escaping @Sendable (NetworkRelay, Int) async throws -> Void
    ) async throws {
        try await withServer(conversation) { centre in try await withRelay(before: centre, body) }
    }

    static func withRelay(before centre: Int, _ body: @Sendable (NetworkRelay, Int) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let relay = NetworkRelay(centre: ListenAddress(port: centre), logger: Logger(label: "test")) { port.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.run() }
            var bound = ports.makeAsyncIterator()
            try await body(relay, try #require(await bound.next()))
            group.cancelAll()
        }
    }

    static func echo(_ wire: inout Wire) async throws {
        while case let bytes = try await wire.receive(), !bytes.isEmpty { try await wire.send(bytes) }
        try await wire.hangUp()
    }

    static func expectEcho(through port: Int) async throws {
        let answer = try await Wire.connect(to: port) { wire in
            try await wire.send("selamat pagi")
            try await wire.hangUp()
            return try await wire.receiveAll()
        }
        #expect(answer == Array("selamat pagi".utf8))
    }

    @Test func whatIsSaidArrivesInBothDirections() async throws {
        try await Self.withRelay(Self.echo) { _, port in try await Self.expectEcho(through: port) }
    }

    @Test func whoHasSaidEverythingStillHearsTheAnswer() async throws {
        try await Self.withRelay { wire in
            // Answers only when the question has ended.
            let question = try await wire.receiveAll()
            try await wire.send("\(question.count) octets")
            try await wire.hangUp()
        } _: { _, port in
            let answer = try await Wire.connect(to: port) { wire in
                try await wire.send("siapa?")
                try await wire.hangUp()
                return try await wire.receiveAll()
            }
            #expect(answer == Array("6 octets".utf8))
        }
    }

    @Test func muchArrivesWholeAndInOrder() async throws {
        let much = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        try await Self.withRelay { wire in
            // The whole question is kept before a word of the answer is said, so that the relay has to hold back one direction.
            let question = try await wire.receiveAll()
            try await wire.send(question)
            try await wire.hangUp()
        } _: { _, port in
            let answer = try await Wire.connect(to: port) { wire in
                for start in stride(from: 0, to: much.count, by: 1 << 16) {
                    try await wire.send(Array(much[start..<min(much.count, start + 1 << 16)]))
                }
                try await wire.hangUp()
                return try await wire.receiveAll()
            }
            // Compared beforehand: a report of where eight million octets differ would take for ever.
            let isSame = answer == much
            #expect(isSame, "\(answer.count) of \(much.count) octets arrived")
        }
    }

    @Test func whoeverDoesNotListenHoldsTheSpeakerBack() async throws {
        let (listening, listen) = AsyncStream.makeStream(of: Void.self)
        try await Self.withRelay { wire in
            for await _ in listening { break }
            let count = try await wire.receiveAll().count
            try await wire.send("\(count)")
            try await wire.hangUp()
        } _: { _, port in
            let much = 64 << 20
            let answer = try await Wire.connect(to: port) { wire in
                let output = wire.output
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        for _ in 0..<(much >> 16) { try await output.write(ByteBuffer(repeating: 7, count: 1 << 16)) }
                        output.finish()
                        return true
                    }
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(300))
                        return false
                    }
                    // 64 MB fit into no socket's buffers: a speaker who is done already was not held back.
                    let first = try await group.next()
                    #expect(first == false, "the relay keeps what nobody takes")
                    listen.yield()
                    let second = try await group.next()
                    #expect(second == true)
                }
                return try await wire.receiveAll()
            }
            #expect(answer == Array("\(much)".utf8))
        }
    }

    @Test func aCutEndsWhatIsUnderWayRefusesWhatComesAndEndsByItself() async throws {
        try await Self.withRelay(Self.echo) { relay, port in
            try await Wire.connect(to: port) { wire in
                try await wire.send("halo")
                #expect(try await wire.receive() == Array("halo".utf8))
                relay.cut()
                #expect(relay.isCut)
                #expect(await wire.isCutOff() == [])
            }
            let refused = try? await Wire.connect(to: port) { wire in
                try? await wire.send("halo?")
                return await wire.isCutOff()
            }
            #expect(refused ?? [] == [])
            relay.restore()
            #expect(!relay.isCut)
            try await Self.expectEcho(through: port)
        }
    }

    @Test func aSilentCutAnswersNobodyUntilItIsRestored() async throws {
        try await Self.withRelay(Self.echo) { relay, port in
            relay.cut(.silence)
            try await Wire.connect(to: port) { wire in
                try await wire.send("halo?")
                // Only a connection that has been taken in can be kept waiting.
                while relay.connections == 0 { await Task.yield() }
                relay.restore()
                #expect(await wire.isCutOff() == [], "whoever waits in vain is told")
            }
            try await Self.expectEcho(through: port)
        }
    }

    @Test func aCentreThatIsAwayEndsTheConnectionAndNotTheRelay() async throws {
        // A port that was free a moment ago.
        let port = try await withServer(Self.echo) { $0 }
        try await Self.withRelay(before: port) { _, relay in
            for _ in 0..<3 {
                let heard = try? await Wire.connect(to: relay) { wire in await wire.isCutOff() }
                #expect(heard ?? [] == [])
            }
        }
    }

    @Test func aTakenPortIsSaid() async throws {
        try await withServer(Self.echo) { port in
            let relay = NetworkRelay(
                listeningOn: ListenAddress(port: port), centre: ListenAddress(port: 9), logger: Logger(label: "test"))
            let failure = await #expect(throws: NetworkRelay.Unusable.self) { try await relay.run() }
            #expect(failure?.description.contains("127.0.0.1:\(port)") == true)
        }
    }
}
