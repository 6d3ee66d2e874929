import DeviceLayer
import DeviceLines
import DeviceProfiles
import Dispatch
import ServiceLifecycle
import Synchronization

/// Brings what an emulated scanner in another program says to ours, as if it were plugged in here; away, it is tried again.
final class EmulatedScannerFeed: ServiceLifecycle.Service {
    private let path: String
    private let scanners: Scanners
    private let model: ScannerModel
    private let socket = Mutex<FramedSocket?>(nil)

    /// - Parameter path: of the socket of `anjungan emulate --devices`.
    init(path: String, scanners: Scanners, model: ScannerModel) {
        self.path = path
        self.scanners = scanners
        self.model = model
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await withTaskCancellationHandler {
                    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                        DispatchQueue(label: "emulated scanner").async { [self] in
                            converse()
                            continuation.resume()
                        }
                    }
                } onCancel: {
                    socket.withLock { $0 }?.end()
                }
                do {
                    try await ContinuousClock().sleep(for: .milliseconds(250))
                } catch {
                    // Cancelled: the kiosk is stopping.
                }
            }
        }
    }

    /// One connection, to its end.
    private func converse() {
        // The emulator is not there: it is tried again.
        guard let connected = try? FramedSocket(path: path) else { return }
        socket.withLock { $0 = connected }
        defer { socket.withLock { $0 = nil } }
        var scanner: InnerScanner?
        connected.send(DeviceFrame.scanner)
        connected.receive { kind, octets in
            switch kind {
            case DeviceFrame.description: scanner = scanners.plug("emulated", model, descriptor: octets)
            case DeviceFrame.message: scanner?.say(octets)
            case _: connected.end()
            }
        }
        scanner?.unplug()
    }
}
