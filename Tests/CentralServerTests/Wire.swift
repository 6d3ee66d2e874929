import Foundation
import LoopbackWeb
import NIOCore
import NIOPosix
import SyncProtocol
import Testing

/// What a server answered.
struct Reply {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    init?(_ octets: [UInt8]) {
        let all = Data(octets)
        guard let end = all.firstRange(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: all[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.status = status
        headers = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1] : ""
        }
        body = Array(all[end.upperBound...])
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    func decoded<Value: Decodable>(_: Value.Type) throws -> Value { try JSONDecoder().decode(Value.self, from: Data(body)) }
}

/// One HTTP/1.1 request on a connection of its own, octet by octet.
struct Wire {
    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []

    static func connect<Value: Sendable>(to address: ListenAddress, _ body: (inout Wire) async throws -> Value) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { input, output in
            var wire = Wire(input: input.makeAsyncIterator(), output: output)
            return try await body(&wire)
        }
    }

    func send(_ method: String, _ path: String, _ address: ListenAddress, headers: [String] = [], body: [UInt8] = []) async throws {
        let host = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: \(address)"]
        let length = headers.contains { $0.hasPrefix("Transfer-Encoding:") } ? [] : ["Content-Length: \(body.count)"]
        let lines = ["\(method) \(path) HTTP/1.1"] + host + length + ["Connection: close"] + headers
        try await output.write(ByteBuffer(bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body))
    }

    /// Waits for the next `data:` line of server-sent events.
    mutating func event() async throws -> String? {
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if let start = text.range(of: "data: "), let end = text.range(of: "\n\n", range: start.upperBound..<text.endIndex) {
                received = Array(text[end.upperBound...].utf8)
                return String(text[start.upperBound..<end.lowerBound])
            }
            guard let more = try await input.next(isolation: #isolation) else { return nil }
            received += more.readableBytesView
        }
    }

    /// Waits for the end of the connection; a reset is an end too.
    mutating func reply() async -> Reply? {
        do {
            while let more = try await input.next(isolation: #isolation) { received += more.readableBytesView }
        } catch {
            return Reply(received)
        }
        return Reply(received)
    }
}

func request(
    _ method: String, _ path: String, _ address: ListenAddress, headers: [String] = [], body: [UInt8] = []
) async throws -> Reply {
    try #require(
        try await Wire.connect(to: address) { wire in
            try await wire.send(method, path, address, headers: headers, body: body)
            return await wire.reply()
        }, "\(method) \(path) got no answer")
}

func post(_ batch: Batch, to address: ListenAddress) async throws -> Reply {
    try await request("POST", "/v1/entries", address, headers: ["Content-Type: \(Batch.mediaType)"], body: batch.octets)
}
