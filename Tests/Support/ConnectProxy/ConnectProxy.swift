import Foundation
import NIOCore
import NIOPosix
public import Synchronization

/// Answers CONNECT, to whatever name, with one port of this machine; to whoever knows its login, where it has one.
public final class ConnectProxy: Sendable {
    public let port: Int
    /// The first line of each request.
    public let asked = Mutex<[String]>([])
    /// `NAME:PASSWORD`; nil: it asks nobody.
    private let login: String?

    private init(port: Int, login: String?) { (self.port, self.login) = (port, login) }

    public static func run(
        leadingTo target: Int, login: String? = nil, _ body: @Sendable (ConnectProxy) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
        }
        let proxy = ConnectProxy(port: server.channel.localAddress?.port ?? 0, login: login)
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
            guard admits(head) else {
                let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"mall\"\r\n"
                return try await output.write(ByteBuffer(string: refusal + "Content-Length: 0\r\n\r\n"))
            }
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

    /// RFC 7617 clause 2.
    private func admits(_ head: String) -> Bool {
        guard let login else { return true }
        let wanted = "proxy-authorization: basic \(Data(login.utf8).base64EncodedString())"
        return head.split(whereSeparator: \.isNewline).contains { $0.lowercased() == wanted.lowercased() }
    }
}
