import Crypto
import Foundation
import KioskCore
import NIOCore
import NIOPosix
import Testing

@testable import KioskRuntime

@Suite struct ScreenClientTests {
    /// A kiosk shows its screen at once, so its first frame may come in one segment with the answer to the upgrade.
    @Test(.timeLimit(.minutes(15))) func aScreenThatComesWithTheUpgradesAnswerIsNotLost() async throws {
        let screen = #"{"visit":7,"revision":3,"language":"id","notice":null,"invitations":[],"screen":{"kind":"greeting"}}"#
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(HastyKiosk(screen: screen)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let first = try await ScreenClient(port: try #require(server.localAddress?.port)).converse { screens, _ in
            try await screens.first { _ in true }
        }
        #expect(first?.visit == 7)
        try await server.close()
    }
}

/// Answers an upgrade (RFC 6455 clause 4.2.2) and shows a screen in the same write.
private final class HastyKiosk: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let screen: String
    private var request = ""

    init(screen: String) {
        self.screen = screen
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += String(buffer: unwrapInboundIn(data))
        guard request.hasSuffix("\r\n\r\n"), let key = request.firstMatch(of: /(?i)sec-websocket-key: *([^\r]+)/)?.1 else { return }
        request = ""
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        var answer = ByteBuffer(
            string: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                + "Sec-WebSocket-Accept: \(Data(digest).base64EncodedString())\r\n\r\n")
        // A final text frame of less than 126 octets (RFC 6455 clause 5.2).
        answer.writeBytes([0x81, UInt8(screen.utf8.count)])
        answer.writeString(screen)
        context.writeAndFlush(NIOAny(answer), promise: nil)
    }
}
