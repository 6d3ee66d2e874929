import Conditions
public import DeviceSocket
public import Testing

@Suite struct FrameTests {
    static let id = PrintID("01KAJ5Z8QF7W3M9V2X4T6B8C0D.1")!
    static let clients: [ClientFrame] = [
        .print(PrintRequest(device: "ticket", id: id, title: "A-001 Pekanbaru — ✓", user: "kiosk")),
        .data([0x1B, 0x40]), .data(Array(repeating: 7, count: FrameLimits.body)), .endOfData,
        .cancel(device: "ticket", id: id), .watch(device: "ticket"), .list, .identify(device: "ticket"),
    ]
    static let device = DeviceDescription(
        name: "ticket", model: "epson-tm-t20", modelName: "Epson TM-T20", address: "192.168.1.20:9100",
        status: PrinterStatus(isReady: true, conditions: [.mediaLow]))
    static let servers: [ServerFrame] =
        [
            .status(PrinterStatus(isReady: true, conditions: [])),
            .status(PrinterStatus(isReady: false, conditions: [.mediaEmpty, .coverOpen, .printerSilent])),
            .refused("there is no device \"label\""), .device(device), .endOfDevices,
            .identity(DeviceIdentity(device: device, answers: [])),
            .identity(DeviceIdentity(device: device, answers: [.init(question: "model", text: "TM-T20II")])),
        ] + PrintOutcome.allCases.map { .result(PrintResult($0, reason: .printCancelled, detail: "dua lembar")) }

    @Test func theOctetsAreTheDocumentedOnes() {
        #expect(
            ClientFrame.cancel(device: "t", id: PrintID("a.1")!).bytes
                == [1, 0x04, 0, 0, 0, 8, 0, 1, 0x74, 0, 3, 0x61, 0x2E, 0x31])
        #expect(ClientFrame.endOfData.bytes == [1, 0x03, 0, 0, 0, 0])
        #expect(ClientFrame.list.bytes == [1, 0x06, 0, 0, 0, 0])
        #expect(ServerFrame.endOfDevices.bytes == [1, 0x85, 0, 0, 0, 0])
        #expect(ServerFrame.status(PrinterStatus(isReady: false, conditions: [])).bytes == [1, 0x81, 0, 0, 0, 2, 0, 0])
        #expect(
            ServerFrame.result(PrintResult(.unknown, reason: nil, detail: "x")).bytes == [1, 0x82, 0, 0, 0, 6, 5, 0, 0, 0, 1, 0x78])
    }

    @Test(arguments: clients) func aClientFrameComesBackAsItWas(_ frame: ClientFrame) throws {
        var decoder = FrameDecoder<ClientFrame>()
        #expect(try decoder.feed(frame.bytes) == [frame])
        #expect(try decoder.feed(frame.bytes) == [frame], "nothing of the first is left")
    }

    @Test(arguments: servers) func aServerFrameComesBackAsItWas(_ frame: ServerFrame) throws {
        var decoder = FrameDecoder<ServerFrame>()
        #expect(try decoder.feed(frame.bytes) == [frame])
    }

    @Test(arguments: 1...9) func choppingChangesNothing(_ size: Int) throws {
        let stream = Self.servers.flatMap(\.bytes)
        var decoder = FrameDecoder<ServerFrame>()
        var frames: [ServerFrame] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            frames += try decoder.feed(stream[start..<min(start + size, stream.count)])
        }
        #expect(frames == Self.servers)
    }

    @Test func aPrintIsCutIntoPiecesThatFit() {
        let bytes = (0..<FrameLimits.body + 1).map { UInt8(truncatingIfNeeded: $0) }
        let frames = ClientFrame.frames(of: PrintRequest(device: "ticket", id: Self.id, title: "", user: ""), bytes)
        #expect(frames.count == 4)
        #expect(frames[1] == .data(Array(bytes.prefix(FrameLimits.body))))
        #expect(frames[2] == .data([bytes.last!]))
        #expect(frames[3] == .endOfData)
    }

    @Test func aLongTextIsCutAtACharacter() throws {
        let title = String(repeating: "✓", count: 400)
        var decoder = FrameDecoder<ClientFrame>()
        let frames = try decoder.feed(ClientFrame.print(PrintRequest(device: "t", id: Self.id, title: title, user: "")).bytes)
        guard case .print(let request)? = frames.first else {
            Issue.record("no print came back")
            return
        }
        #expect(request.title == String(repeating: "✓", count: 341))
    }

    @Test(
        arguments: [
            ([2], FrameError.Code.unsupportedVersion),
            ([1, 0x7E, 0, 0, 0, 0], .unknownKind),
            ([1, 0x81, 0, 0, 0, 0], .unknownKind),
            ([1, 0x02, 0, 1, 0, 1], .tooLong),
            ([1, 0x02, 0xFF, 0xFF, 0xFF, 0xFF], .tooLong),
            ([1, 0x02, 0, 0, 0, 0], .malformed),
            ([1, 0x03, 0, 0, 0, 1, 0], .malformed),
            ([1, 0x05, 0, 0, 0, 3, 0, 2, 0x61], .malformed),
            ([1, 0x05, 0, 0, 0, 3, 0, 1, 0xFF], .malformed),
            ([1, 0x04, 0, 0, 0, 6, 0, 1, 0x61, 0, 1, 0x20], .malformed),
            ([1, 0x06, 0, 0, 0, 1, 0], .malformed),
        ] as [([UInt8], FrameError.Code)])
    func aWrongClientFrameIsRefusedForGood(_ octets: [UInt8], _ code: FrameError.Code) {
        var decoder = FrameDecoder<ClientFrame>()
        #expect(throws: FrameError(code, "")) { try decoder.feed(octets) }
        #expect(throws: FrameError(code, "")) { try decoder.feed(ClientFrame.endOfData.bytes) }
    }

    @Test(
        arguments: [
            [1, 0x01, 0, 0, 0, 0],
            [1, 0x81, 0, 0, 0, 2, 2, 0],
            [1, 0x81, 0, 0, 0, 5, 1, 1, 0, 1, 0x78],
            [1, 0x82, 0, 0, 0, 5, 9, 0, 0, 0, 0],
            [1, 0x82, 0, 0, 0, 6, 1, 0, 1, 0x78, 0, 0],
            [1, 0x84, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0],
            [1, 0x86, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
        ] as [[UInt8]])
    func aWrongServerFrameIsRefused(_ octets: [UInt8]) {
        var decoder = FrameDecoder<ServerFrame>()
        #expect(throws: FrameError.self) { try decoder.feed(octets) }
    }

    /// Whatever comes, the decoder answers with frames or an error, and what it
    /// accepts means the same when it is written again.
    @Test(arguments: [UInt64](1...20)) func randomOctetsNeverGetPastTheRules(_ seed: UInt64) {
        var random = Random(seed: seed)
        for _ in 0..<500 {
            var octets = Self.clients.randomElement(using: &random)!.bytes.prefix(80).map { $0 }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var decoder = FrameDecoder<ClientFrame>()
            do {
                let frames = try decoder.feed(octets)
                let whole = frames.flatMap(\.bytes)
                #expect(octets.starts(with: whole), "seed \(seed)")
                var fresh = FrameDecoder<ClientFrame>()
                #expect(try fresh.feed(octets.dropFirst(whole.count)).isEmpty, "seed \(seed): a whole frame was kept back")
            } catch {
                #expect(throws: error, "seed \(seed)") { try decoder.feed([]) }
            }
        }
    }
}

/// SplitMix64, so that a seed gives the same run everywhere.
struct Random: RandomNumberGenerator {
    var seed: UInt64
    mutating func next() -> UInt64 {
        seed &+= 0x9E37_79B9_7F4A_7C15
        var z = seed
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The tests' output holds no frame of data as a whole.
extension ClientFrame: CustomTestStringConvertible {
    public var testDescription: String {
        if case .data(let bytes) = self { "data of \(bytes.count) octets, \(bytes.prefix(16))…" } else { "\(self)" }
    }
}
