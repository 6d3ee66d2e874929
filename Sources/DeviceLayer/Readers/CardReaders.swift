public import DeviceLines
public import DeviceProfiles
import ESCPOS
public import Logging
public import ServiceLifecycle
import SmartCard
import Synchronization
import USBTransport

/// All card readers of this machine, also those that are plugged in later.
public final class CardReaders: Service {
    private struct State {
        /// In the order in which they were first seen.
        var readers: [CardReader] = []
        /// Who listens, by number.
        var streams: [Int: AsyncStream<ReaderEvent>.Continuation] = [:]
        var next = 0
        var hasEnded = false
    }

    private let ports: [any ReaderPorts]
    private let models: [ReaderModel]
    private let patience: Double
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - models: what is known of readers; one that is among them is served as it really is.
    ///   - patience: as ``CardReader``'s.
    public init(_ ports: [any ReaderPorts], models: [ReaderModel] = [], patience: Double = 1, logger: Logger) {
        self.ports = ports
        self.models = models
        self.patience = patience
        self.logger = logger
    }

    /// Those on USB.
    public convenience init(models: [ReaderModel], logger: Logger) {
        self.init([USBReaderPorts()], models: models, logger: logger)
    }

    /// How each is, in the order in which they were first seen; also those that are unplugged now.
    public var readers: [ReaderStatus] { state.withLock { $0.readers }.map(\.status) }

    /// The reader of this name.
    public subscript(name: String) -> CardReader? { state.withLock { $0.readers }.first { $0.name == name } }

    /// Everything that any reader tells from now on, behind the status and the cards of each. One stream for each caller.
    public func events() -> AsyncStream<ReaderEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ReaderEvent.self)
        let (number, readers) = state.withLock { state -> (Int?, [CardReader]) in
            guard !state.hasEnded else { return (nil, []) }
            state.next += 1
            state.streams[state.next] = continuation
            return (state.next, state.readers)
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.streams.removeValue(forKey: number) } }
        // Outside the lock, which the end of a stream takes: telling wakes whoever listens.
        for reader in readers { reader.join(continuation) }
        return stream
    }

    /// Serves every reader until shut down or cancelled; the devices are free again when it returns.
    public func run() async throws {
        let (arrivals, arrive) = AsyncStream.makeStream(of: Result<any ReaderLine, LineError>.self)
        for port in ports { port.watch { arrive.yield($0) } }
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await arrival in arrivals {
                    switch arrival {
                    case .success(let line): add(line, &group)
                    case .failure(let error): logger.error("readers cannot be watched", metadata: ["why": "\(error)"])
                    }
                }
                if Task.isCancelled { group.cancelAll() }
            }
        } onGracefulShutdown: {
            arrive.finish()
        }
        for port in ports { port.end() }
        let streams = state.withLock { state in
            state.hasEnded = true
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }

    private func add(_ line: any ReaderLine, _ group: inout DiscardingTaskGroup) {
        if models.holdsModulesOnly(line.place) {
            logger.info("left alone: a security module, no citizen's card, is there", metadata: ["reader": "\(line.place.name)"])
            return line.end()
        }
        let reader = CardReader(line, quirks: ReaderQuirks(models, of: line.place), patience: patience, logger: logger)
        group.addTask {
            do {
                try await reader.run()
            } catch {
                self.logger.error("a reader's service ended", metadata: ["reader": "\(reader.name)", "why": "\(error)"])
            }
        }
        let streams = state.withLock { state in
            state.readers.append(reader)
            return Array(state.streams.values)
        }
        for stream in streams { reader.join(stream) }
    }
}

extension [ReaderModel] {
    /// Whether this interface of a reader has slots for security modules alone. To speak to it beside the one for citizens locks some up.
    func holdsModulesOnly(_ place: ReaderPlace) -> Bool {
        guard let interfaces = matching(place).first?.interfaces, interfaces.indices.contains(place.interface) else { return false }
        return interfaces[place.interface].allSatisfy { $0 == .sam }
    }

    /// Those that show themselves as the reader does.
    fileprivate func matching(_ place: ReaderPlace) -> [ReaderModel] {
        guard let vendor = place.vendor, let product = place.product else { return [] }
        return matching(usb: USBIdentity(vendor: vendor, product: product))
    }
}

extension ReaderQuirks {
    /// What the models have that show themselves as the reader does.
    init(_ models: [ReaderModel], of place: ReaderPlace) {
        self = []
        for model in models.matching(place) {
            for quirk in model.quirks { formUnion(ReaderQuirks(quirk)) }
        }
    }

    private init(_ quirk: ReaderModel.Quirk) {
        self =
            switch quirk {
            case .chainsLongAPDUs: .chainsLongAPDUs
            case .understatesMessageLength: .understatesMessageLength
            case .slowRateOnly: .slowRateOnly
            case .powerOffAtOpen: .powersOffAtOpen
            case .noInterrupts: .noInterrupts
            // For technicians: such readers are served as any other.
            case .oneInterfaceAtATime, .alwaysSaysPresent: []
            }
    }
}
