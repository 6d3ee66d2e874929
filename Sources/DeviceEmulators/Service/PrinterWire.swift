import Glibc
import NIOCore
import NIOPosix

/// The printer's end of a wire that is a device file for the host: what a serial or USB cable is.
///
/// Made of a pseudo-terminal in raw mode, so that the host finds a character device which can be set like a serial line.
public struct PrinterWire: Sendable {
    /// What happens to the wire when the printer has no power.
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// A serial line stays, and what the host sends waits.
        case serial
        /// A device such as `/dev/usb/lp0` is gone.
        case device
    }

    /// Where the host finds it while it is plugged in: a symbolic link.
    public let path: String
    public let kind: Kind

    /// - Parameter path: must not exist yet; its folder must.
    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// The wire is plugged in until this is cancelled. The printer serves one host at a time, whatever its wire.
    public func serve(_ printer: EmulatedPrinter) async throws {
        while !Task.isCancelled {
            let losses = printer.look { $0.powerLosses }
            switch kind {
            case .serial: try await serveOnce(printer)
            case .device:
                await printer.wait { $0.isPowered }
                guard !Task.isCancelled else { return }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await printer.wait { $0.powerLosses != losses } }
                    group.addTask { try await serveOnce(printer) }
                    try await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private func serveOnce(_ printer: EmulatedPrinter) async throws {
        let terminal = try PseudoTerminal()
        try terminal.link(at: path)
        defer {
            unlink(path)
            // The host sees the wire go when both ends are closed.
            withExtendedLifetime(terminal) {}
        }
        let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512))
            .takingOwnershipOfDescriptor(inputOutput: try terminal.printersEnd()) { channel in
                channel.eventLoop.makeCompletedFuture { try PrinterPort.connection(channel) }
            }
        await PrinterPort.serve(channel, printer)
    }
}

/// A pair of connected terminals in raw mode.
private final class PseudoTerminal: Sendable {
    private let master: CInt
    /// Held open, so that the printer does not notice when the host comes and goes.
    private let slave: CInt
    private let name: String

    init() throws {
        master = try Self.opened("/dev/ptmx")
        do {
            (slave, name) = try Self.otherEnd(of: master)
        } catch {
            close(master)
            throw error
        }
    }

    private static func otherEnd(of master: CInt) throws -> (CInt, String) {
        // What `unlockpt` and `ptsname` do on Linux; Swift does not import them.
        var lock: CInt = 0
        var number: CUnsignedInt = 0
        guard ioctl(master, setLock, &lock) == 0, ioctl(master, getNumber, &number) == 0 else { throw failure(errno) }
        let name = "/dev/pts/\(number)"
        let slave = try opened(name)
        var settings = termios()
        tcgetattr(slave, &settings)
        cfmakeraw(&settings)
        guard tcsetattr(slave, TCSANOW, &settings) == 0 else {
            let code = errno
            close(slave)
            throw failure(code)
        }
        return (slave, name)
    }

    private static func opened(_ path: String) throws -> CInt {
        let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        return descriptor
    }

    /// `TIOCSPTLCK` and `TIOCGPTN`.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    deinit {
        close(slave)
        close(master)
    }

    func link(at path: String) throws {
        guard symlink(name, path) == 0 else { throw Self.failure(errno) }
    }

    /// A descriptor that its user closes.
    func printersEnd() throws -> CInt {
        let copy = fcntl(master, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Self.failure(errno) }
        return copy
    }

    private static func failure(_ code: CInt) -> EmulatorError {
        EmulatorError(.wireRefused, "a pseudo-terminal for the emulated printer cannot be made: \(String(cString: strerror(code)))")
    }
}
