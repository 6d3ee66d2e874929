import CInput
import DeviceProfiles
import Glibc
import ScanCodes

/// An open device file that is ours alone. What it reads is wiped.
final class ScannerFile {
    let descriptor: CInt
    private let isGrabbed: Bool
    /// At least one whole event or report.
    private let buffer: UnsafeMutableRawBufferPointer

    /// Why it could not be opened.
    struct Refusal: Error {
        var trouble: ScannerTrouble
        var detail: String
    }

    init(_ node: InputNode, _ model: ScannerModel) throws(Refusal) {
        let path = node.path
        let isKeyboard = node.way == .keyboard
        let descriptor = open(path, (isKeyboard ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.notOpened(path, errno) }
        do throws(Refusal) {
            if isKeyboard { try Self.grab(descriptor, path) } else { try Self.claim(descriptor, path, model) }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        isGrabbed = isKeyboard
        buffer = .allocate(byteCount: isKeyboard ? 64 * EventRecord.size : 16_384, alignment: 16)
    }

    deinit {
        if isGrabbed { _ = input_grab(descriptor, 0) } else { flock(descriptor, LOCK_UN) }
        close(descriptor)
        buffer.deallocate()
    }

    /// From now on nothing of it reaches anybody else; what came before did, so it is thrown away.
    private static func grab(_ descriptor: CInt, _ path: String) throws(Refusal) {
        guard input_grab(descriptor, 1) == 0 else {
            if errno == EBUSY {
                throw Refusal(
                    trouble: .busy, detail: "another program has \(path) to itself; `fuser -v \(path)` as root names it, stop it")
            }
            throw Refusal(trouble: .lost, detail: "\(path) cannot be taken exclusively: \(words(errno)); plug it out and in again")
        }
        // Refused, the wall clock's timestamps are as good unless somebody sets that clock in the middle of a code, which spoils the code.
        _ = input_use_monotonic_clock(descriptor)
        var old = (UInt64(0), UInt64(0), UInt64(0))
        while read(descriptor, &old, EventRecord.size) > 0 { explicit_bzero(&old, EventRecord.size) }
    }

    /// A hidraw file has no grab: our own programs keep off each other by a lock.
    private static func claim(_ descriptor: CInt, _ path: String, _ model: ScannerModel) throws(Refusal) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Refusal(trouble: .busy, detail: "another program reads \(path); `fuser -v \(path)` as root names it, stop it")
        }
        guard !model.enableReport.isEmpty else { return }
        guard hidraw_send_feature(descriptor, model.enableReport, UInt32(model.enableReport.count)) >= 0 else {
            throw Refusal(
                trouble: .lost,
                detail: "\(path) does not take the report that lets it tell codes: \(words(errno)); plug it out and in again")
        }
    }

    private static func notOpened(_ path: String, _ code: CInt) -> Refusal {
        switch code {
        case EACCES, EPERM:
            Refusal(
                trouble: .notAllowed,
                detail:
                    "this user may not open \(path); install the rules in udev/, add the user to the group anjungan, and plug it in again")
        case EBUSY: Refusal(trouble: .busy, detail: "another program has \(path) to itself; `fuser -v \(path)` as root names it, stop it")
        case let other: Refusal(trouble: .lost, detail: "\(path) cannot be opened: \(words(other)); plug it out and in again")
        }
    }

    static func words(_ code: CInt) -> String { String(cString: strerror(code)) }

    /// The keys that are down now; none where the device does not say.
    func heldKeys() -> Set<Key> {
        var bits = [UInt8](repeating: 0, count: 96)
        guard input_held_keys(descriptor, &bits, UInt32(bits.count)) >= 0 else { return [] }
        return Set((0..<UInt16(bits.count * 8)).filter { bits[Int($0 / 8)] & 1 << ($0 % 8) != 0 }.compactMap { Key(eventCode: $0) })
    }

    /// Lends everything that has come, read by read.
    ///
    /// - Returns: why it ended; nil while it has not.
    func readAll(_ body: (UnsafeRawBufferPointer) -> Void) -> String? {
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else {
                if count == 0 { return "it was unplugged" }
                switch errno {
                case EAGAIN: return nil
                case EINTR: continue
                case ENODEV, EIO: return "it was unplugged"
                case let code: return words(code)
                }
            }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            if let start = buffer.baseAddress { explicit_bzero(start, count) }
        }
    }

    private func words(_ code: CInt) -> String { Self.words(code) }
}
