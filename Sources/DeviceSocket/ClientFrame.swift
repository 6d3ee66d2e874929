/// What `escpos` and technician commands say to the device layer.
///
/// A connection carries one print (``print(_:)``, any number of ``data(_:)``, ``endOfData``),
/// or one ``watch(device:)``, or one question (``list``, ``identify(device:)``) that is answered at once; ``cancel(device:id:)`` may come at any moment of either.
public enum ClientFrame: Frame {
    /// Kind 01h. Asks for a print, or joins it, or asks how it ended.
    /// Body: text device, text id, text title, text user.
    case print(PrintRequest)
    /// Kind 02h. The next piece of the print's bytes. Body: 1 to ``FrameLimits/body`` octets.
    case data([UInt8])
    /// Kind 03h. The print's bytes are complete; before this nothing is printed. Body: empty.
    case endOfData
    /// Kind 04h. Ends the print; answered with its settled result. Body: text device, text id.
    case cancel(device: String, id: PrintID)
    /// Kind 05h. Asks for the status now and at every change. Body: text device.
    case watch(device: String)
    /// Kind 06h. Asks for every device: answered by a ``ServerFrame/device(_:)`` for each, by name, and ``ServerFrame/endOfDevices``.
    /// Body: empty.
    case list
    /// Kind 07h. Asks what a printer says of itself. Body: text device.
    case identify(device: String)

    public var kind: UInt8 {
        switch self {
        case .print: 0x01
        case .data: 0x02
        case .endOfData: 0x03
        case .cancel: 0x04
        case .watch: 0x05
        case .list: 0x06
        case .identify: 0x07
        }
    }

    public var body: [UInt8] {
        var writer = BodyWriter()
        switch self {
        case .print(let request):
            writer.text(request.device, limit: 255)
            writer.text(request.id.rawValue, limit: 255)
            writer.text(request.title, limit: 1024)
            writer.text(request.user, limit: 255)
        case .data(let bytes): return bytes
        case .endOfData, .list: break
        case .cancel(let device, let id):
            writer.text(device, limit: 255)
            writer.text(id.rawValue, limit: 255)
        case .watch(let device), .identify(let device): writer.text(device, limit: 255)
        }
        return writer.bytes
    }

    public init(kind: UInt8, body: [UInt8]) throws(FrameError) {
        var reader = BodyReader(body)
        switch kind {
        case 0x01:
            self = .print(
                try PrintRequest(
                    device: reader.text("the device"), id: reader.printID(), title: reader.text("the title"), user: reader.text("the user"))
            )
        case 0x02:
            guard !body.isEmpty else { throw FrameError(.malformed, "a piece of data without an octet") }
            self = .data(body)
            return
        case 0x03: self = .endOfData
        case 0x04: self = .cancel(device: try reader.text("the device"), id: try reader.printID())
        case 0x05: self = .watch(device: try reader.text("the device"))
        case 0x06: self = .list
        case 0x07: self = .identify(device: try reader.text("the device"))
        case let other: throw FrameError(.unknownKind, "kind \(other) from a client")
        }
        try reader.end()
    }

    /// The frames that carry a whole print.
    public static func frames(of request: PrintRequest, _ bytes: [UInt8]) -> [ClientFrame] {
        let pieces = stride(from: 0, to: bytes.count, by: FrameLimits.body)
            .map { ClientFrame.data(Array(bytes[$0..<min($0 + FrameLimits.body, bytes.count)])) }
        return [.print(request)] + pieces + [.endOfData]
    }
}

/// Which print on which device, for whom.
public struct PrintRequest: Hashable, Sendable {
    /// The device's name, as in the queue's URI `escpos:NAME`.
    public var device: String
    public var id: PrintID
    /// The job's name, for people; may be empty. Cut after 1024 octets.
    public var title: String
    /// Who asked for it; may be empty. Cut after 255 octets.
    public var user: String

    public init(device: String, id: PrintID, title: String, user: String) {
        self.device = device
        self.id = id
        self.title = title
        self.user = user
    }
}

extension BodyReader {
    mutating func printID() throws(FrameError) -> PrintID {
        let text = try text("the print id")
        guard let id = PrintID(text) else { throw FrameError(.malformed, "the print id is not 1 to 127 visible ASCII characters") }
        return id
    }
}
