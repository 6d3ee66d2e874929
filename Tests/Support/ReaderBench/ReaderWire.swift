public import DeviceEmulators
import DeviceLines
import Dispatch
import Foundation
import Glibc
import Synchronization

/// An emulated reader behind a Unix socket, for `ccid_reader.py`, which makes a USB device of it.
///
/// Frames go both ways: a letter, four octets with the length (least first), and so many octets. To the reader `O` a bulk-OUT message,
/// `A` slot and sequence of ABORT, `R` a reset of the device. From it `I` a bulk-IN message, `Z` a transfer without octets, `N` a notice, `S` a stall.
/// The socket stands for the cable: who closes it pulls it.
public final class ReaderWire: Sendable {
    public let model: ReaderModel
    /// The socket's name, with an at sign before it: it has no file.
    public let path: String
    private let listener: CInt
    private let connection = Mutex<CInt>(-1)

    public init(_ model: ReaderModel) throws {
        self.model = model
        path = "@reader-\(UUID().uuidString)"
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        // A first octet of 0 stands for the at sign (unix(7), abstract sockets).
        withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: name.dropFirst()) }
        let length = MemoryLayout<sa_family_t>.size + name.count
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(length)) }
        }
        guard listener >= 0, bound == 0, listen(listener, 4) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        Thread.detachNewThread { [self] in
            while true {
                let accepted = accept(listener, nil, nil)
                if accepted < 0 { return }
                serve(accepted)
            }
        }
    }

    /// Nobody can plug it in any more.
    public func close() {
        shutdown(listener, CInt(SHUT_RDWR))
        Glibc.close(listener)
        let open = connection.withLock { $0 }
        if open >= 0 { shutdown(open, CInt(SHUT_RDWR)) }
    }

    /// Until the cable is pulled, at either end.
    private func serve(_ descriptor: CInt) {
        connection.withLock { $0 = descriptor }
        model.plug()
        let attachment = model.attach { output in
            switch output {
            case .message(let octets, _): Self.write("I", octets, descriptor)
            case .nothing: Self.write("Z", [], descriptor)
            case .notice(let octets): Self.write("N", octets, descriptor)
            case .stall: Self.write("S", [], descriptor)
            case .unplugged: break
            }
        } closed: { _ in
            shutdown(descriptor, CInt(SHUT_RDWR))
        }
        while let attachment, let (type, octets) = Self.read(descriptor) {
            switch type {
            case UInt8(ascii: "O"): attachment.send(octets)
            case UInt8(ascii: "A") where octets.count == 2: attachment.abort(slot: octets[0], sequence: octets[1])
            case UInt8(ascii: "R"): model.restart()
            case _: break
            }
        }
        connection.withLock { $0 = -1 }
        model.unplug()
        Glibc.close(descriptor)
    }

    private static func write(_ type: Unicode.Scalar, _ octets: [UInt8], _ descriptor: CInt) {
        let frame = [UInt8(ascii: type)] + (0..<4).map { UInt8(octets.count >> (8 * $0) & 0xFF) } + octets
        var sent = 0
        while sent < frame.count {
            let count = frame[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            // Whoever pulled the cable does not read any more.
            if count <= 0 { return }
            sent += count
        }
    }

    private static func read(_ descriptor: CInt) -> (UInt8, [UInt8])? {
        guard let header = read(descriptor, 5) else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(header[1 + $1]) << (8 * $1) }
        guard let octets = read(descriptor, length) else { return nil }
        return (header[0], octets)
    }

    private static func read(_ descriptor: CInt, _ count: Int) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let more = octets[got...].withUnsafeMutableBytes { Glibc.recv(descriptor, $0.baseAddress, $0.count, 0) }
            if more <= 0 { return nil }
            got += more
        }
        return octets
    }
}
