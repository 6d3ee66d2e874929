import DeviceSocket
import Glibc

/// One job as cupsd hands it over.
struct Job {
    let request: PrintRequest
    let bytes: [UInt8]
    let socketPath: String

    /// The last place the socket may be when cupsd was not told another.
    static let defaultSocketPath = "/run/anjungan/devices.sock"

    init(arguments: [String], environment: (String) -> String?) throws(BackendError) {
        guard (6...7).contains(arguments.count) else {
            throw BackendError("usage: DEVICE_URI=escpos:NAME \(arguments[0]) job-id user title copies options [file]")
        }
        guard let uri = environment("DEVICE_URI"), let device = DeviceURI.name(in: uri) else {
            throw BackendError("the queue's device URI is \"\(environment("DEVICE_URI") ?? "")\"; it must be escpos:NAME")
        }
        request = PrintRequest(
            device: device, id: try Self.printID(title: arguments[3], options: arguments[5]), title: arguments[3], user: arguments[2])
        socketPath = Self.socketPath(environment)
        bytes = arguments.count == 7 ? try Self.read(file: arguments[6]) : try readAll(STDIN_FILENO, "standard input")
    }

    static func socketPath(_ environment: (String) -> String?) -> String {
        environment("ANJUNGAN_DEVICE_SOCKET") ?? defaultSocketPath
    }

    /// Our own prints are named by the job's title. Anybody else's get the UUID that cupsd gave the job,
    /// which outlives a restart of cupsd; the job's number does not, it may be used again.
    static func printID(title: String, options: String) throws(BackendError) -> PrintID {
        if isPrintID(title), let id = PrintID(title) { return id }
        let key = "job-uuid=urn:uuid:"
        let word = options.split(separator: " ").first { $0.hasPrefix(key) }
        guard let uuid = word?.dropFirst(key.count), !uuid.isEmpty, let id = PrintID("foreign:\(uuid)") else {
            throw BackendError("the job has no job-uuid among its options, so it cannot be printed once only; CUPS 1.5 or newer gives one")
        }
        return id
    }

    /// 26 characters of Crockford's base 32, a dot, a copy number.
    private static func isPrintID(_ title: String) -> Bool {
        let parts = title.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 26, (1...9).contains(parts[1].count) else { return false }
        let alphabet = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        return parts[0].allSatisfy(alphabet.contains) && parts[1].allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func read(file: String) throws(BackendError) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BackendError("cannot open the job's file \(file): \(systemError())") }
        defer { close(descriptor) }
        return try readAll(descriptor, file)
    }
}

/// The whole job is kept, because a device layer that comes back must be given it again.
private func readAll(_ descriptor: CInt, _ what: String) throws(BackendError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count == 0 { return bytes }
        if count < 0 {
            if errno == EINTR { continue }
            throw BackendError("cannot read the job from \(what): \(systemError())")
        }
        bytes += chunk.prefix(count)
    }
}
