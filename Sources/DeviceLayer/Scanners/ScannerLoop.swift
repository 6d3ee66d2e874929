import CInput
import DeviceLines
import DeviceProfiles
import Glibc
import Logging
import ScanCodes
import Synchronization

/// What other threads want of the scanners' thread.
final class ScannerInbox: Sendable {
    enum Order: Sendable {
        case plug(ScannerSource, ScannerModel, InputNode.Way)
        case say([UInt8], name: String)
        case unplug(name: String)
    }

    private struct State {
        var orders: [Order] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    let bell: Bell

    init() throws(LineError) { bell = try Bell() }

    func post(_ order: Order) {
        state.withLock { $0.orders.append(order) }
        bell.ring()
    }

    func end() {
        state.withLock { $0.hasEnded = true }
        bell.ring()
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func take() -> [Order] {
        state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }
}

/// Watches the comings and goings of devices and reads all scanners, on one thread that sleeps in `poll`.
final class ScannerLoop {
    private let models: [ScannerModel]
    private let inbox: ScannerInbox
    private let tell: (ScannerEvent) -> Void
    private let settled: () -> Void
    private let logger: Logger
    private var ports: [String: ScannerPort] = [:]
    /// The names of the nodes that were there when it was last looked, by path.
    private var present: [InputNode: String] = [:]
    /// Where the kernel or udev tells of devices; -1 where nobody does.
    private let news: CInt

    /// Without a socket for news it is looked so often.
    private static let lookAgain = Duration.seconds(2)

    /// - Parameter settled: called when it has looked, and no scanner is just being opened.
    init(
        _ models: [ScannerModel], _ inbox: ScannerInbox, logger: Logger, settled: @escaping () -> Void,
        tell: @escaping (ScannerEvent) -> Void
    ) {
        self.models = models
        self.inbox = inbox
        self.logger = logger
        self.tell = tell
        self.settled = settled
        // udev tells behind its rules, when a file has its group already.
        news = uevent_socket(access("/run/udev/control", F_OK) == 0 ? 2 : 1)
        if news < 0 {
            logger.warning(
                "nobody tells when scanners come and go; looking every \(Self.lookAgain)",
                metadata: ["error": "\(ScannerFile.words(errno))"])
        }
    }

    deinit { if news >= 0 { close(news) } }

    /// Until the inbox ends.
    func run() {
        look()
        while !inbox.hasEnded {
            if !ports.values.contains(where: \.isSettling) { settled() }
            wait()
            obey()
            // Before another attempt, too: the kernel tells of a leaving before it takes the names away.
            let isTriedAgain = ports.values.contains { $0.isRetryDue(.now) }
            if hasNews() || isTriedAgain { look() }
            for port in ports.values { port.read() }
            let now = ContinuousClock.now
            for port in ports.values { port.wake(now) }
        }
        for port in ports.values { port.close() }
    }

    // MARK: Waiting

    private func wait() {
        var files = [inbox.bell.descriptor, news] + ports.values.compactMap { $0.file?.descriptor }
        files.removeAll { $0 < 0 }
        var polled = files.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let due = ports.values.compactMap(\.deadline) + (news < 0 ? [.now + Self.lookAgain] : [])
        // Rounded up: else it would spin through the last millisecond.
        let limit = due.min().map { max(0, ($0 - .now) / .milliseconds(1)).rounded(.up) } ?? -1
        // Ended by a signal is as good as by nothing.
        _ = poll(&polled, nfds_t(polled.count), CInt(clamping: Int(limit)))
    }

    /// Whether something about inputs has changed since this was last asked.
    private func hasNews() -> Bool {
        guard news >= 0 else { return true }
        var isOurs = false
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = recv(news, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            // So much came that some was thrown away.
            if count < 0, errno == ENOBUFS {
                isOurs = true
                continue
            }
            guard count > 0 else { return isOurs }
            let text = buffer[..<count]
            isOurs = isOurs || Self.subsystems.contains { text.contains(subsequence: $0) }
        }
    }
    private static let subsystems = ["SUBSYSTEM=input\0", "SUBSYSTEM=hidraw\0"].map { Array($0.utf8) }

    // MARK: Who is there

    /// Compares what is there with what was.
    private func look() {
        let found = InputNode.all().filter { node in !models.matching(usb: node.usb).isEmpty && node.isScanner }
        for (node, name) in present where !found.contains(node) {
            present[node] = nil
            ports[name]?.vanished()
        }
        for node in found {
            if let name = present[node] {
                ports[name]?.seen(node)
                continue
            }
            let taken = Set(present.values)
            guard let name = node.names.first(where: { !taken.contains($0) }), let model = models.matching(usb: node.usb).first else {
                continue
            }
            present[node] = name
            let kind: ScannerModel.Kind = node.way == .keyboard ? .wedge : .posScanner
            port(ScannerSource(name: name, kind: kind, model: model.id), model).seen(node)
        }
    }

    private func port(_ source: ScannerSource, _ model: ScannerModel) -> ScannerPort {
        if let port = ports[source.name], port.status.source == source { return port }
        let port = ScannerPort(source, model, tell: tell)
        ports[source.name] = port
        return port
    }

    // MARK: Scanners in this program

    private func obey() {
        inbox.bell.silence()
        for order in inbox.take() {
            switch order {
            case .plug(let source, let model, let way):
                do throws(ScannerFile.Refusal) {
                    try port(source, model).seen(speaking: way)
                } catch {
                    logger.error("an emulated scanner cannot be used", metadata: ["scanner": "\(source.name)", "error": "\(error.detail)"])
                }
            case .say(let octets, let name):
                octets.withUnsafeBytes { report in
                    ports[name]?.take(report)
                    // What was scanned is personal, and nobody reads these octets again.
                    if let start = report.baseAddress { explicit_bzero(UnsafeMutableRawPointer(mutating: start), report.count) }
                }
            case .unplug(let name): ports[name]?.vanished()
            }
        }
    }
}

extension InputNode {
    /// A device's other interfaces, such as one to set it up by, are left alone.
    var isScanner: Bool {
        guard case .reports(let descriptor) = way else { return true }
        return (try? HIDReportDescriptor(decoding: descriptor))?.applications.contains { $0.page == POSScanner.page } ?? false
    }
}

extension Collection where Element: Equatable {
    fileprivate func contains(subsequence: [Element]) -> Bool {
        indices.contains { self[$0] == subsequence[0] && self[$0...].starts(with: subsequence) }
    }
}
