import Glibc

/// An open device file that nobody else of ours has open. Nothing here blocks.
struct DeviceFile: ~Copyable {
    let path: String
    let descriptor: CInt
    private let isSerial: Bool
    private let hasHardwareFlow: Bool

    init(_ path: String, serial: SerialSettings?) throws(LineError) {
        self.path = path
        isSerial = serial != nil
        hasHardwareFlow = serial?.flow == .rts
        descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        // From here on `deinit` runs also when this fails.
        guard descriptor >= 0 else { throw Self.notOpened(path, errno) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFCHR else {
            throw LineError(.unsuitable, "\(path) is no character device; name the printer's device file")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw LineError(.busy, "another program holds \(path); `fuser -v \(path)` names it, stop it")
        }
        guard let serial else { return }
        guard isatty(descriptor) == 1 else {
            throw LineError(.unsuitable, "\(path) is no serial line; for other devices write file:\(path)")
        }
        guard Self.set(descriptor, serial) else {
            throw LineError(
                .unsuitable,
                "\(path) cannot be set to \(serial.baud.rawValue) baud with flow control \(serial.flow.rawValue); try another rate")
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        // Else closing waits for a printer that has stopped taking bytes.
        if isSerial { tcflush(descriptor, TCIOFLUSH) }
        // A child that was just forked has it too, until it becomes another program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func notOpened(_ path: String, _ code: CInt) -> LineError {
        switch code {
        case ENOENT, ENXIO, ENODEV:
            LineError(.notThere, "\(path) does not exist; is the printer plugged in and switched on?")
        case EACCES, EPERM:
            LineError(.notAllowed, "this user may not open \(path); add it to the group that `ls -l \(path)` shows, or install udev/")
        case EBUSY: LineError(.busy, "another program holds \(path); `fuser -v \(path)` names it, stop it")
        case let other: LineError(.notThere, "\(path) cannot be opened: \(words(other))")
        }
    }

    static func words(_ code: CInt) -> String { String(cString: strerror(code)) }

    // MARK: Reading and writing

    enum Outcome {
        case bytes(Int)
        /// Not now.
        case later
        /// This device cannot do that at all.
        case never
        case lost(CInt)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 { return .bytes(count) }
        return switch errno {
        case EAGAIN, EINTR: .later
        // So say devices that only take bytes.
        case EINVAL: .never
        case let code: .lost(code)
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) -> Outcome {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return .bytes(count) }
        return switch errno {
        // Linux's `usblp` and `lp` say ENOSPC while the paper is out.
        case EAGAIN, EINTR, ENOSPC: .later
        case let code: .lost(code)
        }
    }

    /// Whether a serial line's own memory still holds bytes.
    var holdsOutput: Bool { outputHeld > 0 }

    /// Bytes in a serial line's own memory.
    var outputHeld: Int {
        var count: CInt = 0
        return isSerial && ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }

    /// How the printer's ready lines stand; nil where they are not used, or where there are none, as on a pty.
    var modemLines: ModemLines.Reading? {
        var bits: CInt = 0
        guard hasHardwareFlow, ioctl(descriptor, UInt(TIOCMGET), &bits) == 0 else { return nil }
        return ModemLines.Reading(isClearToSend: bits & CInt(TIOCM_CTS) != 0, isDataSetReady: bits & CInt(TIOCM_DSR) != 0)
    }

    // MARK: Serial lines

    private static func set(_ descriptor: CInt, _ settings: SerialSettings) -> Bool {
        var wanted = termios()
        guard tcgetattr(descriptor, &wanted) == 0 else { return false }
        cfmakeraw(&wanted)
        // Not hung up at the end: that would reset some printers.
        wanted.c_cflag &= ~tcflag_t(CSTOPB | PARENB | HUPCL) & ~hardwareFlow
        wanted.c_cflag |= tcflag_t(CREAD | CLOCAL)
        // Only towards the printer. The other way the kernel would put bytes of its own into a picture.
        wanted.c_iflag &= ~tcflag_t(IXON | IXOFF | IXANY)
        switch settings.flow {
        case .rts: wanted.c_cflag |= hardwareFlow
        case .xonxoff: wanted.c_iflag |= tcflag_t(IXON)
        case .none: break
        }
        let speed = settings.baud.speed
        guard cfsetspeed(&wanted, speed) == 0, tcsetattr(descriptor, TCSANOW, &wanted) == 0 else { return false }
        // `tcsetattr` is content when it could do a part.
        var got = termios()
        guard tcgetattr(descriptor, &got) == 0, cfgetospeed(&got) == speed, got.c_iflag & tcflag_t(IXON) == wanted.c_iflag & tcflag_t(IXON),
            got.c_cflag & hardwareFlow == wanted.c_cflag & hardwareFlow
        else { return false }
        return tcflush(descriptor, TCIOFLUSH) == 0
    }

    /// `CRTSCTS` of Linux, which Swift does not import.
    private static let hardwareFlow: tcflag_t = 0o20_000_000_000
}

extension SerialSettings.Baud {
    var speed: speed_t {
        switch self {
        case .b9600: speed_t(B9600)
        case .b19200: speed_t(B19200)
        case .b38400: speed_t(B38400)
        case .b57600: speed_t(B57600)
        case .b115200: speed_t(B115200)
        }
    }
}
