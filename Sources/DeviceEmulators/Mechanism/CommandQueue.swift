import ESCPOS
import ReceiptMarkup

/// Commands that were received and wait for the mechanism, with the bytes they take up.
struct CommandQueue: Sendable {
    private var commands: [(command: Command, length: Int)] = []
    private var head = 0
    private(set) var bytes = 0

    var isEmpty: Bool { head == commands.count }

    mutating func append(_ command: Command) {
        let length = command.wireLength
        commands.append((command, length))
        bytes += length
    }

    mutating func popFirst() -> Command? {
        guard head < commands.count else { return nil }
        let (command, length) = commands[head]
        head += 1
        bytes -= length
        // Moving the rest forward only now and then keeps a long run of NULs from costing quadratic time.
        if head == commands.count || head > 256 {
            commands.removeFirst(head)
            head = 0
        }
        return command
    }

    mutating func removeAll() {
        self = CommandQueue()
    }
}

extension Command {
    /// Bytes on the wire, without building them where they are many.
    fileprivate var wireLength: Int {
        switch self {
        case .raster(let image, _): image.bits.count + 8
        case .text(let bytes), .unknown(let bytes): bytes.count
        default: bytes.count
        }
    }
}
