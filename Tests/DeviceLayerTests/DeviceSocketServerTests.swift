import Conditions
import DeviceEmulators
import DeviceLayer
import DeviceSocket
import Foundation
import PrintBench
import Testing

@Suite(.timeLimit(.minutes(15))) struct DeviceSocketServerTests {
    static func request(_ number: Int, device: String = "ticket") -> PrintRequest {
        PrintRequest(device: device, id: BenchPrinter.id(number), title: "", user: "citizen")
    }

    /// A directory of its own, and a server on a socket in it.
    static func serve(_ bench: PrinterBench, in directory: String? = nil, _ body: @Sendable (String, PrinterDevice) async throws -> Void)
        async throws
    {
        let own = directory ?? NSTemporaryDirectory() + "anjungan-\(UUID().uuidString.prefix(8))"
        defer { if directory == nil { try? FileManager.default.removeItem(atPath: own) } }
        try await bench.withDevice { device in
            let path = own + "/run/devices.sock"
            let (listening, listen) = AsyncStream.makeStream(of: Void.self)
            let server = DeviceSocketServer(path: path, devices: ["ticket": device], logger: BenchPrinter.logger) { listen.finish() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { listen.finish() }
                    try await server.run()
                }
                for await _ in listening {}
                try await body(path, device)
                group.cancelAll()
            }
        }
    }

    @Test func aPrintGetsTheStatusAndThenItsResult() async throws {
        try await PrinterBench.run { bench in
            try await Self.serve(bench) { path, _ in
                try await SocketClient.run(path) { client in
                    for frame in ClientFrame.frames(of: Self.request(1), BenchPrinter.ticket(1)) { try await client.send(frame) }
                    guard case .status? = try await client.next() else {
                        Issue.record("the first frame is no status")
                        return
                    }
                    #expect(try await client.nextAnswer() == .result(PrintResult(.printed)))
                }
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    /// Copying all that came before at every frame would be 2 TB here, and no end within the suite's time.
    @Test func aLongPrintMayComeInManySmallFrames() async throws {
        try await PrinterBench.run { bench in
            try await Self.serve(bench) { path, _ in
                try await SocketClient.run(path) { client in
                    try await client.send(.print(Self.request(1)))
                    let piece = ClientFrame.data([UInt8](repeating: 0x61, count: 50)).bytes
                    let pieces = [[UInt8]](repeating: piece, count: 1000).flatMap { $0 }
                    for _ in 0..<300 { try await client.send(octets: pieces) }
                    // Out of turn: the answer comes when all before it has been taken, and nothing is printed.
                    try await client.send(.list)
                    guard case .refused? = try await client.nextAnswer() else {
                        Issue.record("no refusal")
                        return
                    }
                }
                #expect(bench.printed == [])
            }
        }
    }

    @Test func aClientThatLeavesBeforeTheEndOfItsDataHasPrintedNothing() async throws {
        try await PrinterBench.run { bench in
            try await Self.serve(bench) { path, _ in
                try await SocketClient.run(path) { client in try await client.send(.print(Self.request(1)), .data(BenchPrinter.ticket(1))) }
                try await SocketClient.run(path) { client in
                    for frame in ClientFrame.frames(of: Self.request(2), BenchPrinter.ticket(2)) { try await client.send(frame) }
                    #expect(try await client.nextAnswer() == .result(PrintResult(.printed)))
                }
                #expect(await bench.ledger.begins == [BenchPrinter.id(2)])
            }
        }
    }

    @Test func aPrintGoesOnWithoutTheClientWhoAskedAndWhoeverComesBackLearnsItsEnd() async throws {
        try await PrinterBench.run { bench in
            bench.holdMidSheet()
            try await Self.serve(bench) { path, _ in
                try await SocketClient.run(path) { client in
                    for frame in ClientFrame.frames(of: Self.request(1), BenchPrinter.ticket(1)) { try await client.send(frame) }
                    await bench.untilMidSheet()
                }
                try await SocketClient.run(path) { client in
                    try await client.send(.print(Self.request(1)), .endOfData)
                    bench.goOn()
                    #expect(try await client.nextAnswer() == .result(PrintResult(.printed)))
                }
                #expect(bench.printed == [BenchPrinter.id(1).rawValue])
            }
        }
    }

    @Test func aCancellationReachesThePrintOfAnotherConnectionAndBothLearnTheResult() async throws {
        try await PrinterBench.run { bench in
            bench.printer.set(.paperOut, true)
            try await Self.serve(bench) { path, device in
                try await SocketClient.run(path) { client in
                    for frame in ClientFrame.frames(of: Self.request(1), BenchPrinter.ticket(1)) { try await client.send(frame) }
                    await device.until { $0.conditions == [.mediaEmpty] }
                    var result: ServerFrame?
                    try await SocketClient.run(path) { other in
                        try await other.send(.cancel(device: "ticket", id: BenchPrinter.id(1)))
                        result = try await other.nextAnswer()
                    }
                    guard case .result(let settled)? = result else {
                        Issue.record("no result for the one who cancelled")
                        return
                    }
                    #expect(settled.reason == .printCancelled)
                    #expect(try await client.nextAnswer() == result)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aWatcherSeesEveryStateThatLasts() async throws {
        try await PrinterBench.run { bench in
            try await Self.serve(bench) { path, device in
                await device.until(\.isReady)
                try await SocketClient.run(path) { client in
                    try await client.send(.watch(device: "ticket"))
                    #expect(try await client.sees(PrinterStatus(isReady: true, conditions: [])))
                    bench.printer.set(.coverOpen, true)
                    #expect(try await client.sees(PrinterStatus(isReady: false, conditions: [.coverOpen])))
                }
            }
        }
    }

    @Test func wrongRequestsAreRefusedWithAReasonAndTheConnectionIsClosed() async throws {
        try await PrinterBench.run { bench in
            try await Self.serve(bench) { path, _ in
                let wrong: [([UInt8], String)] = [
                    (ClientFrame.print(Self.request(1, device: "label")).bytes, "there is no device \"label\" here"),
                    (ClientFrame.endOfData.bytes, "out of turn"),
                    ([9, 9, 9], "version 9"),
                ]
                for (octets, reason) in wrong {
                    try await SocketClient.run(path) { client in
                        try await client.send(octets: octets)
                        guard case .refused(let why)? = try await client.nextAnswer() else {
                            Issue.record("not refused: \(reason)")
                            return
                        }
                        #expect(why.contains(reason))
                        #expect(try await client.next() == nil)
                    }
                }
            }
        }
    }

    @Test func aSecondDeviceLayerIsKeptOutAndAStaleSocketIsReplaced() async throws {
        let directory = NSTemporaryDirectory() + "anjungan-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: directory + "/run", withIntermediateDirectories: true)
        // What a killed device layer leaves: a socket that nobody listens on.
        let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (directory + "/run/devices.sock").utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        #expect(bound == 0)
        close(stale)
        try await PrinterBench.run { bench in
            try await Self.serve(bench, in: directory) { path, _ in
                try await SocketClient.run(path) { client in
                    try await client.send(.watch(device: "ticket"))
                    guard case .status? = try await client.next() else {
                        Issue.record("no status through the new socket")
                        return
                    }
                }
                let second = DeviceSocketServer(path: path, devices: [:], logger: BenchPrinter.logger)
                await #expect(throws: DeviceSocketError(.alreadyServed, "")) { try await second.run() }
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == (geteuid() == 0 ? 0o660 : 0o600))
                let group = try FileManager.default.attributesOfItem(atPath: path)[.groupOwnerAccountName] as? String
                if geteuid() == 0 { #expect(group == "lp") }
            }
        }
    }

    @Test func aPathThatNoSocketCanHaveIsRefusedInWords() async {
        let server = DeviceSocketServer(path: "/tmp/" + String(repeating: "x", count: 120), devices: [:], logger: BenchPrinter.logger)
        await #expect(throws: DeviceSocketError(.pathTooLong, "")) { try await server.run() }
    }

    @Test func anUnknownGroupIsRefusedInWords() async {
        let server = DeviceSocketServer(
            path: "/tmp/anjungan-no-group.sock", group: "no-such-group", devices: [:], logger: BenchPrinter.logger)
        await #expect(throws: DeviceSocketError(.noSuchGroup, "")) { try await server.run() }
    }
}
