public import Conditions
public import DeviceSocket
import Glibc
import LocalFiles

/// The ledger of a device layer that runs alone: one file that only grows, a line for each beginning and each end, each on the disk
/// before it counts.
///
/// A line is a checksum, a blank, `begun ID` or `settled ID OUTCOME REASON DETAIL`. A line that a power cut tore is dropped at the next
/// start: nobody was told of it. ``init(_:keeping:)`` begins a shorter file once there are more ends than that in it.
public actor FileLedger: PrintLedger {
    /// Why the ledger cannot be used. Equal by code.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public enum Code: Hashable, Sendable {
            case notOpened
            /// Another program has it.
            case held
            /// A line in its middle is not what was written there.
            case damaged
            /// A line could not be put on the disk, and it was not.
            case notWritten
            /// It is not known what is on the disk; only a new start reads it.
            case uncertain
        }
        public var code: Code
        /// What, where, and what to do next.
        public var detail: String

        init(_ code: Code, _ detail: String) { (self.code, self.detail) = (code, detail) }
        public var description: String { detail }
        public static func == (left: Self, right: Self) -> Bool { left.code == right.code }
        public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    }

    private let path: String
    private let lock: FileLock
    private let executor = DiskExecutor("print ledger")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let file: CInt
    /// Octets that are on the disk.
    private var length: Int
    private var book: LedgerBook
    /// Begun before this run; until they are settled they are nobody's.
    private var left: Set<PrintID>
    /// Why nothing can be written any more.
    private var trouble: Failure?

    /// Opens the ledger at `path`, or makes it; its folder must be there. Reads all of it.
    /// - Parameter ends: how many prints that have ended are remembered at least. An id that is forgotten could be printed again, so this
    ///   is more than any queue can still hold.
    public init(_ path: String, keeping ends: Int = 20_000) throws(Failure) {
        self.path = path
        lock = try Self.lock(path)
        let octets = try Self.contents(path)
        var book = try Self.read(octets, path)
        var length = book.length
        if book.isLong(keeping: ends) {
            book.shorten(keeping: ends)
            let short = book.octets
            do throws(FileFailure) { try WholeFile.write(short, to: path, mode: 0o600) } catch { throw Self.failure(error) }
            length = short.count
        }
        if octets.isEmpty {
            do throws(FileFailure) { try WholeFile.write([], to: path, mode: 0o600) } catch { throw Self.failure(error) }
        }
        file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.failure("cannot open \(path)") }
        // Behind the last whole line nothing counts, and the next one begins there.
        guard ftruncate(file, off_t(length)) == 0, lseek(file, 0, SEEK_END) == off_t(length), fsync(file) == 0 else {
            let failure = Self.failure("cannot cut \(path) off behind its last whole line")
            close(file)
            throw failure
        }
        self.length = length
        self.book = book
        left = book.begun
    }

    deinit { close(file) }

    public func begin(_ id: PrintID) throws(Failure) -> LedgerAnswer {
        if let result = book.settled[id] { return .settled(result) }
        if left.contains(id) { return .settled(try record(id, Self.interrupted)) }
        if book.begun.contains(id) { return .underWay }
        try append(.begun(id))
        return .begun
    }

    public func settle(_ id: PrintID, _ result: PrintResult) throws(Failure) -> PrintResult {
        if let standing = book.settled[id] { return standing }
        return try record(id, result)
    }

    public func result(of id: PrintID) -> PrintResult? { book.settled[id] }

    public func settleUnfinished() throws(Failure) -> [PrintID: PrintResult] {
        var ended: [PrintID: PrintResult] = [:]
        for id in left.sorted(by: { $0.rawValue < $1.rawValue }) { ended[id] = try record(id, Self.interrupted) }
        return ended
    }

    private func record(_ id: PrintID, _ result: PrintResult) throws(Failure) -> PrintResult {
        try append(.settled(id, result))
        left.remove(id)
        return result
    }

    private static let interrupted = PrintResult(
        .unknown, reason: .printInterrupted, detail: "the device layer ended while it printed this")

    // MARK: The file

    private func append(_ line: LedgerBook.Line) throws(Failure) {
        if let trouble { throw trouble }
        let octets = line.octets
        var written = 0
        while written < octets.count {
            let count = octets.withUnsafeBytes { write(file, $0.baseAddress! + written, octets.count - written) }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw takeBack("cannot write \(path)", count == 0 ? ENOSPC : errno)
            }
        }
        // After a sync that failed nobody knows what the disk has, and a second one may say that all is well.
        guard fdatasync(file) == 0 else { throw give(up: "cannot sync \(path): \(String(cString: strerror(errno)))") }
        length += octets.count
        book.take(line)
    }

    /// A line that is there in part would spoil the next.
    private func takeBack(_ what: String, _ problem: CInt) -> Failure {
        guard ftruncate(file, off_t(length)) == 0, lseek(file, 0, SEEK_END) == off_t(length) else {
            return give(up: "cannot cut \(path) off behind its last whole line: \(String(cString: strerror(errno)))")
        }
        return Failure(.notWritten, "\(what): \(String(cString: strerror(problem))); make room, then print again")
    }

    private func give(up why: String) -> Failure {
        let failure = Failure(.uncertain, "\(why); look at the disk, then start the device layer again")
        trouble = failure
        return failure
    }

    private static func lock(_ path: String) throws(Failure) -> FileLock {
        do throws(FileLock.Refusal) {
            let lock = try FileLock("\(path).lock")
            _ = lock.note()
            return lock
        } catch {
            throw switch error {
            case .held(let holder): Failure(.held, "\(holder) has the ledger \(path); stop it first, or name another folder")
            case .notOpened(let problem), .notLocked(let problem): failure("cannot lock \(path).lock", problem)
            }
        }
    }

    private static func contents(_ path: String) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return [] }
            throw failure("cannot open \(path)")
        }
        defer { close(file) }
        var octets: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count == 0 { return octets }
            if count > 0 { octets += piece[..<count] } else if errno != EINTR { throw failure("cannot read \(path)") }
        }
    }

    private static func read(_ octets: [UInt8], _ path: String) throws(Failure) -> LedgerBook {
        do throws(LedgerBook.Damage) {
            return try LedgerBook(octets)
        } catch {
            throw Failure(
                .damaged,
                "\(path):\(error.line) is not what was written there; keep a copy, and remove the file only when no print of it can come again"
            )
        }
    }

    private static func failure(_ what: String, _ problem: CInt = errno) -> Failure {
        Failure(.notOpened, "\(what): \(String(cString: strerror(problem))); check the folder, its owner and the room on its disk")
    }

    private static func failure(_ failure: FileFailure) -> Failure { Self.failure(failure.what, failure.problem) }
}
