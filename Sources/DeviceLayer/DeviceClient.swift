import Conditions
import DeviceSocket
import Logging
import NIOCore

/// One connection to the device socket.
struct DeviceClient {
    /// Bytes of the longest print. A ticket has some ten thousand; a long graphic receipt a million.
    static let longestPrint = 16 << 20

    let devices: [String: PrinterDevice]
    let logger: Logger
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// What the connection is for.
    private enum Purpose {
        case undecided
        case collecting(PrintRequest, PrinterDevice)
        case waiting
        case over
    }

    /// Serves until the client leaves. A print that it asked for goes on without it:
    /// whoever comes back with the same id learns how it ended.
    func serve(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var decoder = FrameDecoder<ClientFrame>()
            var purpose = Purpose.undecided
            // Not in the purpose, where every frame would copy all that came before it.
            var document: [UInt8] = []
            receiving: for try await buffer in inbound {
                let frames: [ClientFrame]
                do throws(FrameError) {
                    frames = try decoder.feed(buffer.readableBytesView)
                } catch {
                    try await refuse(error.description)
                    break receiving
                }
                for frame in frames {
                    purpose = try await take(frame, purpose, &document, &group)
                    if case .over = purpose { break receiving }
                }
            }
            group.cancelAll()
        }
    }

    private func take(
        _ frame: ClientFrame, _ purpose: Purpose, _ document: inout [UInt8], _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> Purpose {
        switch (frame, purpose) {
        case (.print(let request), .undecided):
            guard let device = try await device(request.device) else { return .over }
            logger.info("print asked for", metadata: ["print": "\(request.id)", "device": "\(request.device)", "user": "\(request.user)"])
            group.addTask { try await relayStatus(of: device) }
            return .collecting(request, device)
        case (.data(let more), .collecting):
            guard document.count + more.count <= Self.longestPrint else {
                try await refuse("the print is longer than \(Self.longestPrint >> 20) MiB; split it")
                return .over
            }
            document += more
            return purpose
        case (.endOfData, .collecting(let request, let device)):
            let bytes = document
            document = []
            group.addTask { try await relayResult(device.results(ofPrinting: request.id, bytes)) }
            return .waiting
        case (.cancel(let name, let id), _):
            guard let device = try await device(name) else { return .over }
            logger.info("cancellation asked for", metadata: ["print": "\(id)", "device": "\(name)"])
            // A print that waits on this connection gets its result anyway.
            let isAwaited = if case .waiting = purpose { true } else { false }
            group.addTask {
                let results = await device.results(ofCancelling: id)
                if !isAwaited { try await relayResult(results) }
            }
            return .waiting
        case (.watch(let name), .undecided):
            guard let device = try await device(name) else { return .over }
            group.addTask { try await relayStatus(of: device) }
            return .waiting
        case (.list, .undecided):
            for name in devices.keys.sorted() {
                if let device = devices[name] { try await send(.device(device.description())) }
            }
            try await send(.endOfDevices)
            return .waiting
        case (.identify(let name), .undecided):
            guard let device = try await device(name) else { return .over }
            try await send(.identity(device.introduction()))
            return .waiting
        case (.print, _), (.data, _), (.endOfData, _), (.watch, _), (.list, _), (.identify, _):
            try await refuse("a frame of kind \(frame.kind) came out of turn")
            return .over
        }
    }

    private func device(_ name: String) async throws -> PrinterDevice? {
        if let device = devices[name] { return device }
        let known = devices.keys.sorted().joined(separator: ", ")
        try await refuse("there is no device \"\(name)\" here; the queue's URI must be escpos: and one of: \(known)")
        return nil
    }

    private func relayStatus(of device: PrinterDevice) async throws {
        for await status in device.statuses() { try await send(.status(status)) }
    }

    private func relayResult(_ results: AsyncStream<PrintResult>) async throws {
        for await result in results { try await send(.result(result)) }
    }

    private func refuse(_ why: String) async throws {
        logger.warning("a client of the device socket was refused", metadata: ["why": "\(why)"])
        try await send(.refused(why))
    }

    private func send(_ frame: ServerFrame) async throws {
        try await outbound.write(ByteBuffer(bytes: frame.bytes))
    }
}
