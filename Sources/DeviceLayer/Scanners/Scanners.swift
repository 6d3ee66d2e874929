import Broadcasting
import Conditions
public import DeviceProfiles
import Dispatch
public import Logging
public import ServiceLifecycle
import Synchronization

/// All scanners of this machine that `Devices/scanners` lists, and readers that type: taken whenever they can be had, so that nothing that
/// they type reaches anybody else.
///
/// Any other keyboard is left alone. One thread reads them all; it sleeps while nothing happens.
public final class Scanners: Service {
    private let models: [ScannerModel]
    private let logger: Logger
    private let inbox: ScannerInbox
    private let known = Mutex<[String: ScannerStatus]>([:])
    /// Finished once all that are there have been tried.
    private let settled = Onlookers<Never>()
    private let onlookers = Onlookers<ScannerEvent>(keeping: .every)

    /// - Parameter models: what is taken; of several with one USB identity the first.
    /// - Throws: `LineError` when no file descriptor is left.
    public init(models: [ScannerModel], logger: Logger) throws {
        self.models = models
        self.logger = logger
        inbox = try ScannerInbox()
    }

    /// What they tell: how each one is first, then everything. One stream for each caller; it ends with the service.
    public func events() -> AsyncStream<ScannerEvent> {
        known.withLock { known in
            let (stream, continuation) = onlookers.add()
            for status in known.values.sorted(by: { $0.source.name < $1.source.name }) { continuation.yield(.status(status)) }
            return stream
        }
    }

    /// How they are now, by name. Those that went are among them.
    public var scanners: [ScannerStatus] { known.withLock { $0.values.sorted { $0.source.name < $1.source.name } } }

    /// Adds a scanner in this program, such as an emulated one.
    ///
    /// - Parameters:
    ///   - name: as no other's.
    ///   - descriptor: its report descriptor, and it speaks in reports; nil: it is a keyboard and speaks in `struct input_event`.
    public func plug(_ name: String, _ model: ScannerModel, descriptor: [UInt8]? = nil) -> InnerScanner {
        let source = ScannerSource(name: name, kind: descriptor == nil ? .wedge : .posScanner, model: model.id)
        inbox.post(.plug(source, model, descriptor.map { .reports(descriptor: $0) } ?? .keyboard))
        return InnerScanner(name: name, inbox: inbox)
    }

    /// Takes and reads them until shut down; then all are free.
    public func run() async throws {
        let inbox = inbox
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withCheckedContinuation { continuation in
                    DispatchQueue(label: "scanners").async { [self] in
                        ScannerLoop(models, inbox, logger: logger, settled: settled.finish) { [self] in tell($0) }.run()
                        continuation.resume()
                    }
                }
            } onGracefulShutdown: {
                inbox.end()
            }
        } onCancel: {
            inbox.end()
        }
        settled.finish()
        onlookers.finish()
    }

    /// Until each scanner that is there has been tried once, or this has ended.
    public func untilSettled() async { for await _ in settled.add().stream {} }

    private func tell(_ event: ScannerEvent) {
        known.withLock { known in
            if case .status(let status) = event {
                known[status.source.name] = status
                let metadata: Logger.Metadata = ["scanner": "\(status.source.name)", "at": "\(status.address)"]
                if let condition = status.condition {
                    logger.warning("\(condition.rawValue): \(status.detail)", metadata: metadata)
                } else {
                    logger.notice("the scanner is ours", metadata: metadata)
                }
            }
            onlookers.tell(event)
        }
    }
}

/// A scanner in this program.
public struct InnerScanner: Sendable {
    public let name: String
    let inbox: ScannerInbox

    /// Records of 24 octets, or one report.
    public func say(_ octets: [UInt8]) { inbox.post(.say(octets, name: name)) }

    /// It is gone, in the middle of whatever it said.
    public func unplug() { inbox.post(.unplug(name: name)) }
}
