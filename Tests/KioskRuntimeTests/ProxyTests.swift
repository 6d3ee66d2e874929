import CentralServer
import Conditions
import Enrolment
import Foundation
import KioskCore
import LoopbackWeb
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import KioskRuntime

/// A kiosk that reaches nothing but a proxy: it cannot even find the centre's name.
@Suite(.timeLimit(.minutes(15))) struct ProxyTests {
    @Test func aKioskBehindAProxyIsEnrolledAndSends() async throws {
        try await Door.opened(names: ["pusat.invalid"]) { door in
            let port = try #require(URL(string: door.url)?.port)
            let url = "https://pusat.invalid:\(port)/"
            try await ConnectProxy.run(leadingTo: port) { proxy in
                let through = try #require(WebProxy("127.0.0.1:\(proxy.port)"))
                let lines = ["print_route: direct", "centre_url: \(url)", "centre_proxy: \(through)", "centre_retry: 1"]
                try await KioskBench.run(lines) { kiosk in
                    let code = try await door.register.newCode(Door.mpp1.site, Door.mpp1.kiosk, at: .present)
                    _ = try await EnrolmentClient(url: url, proxy: through).enrol(code, Door.mpp1, folder: "\(kiosk.folder)/enrolment")
                    #expect(try await kiosk.visit().outcome == .printed)
                    _ = try await kiosk.until { $0.journal.lanes.allSatisfy { $0.waiting == 0 } && $0.centre.condition == nil }
                    #expect(try await door.store.health().chains == 2)
                }
                let asked = proxy.asked.withLock { $0 }
                #expect(asked.count >= 2)
                #expect(asked.allSatisfy { $0 == "CONNECT pusat.invalid:\(port) HTTP/1.1" }, "\(asked)")
            }
        }
    }

    @Test func aProxyIsAHostAndAPort() {
        #expect(WebProxy("proxy.mpp.go.id:3128")?.port == 3128)
        for text in ["proxy", "http://proxy:3128", "proxy:0", "proxy:70000", "a b:80", ""] { #expect(WebProxy(text) == nil, "\(text)") }
    }
}

/// Answers CONNECT, to whatever name, with one port of this machine.
private final class ConnectProxy: Sendable {
    let port: Int
    /// The first line of each request.
    let asked = Mutex<[String]>([])

    private init(port: Int) { self.port = port }

    static func run(leadingTo target: Int, _ body: @Sendable (ConnectProxy) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
        }
        let proxy = ConnectProxy(port: server.channel.localAddress?.port ?? 0)
        try await server.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    // It ends with the test. Whoever breaks off has only ended its own connection.
                    try? await withThrowingDiscardingTaskGroup { connections in
                        for try await client in clients { connections.addTask { try? await proxy.serve(client, target) } }
                    }
                }
                try await body(proxy)
                group.cancelAll()
            }
        }
    }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private func serve(_ client: Connection, _ target: Int) async throws {
        try await client.executeThenClose { input, output in
            var iterator = input.makeAsyncIterator()
            var head = ""
            while !head.hasSuffix("\r\n\r\n") {
                guard let more = try await iterator.next(isolation: #isolation) else { return }
                head += String(buffer: more)
            }
            let line = String(head.prefix { !$0.isNewline })
            asked.withLock { $0.append(line) }
            let centre = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: "127.0.0.1", port: target) {
                channel in channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
            try await output.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
            let answers = output
            try await centre.executeThenClose { back, forth in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for try await octets in back { try await answers.write(octets) } }
                    while let octets = try await iterator.next(isolation: #isolation) { try await forth.write(octets) }
                    group.cancelAll()
                }
            }
        }
    }
}
