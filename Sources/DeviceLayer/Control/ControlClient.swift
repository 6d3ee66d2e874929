import DeviceSocket
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Asks the device layer of another program over its control socket.
public struct ControlClient: Sendable {
    public let path: String
    /// How long the device layer may take for its greeting.
    public let patience: Duration

    public init(path: String, patience: Duration = .seconds(10)) {
        self.path = path
        self.patience = patience
    }

    /// Connects, and hands the connection to `body` for as long as that runs.
    /// - Throws: ``ControlError``: `away`, `notPermitted`, `silent`, `unknownVersion`, or what `body` throws.
    public func connected<Answer: Sendable>(_ body: @Sendable (ControlSession) async throws -> Answer) async throws -> Answer {
        let limit = SilenceLimit(patience, onlyAtFirst: true)
        let channel = try await connect(limit)
        do {
            return try await channel.executeThenClose { inbound, outbound in
                let session = ControlSession(path: path, outbound: outbound)
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    // The end of the connection ends what waits for answers, and so `body`.
                    group.addTask { try await session.receive(inbound) }
                    defer { group.cancelAll() }
                    try await session.untilGreeted()
                    return try await body(session)
                }
            }
        } catch  where limit.isOver {
            throw ControlError(.silent, "somebody serves \(path), but says nothing")
        }
    }

    private func connect(_ limit: SilenceLimit) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(SilenceGuard(limit))
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as IOError where error.errnoCode == ENOENT || error.errnoCode == ECONNREFUSED {
            throw ControlError(.away, "nobody serves \(path)")
        } catch let error as IOError where error.errnoCode == EACCES {
            throw ControlError(.notPermitted, "this user may not open \(path)")
        }
    }
}

/// One connection to a device layer. Its questions may be asked at once; their answers come as they are ready.
public final class ControlSession: DeviceControlling {
    private typealias Answer = Result<ControlResult, ControlError>

    private struct State {
        var next = 0
        var waiters: [Int: CheckedContinuation<Answer, Never>] = [:]
        var streams: [AsyncStream<ControlEvent>.Continuation] = []
        var hasEnded = false
    }

    private let path: String
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let state = Mutex(State())
    private let greeted = AsyncStream.makeStream(of: ControlError?.self)

    init(path: String, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.path = path
        self.outbound = outbound
    }

    public func ask(_ command: ControlCommand) async throws(ControlError) -> ControlResult {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let line: [UInt8]
        do { line = try ControlLine.encode(ControlRequest(id: id, command: command)) } catch {
            throw ControlError(.invalidRequest, "\(error)")
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Answer, Never>) in
                let isOpen = state.withLock { state in
                    guard !state.hasEnded, !Task.isCancelled else { return false }
                    state.waiters[id] = waiter
                    return true
                }
                guard isOpen else { return waiter.resume(returning: .failure(gone)) }
                Task {
                    do { try await outbound.write(ByteBuffer(bytes: line)) } catch { resume(id, .failure(gone)) }
                }
            }
        } onCancel: {
            resume(id, .failure(ControlError(.cancelled, "it is not wanted any more")))
        }
        return try answer.get()
    }

    public func events() async throws(ControlError) -> AsyncStream<ControlEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ControlEvent.self)
        let isOpen = state.withLock { state in
            if !state.hasEnded { state.streams.append(continuation) }
            return !state.hasEnded
        }
        guard isOpen else { throw gone }
        _ = try await ask(.subscribe)
        return stream
    }

    private var gone: ControlError { ControlError(.interrupted, "\(path) was closed") }

    /// Until the device layer has said who it is.
    func untilGreeted() async throws {
        for await refusal in greeted.stream {
            guard let refusal else { return }
            throw refusal
        }
        throw gone
    }

    func receive(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws {
        defer { end() }
        var lines = LineCutter(limit: ControlMessage.longestLine)
        for try await buffer in inbound {
            for line in try lines.feed(buffer.readableBytesView) {
                do {
                    take(try ControlLine.decode(ControlMessage.self, line))
                } catch {
                    let error = ControlError(.unknownVersion, "\(path) says what this program does not understand")
                    greeted.continuation.yield(error)
                    throw error
                }
            }
        }
    }

    private func take(_ message: ControlMessage) {
        switch message {
        case .greeting(_, ControlMessage.version): greeted.continuation.yield(nil)
        case .greeting(_, let version):
            greeted.continuation.yield(ControlError(.unknownVersion, "\(path) speaks version \(version), not \(ControlMessage.version)"))
        case .answer(let id, let result): resume(id, .success(result))
        case .refusal(let id?, let error): resume(id, .failure(error))
        // It closes the connection then.
        case .refusal(nil, _): break
        case .event(let event): for stream in state.withLock({ $0.streams }) { stream.yield(event) }
        }
    }

    private func resume(_ id: Int, _ answer: Answer) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: answer)
    }

    private func end() {
        greeted.continuation.finish()
        let (waiters, streams) = state.withLock { state in
            state.hasEnded = true
            defer { (state.waiters, state.streams) = ([:], []) }
            return (Array(state.waiters.values), state.streams)
        }
        for waiter in waiters { waiter.resume(returning: .failure(gone)) }
        for stream in streams { stream.finish() }
    }
}
