import Glibc
import LocalFiles

/// Keeps another device layer out while somebody has its devices; let go when the program ends, however it ends.
public struct DeviceLock: Sendable {
    private enum Kind: Sendable {
        case socket(SocketPlace)
        case device(FileLock)
    }

    private let kind: Kind

    /// - Parameter path: of the device socket; the lock is the file beside it.
    /// - Throws: ``DeviceSocketError/Code/alreadyServed`` while a device layer has it.
    public init(besideSocket path: String) throws(DeviceSocketError) {
        kind = .socket(try SocketPlace.claim(path, mode: 0o600, group: nil))
    }

    /// Keeps a second owner off one device, by a file in `folder` that is named after the device.
    /// - Throws: ``DeviceSocketError/Code/alreadyServed`` while somebody has it.
    public init(device: String, in folder: String) throws(DeviceSocketError) {
        let name = String(device.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "." ? $0 : "_" })
        let path = "\(folder)/\(name).lock"
        do throws(FileLock.Refusal) {
            let lock = try FileLock(path)
            if let problem = lock.note() { throw .notOpened(problem) }
            kind = .device(lock)
        } catch {
            throw switch error {
            case .held(let holder): DeviceSocketError(.alreadyServed, "\(holder) has \(device); stop it first")
            case .notOpened(let problem), .notLocked(let problem): SocketPlace.failure("cannot lock \(path)", problem)
            }
        }
    }

    public func release() {
        switch kind {
        case .socket(let place): place.release()
        case .device(let lock): lock.release()
        }
    }
}

/// Remembers, for the next who opens a printer, that a print was begun there without a kiosk's journal and never seen to end whole:
/// half a sheet may hang in the printer. A file beside the device socket, which outlives whoever set it.
public struct SheetMark: Sendable {
    private let path: String

    /// - Parameter path: of the device socket; whoever sets or clears the mark holds the ``DeviceLock`` or serves the socket.
    public init(besideSocket path: String) { self.path = "\(path).sheet" }

    /// Somebody was interrupted, or still prints.
    public var isSet: Bool { access(path, F_OK) == 0 }

    /// On disk when this returns; set it before the first byte.
    public func set() throws(DeviceSocketError) {
        do throws(FileFailure) {
            try WholeFile.write([], to: path, mode: 0o600)
        } catch {
            throw SocketPlace.failure(error.what, error.problem)
        }
    }

    /// Nothing hangs there any more.
    public func clear() throws(DeviceSocketError) {
        // Not made durable: a mark that a power cut brings back costs a piece of blank paper.
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("cannot remove") }
    }

    private func failure(_ what: String) -> DeviceSocketError { SocketPlace.failure("\(what) \(path)") }
}
