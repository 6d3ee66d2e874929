public import ESCPOS
import Foundation

/// A cupsd of our own in one directory, run by whoever runs the kiosk: no system service, no TCP port.
///
/// Prepare it, run ``executable`` with ``arguments`` and keep it running, then ``addQueue(_:device:)``.
/// Run by root, its backends run as `lp`, who must be able to reach ``directory`` and the device socket.
public struct PrivateScheduler: Sendable {
    /// Absolute. Holds configuration, logs, state and the socket.
    public let directory: String
    /// The device layer's socket, which the backend is told.
    public let deviceSocket: String
    /// The built `escpos`; a copy of it is installed.
    public let backend: String
    /// Other backends to install beside it, under their own names: files such as `/usr/lib/cups/backend/socket`.
    public let otherBackends: [String]
    /// What prints the documents of other programs; nil: only raw jobs are taken.
    public let conversion: Conversion?
    /// `warn`, or `debug` to look for trouble.
    public let logLevel: String

    /// Installed by Debian's package cups-daemon.
    public let executable = "/usr/sbin/cupsd"
    /// What cupsd is told.
    public var configuration: String { "\(directory)/etc/cupsd.conf" }
    public var arguments: [String] { ["-f", "-c", configuration, "-s", "\(directory)/etc/cups-files.conf"] }
    public var socketPath: String { "\(directory)/run/cups.sock" }
    public var address: SpoolerAddress { .socket(path: socketPath) }
    /// In memory where the system has such a file system, because a spool holds what citizens print.
    public var spool: String { Self.spool(for: directory) }

    /// The built `escpos-filter`, and the folder `Devices` in which it finds the printer models; copies of both are installed.
    public struct Conversion: Sendable {
        public var filter: String
        public var devices: String
        public init(filter: String, devices: String) {
            self.filter = filter
            self.devices = devices
        }
    }

    public init(
        directory: String, deviceSocket: String, backend: String, otherBackends: [String] = [], conversion: Conversion? = nil,
        logLevel: String = "warn"
    ) {
        self.directory = directory
        self.deviceSocket = deviceSocket
        self.backend = backend
        self.otherBackends = otherBackends
        self.conversion = conversion
        self.logLevel = logLevel
    }

    /// Writes everything that cupsd needs. Harmless while it runs; a new configuration counts from its next start.
    public func prepare() throws(SchedulerError) {
        guard socketPath.utf8.count <= 107 else {
            throw SchedulerError(
                .pathTooLong, "\(socketPath) is longer than the 107 octets of a unix socket's path; choose a shorter directory")
        }
        let programs = [backend] + (conversion.map { [$0.filter] } ?? [])
        for needed in [executable, "/usr/lib/cups/daemon/cups-exec"] + programs where access(needed, X_OK) != 0 {
            throw SchedulerError(
                .missing,
                "\(needed) is missing or not executable; install the package cups-daemon, and build the products escpos and escpos-filter")
        }
        do {
            try SchedulerTree(scheduler: self).write()
        } catch let error as SchedulerError {
            throw error
        } catch {
            throw SchedulerError(.notPermitted, "cannot prepare cupsd in \(directory): \(error.localizedDescription)")
        }
    }

    /// Makes the queue `name` for the device of that layer, once cupsd listens.
    ///
    /// - Parameter model: what the device is, so that other programs can print on the queue; nil: a raw queue.
    public func addQueue(_ name: String, device: String, model: PrinterModel? = nil) async throws {
        let spooler = Spooler(address, queue: name)
        try await spooler.waitUntilReady()
        try await spooler.install(deviceURI: "escpos:\(device)", description: model.map(QueueDescription.init))
    }

    /// Makes a raw queue `name` on any device URI, as an administrator would who changes nothing else:
    /// with Debian's own error policy, `retry-job`.
    public func addStockQueue(_ name: String, deviceURI: String) async throws {
        let spooler = Spooler(address, queue: name)
        try await spooler.waitUntilReady()
        try await spooler.install(deviceURI: deviceURI, errorPolicy: "retry-job")
    }

    /// Removes the directory and the spool; only while cupsd does not run.
    public func remove() throws {
        for path in [directory, spool] where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }
}

/// Why a private scheduler cannot be prepared.
public struct SchedulerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case pathTooLong, missing, notPermitted }
    public var code: Code
    /// What was wrong, where, and what to do next; not part of equality.
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    public var description: String { detail }
}
