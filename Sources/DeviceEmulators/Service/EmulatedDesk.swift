import DeviceLines
import Dispatch
import Glibc
public import Logging
public import ServiceLifecycle
import SmartCard
import Synchronization

/// A card reader and a scanner that exist only in this program, for kiosks on this machine that connect to its socket: see `DeviceFrame`.
///
/// Who presses a button taps a card or shows a code. The cards are in this program, as real ones are in pockets.
public final class EmulatedDesk: Service {
    /// A card that somebody may tap.
    public enum SampleCard: String, Hashable, Sendable, CaseIterable {
        /// The one that the demo's centre knows.
        case enrolled
        case unknown
        /// As a telephone: another number at each tap.
        case random

        /// What it calls itself; nil: drawn at each tap.
        public var identifier: [UInt8]? {
            switch self {
            case .enrolled: [0x04, 0x5A, 0x31, 0xB2, 0x1C, 0x64, 0x80]
            case .unknown: [0x04, 0x9C, 0x77, 0x0A, 0x5E, 0x2D, 0x81]
            case .random: nil
            }
        }
    }

    /// How long a card stays in the field.
    private static let tap = DispatchTimeInterval.milliseconds(700)

    private let path: String
    private let model = ReaderModel()
    private let logger: Logger
    private let listener = Mutex<CInt>(-1)
    /// Whoever listens to the scanner.
    private let listeners = Mutex<[ObjectIdentifier: FramedSocket]>([:])
    private let queue = DispatchQueue(label: "emulated desk")
    private let taps = Mutex(0)

    /// - Parameter path: of the unix socket, at most 107 octets.
    public init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Holds a card to the reader for a moment.
    public func tap(_ card: SampleCard) {
        let identifier = card.identifier ?? [0x08] + (0..<3).map { _ in UInt8.random(in: 0...255) }
        let number = taps.withLock { taps in
            taps += 1
            return taps
        }
        // A card that lies there still is taken away first.
        model.remove()
        model.insert(TagCard(ContactlessTraits(identifier: identifier, isRandom: card.identifier == nil)))
        queue.asyncAfter(deadline: .now() + Self.tap) { [self] in
            if taps.withLock({ $0 == number }) { model.remove() }
        }
    }

    /// Shows a code to the scanner. Returns whether anybody listens to it.
    public func show(_ code: [UInt8]) -> Bool {
        let all = listeners.withLock { Array($0.values) }
        for report in EmulatedPOSScanner().reports(code) {
            for listener in all { listener.send(DeviceFrame.message, report) }
        }
        return !all.isEmpty
    }

    /// Serves until cancelled or gracefully shut down.
    public func run() async throws {
        let descriptor = try FramedSocket.listen(path: path)
        listener.withLock { $0 = descriptor }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                    // A queue for each call that blocks, and so a thread for each.
                    DispatchQueue(label: "emulated desk's door").async {
                        self.accept(descriptor)
                        continuation.resume()
                    }
                }
            } onGracefulShutdown: {
                self.end()
            }
        } onCancel: {
            end()
        }
    }

    private func end() {
        // Whoever waits in accept is woken so.
        listener.withLock { if $0 >= 0 { shutdown($0, CInt(SHUT_RDWR)) } }
        model.end()
        for listener in listeners.withLock({ Array($0.values) }) { listener.end() }
    }

    private func accept(_ descriptor: CInt) {
        while true {
            let connected = Glibc.accept(descriptor, nil, nil)
            if connected < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard connected >= 0 else { break }
            DispatchQueue(label: "emulated desk's visitor").async { [self] in serve(FramedSocket(descriptor: connected)) }
        }
        listener.withLock { listener in
            close(listener)
            listener = -1
        }
        unlink(path)
    }

    private func serve(_ socket: FramedSocket) {
        let user = Mutex<(any OpenReader)?>(nil)
        socket.receive { kind, octets in
            switch kind {
            case DeviceFrame.reader:
                model.connect(after: .zero) { news in
                    if case .connected(let reader) = news { user.withLock { $0 = reader } }
                    Self.forward(news, to: socket)
                }
            case DeviceFrame.scanner:
                socket.send(DeviceFrame.description, EmulatedPOSScanner.descriptor)
                listeners.withLock { $0[ObjectIdentifier(socket)] = socket }
            case DeviceFrame.message: user.withLock { $0 }?.send(octets)
            case DeviceFrame.abort where octets.count == 2: user.withLock { $0 }?.abort(slot: octets[0], sequence: octets[1])
            case DeviceFrame.reset: user.withLock { $0 }?.reset()
            case _: socket.end()
            }
        }
        listeners.withLock { $0[ObjectIdentifier(socket)] = nil }
        user.withLock { $0 }?.close()
    }

    private static func forward(_ news: ReaderNews, to socket: FramedSocket) {
        switch news {
        case .connected(let reader): socket.send(DeviceFrame.description, [reader.hasNotices ? 1 : 0] + reader.classDescriptor)
        case .message(let octets): socket.send(DeviceFrame.message, octets)
        case .notice(let octets): socket.send(DeviceFrame.notice, octets)
        case .stalled: socket.send(DeviceFrame.stall)
        case .disconnected: socket.end()
        }
    }
}
